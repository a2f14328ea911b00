/**
 * @file push_where.c  Where a push may go: a page names the address, so that it could name one of
 * our own network
 */
#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>
#include "push_private.h"
#include "text.h"

static char *part(CURLU *u, CURLUPart which)
{
	char *text = NULL;

	return curl_url_get(u, which, &text, 0) ? NULL : text;
}

static bool plain(const char *text)
{
	return !text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				  "-._~:/?#[]@!$&'()*+,;=%")];
}

/**
 * The origin of an endpoint: "https://host" or "https://host:port"
 *
 * @param origin   Result
 * @param endpoint URL
 *
 * @return false when that is no https URL, or holds a user name
 */
bool push_origin(char origin[PUSH_ORIGIN], const char *endpoint)
{
	CURLU *u = curl_url();
	char *host = NULL, *port = NULL, *user = NULL;
	bool ok = u && !strncmp(endpoint, "https://", 8) && plain(endpoint) &&
		  !curl_url_set(u, CURLUPART_URL, endpoint, CURLU_NON_SUPPORT_SCHEME);

	if (ok) {
		host = part(u, CURLUPART_HOST);
		port = part(u, CURLUPART_PORT);
		user = part(u, CURLUPART_USER);
		ok = host && *host && !user &&
		     text_printf(origin, PUSH_ORIGIN, "https://%s%s%s", host,
				 port && strcmp(port, "443") ? ":" : "",
				 port && strcmp(port, "443") ? port : "");
	}
	curl_free(host);
	curl_free(port);
	curl_free(user);
	curl_url_cleanup(u);
	return ok;
}

/* RFC 6890 and multicast: no address of these is a push service on the internet. */
static bool outside_v4(uint32_t a)
{
	static const struct {
		uint32_t net;
		unsigned bits;
	} inside[] = {
		{0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},
		{0xa9fe0000, 16}, {0xac100000, 12}, {0xc0000000, 24}, {0xc0a80000, 16},
		{0xc6120000, 15}, {0xe0000000, 3},
	};

	for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
		if ((a ^ inside[i].net) >> (32 - inside[i].bits) == 0)
			return false;
	}
	return true;
}

/** True for an address of the internet: not of this machine, not of a private network */
bool push_outside(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET)
		return outside_v4(
			ntohl(((const struct sockaddr_in *)(const void *)sa)->sin_addr.s_addr));
	if (sa->sa_family == AF_INET6) {
		const uint8_t *a =
			((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr.s6_addr;

		/* global unicast, but neither 6to4 nor Teredo, which lead to an IPv4 address */
		return (a[0] & 0xe0) == 0x20 && !(a[0] == 0x20 && a[1] == 0x02) &&
		       !(a[0] == 0x20 && a[1] == 0x01 && !a[2] && !a[3]);
	}
	return false;
}
