/**
 * @file carrier_uri.c  Where a carrier is, as a URI
 */
#include <string.h>
#include "carrier.h"
#include "text.h"

/**
 * Writes a SIP URI at a carrier
 *
 * @param uri       Result
 * @param user      User part, or ""
 * @param host      Name or address
 * @param port      Port; 0: none, so that DNS says where (RFC 3263 section 4)
 * @param transport udp, tcp, tls; any: none, so that DNS says which
 *
 * @return false when it is too long
 */
bool carrier_uri(char uri[SIP_URI], const char *user, const char *host, uint16_t port,
		 const char *transport)
{
	bool six = strchr(host, ':') != NULL;
	char end[32] = "";

	if (port)
		text_printf(end, sizeof(end), ":%u", port);
	if (strcmp(transport, "any"))
		text_printf(end + strlen(end), sizeof(end) - strlen(end), ";transport=%s",
			    transport);
	return text_printf(uri, SIP_URI, "sip:%s%s%s%s%s%s", user, user[0] ? "@" : "",
			   six ? "[" : "", host, six ? "]" : "", end);
}
