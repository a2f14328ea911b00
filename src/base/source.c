/**
 * @file source.c  Whom an address counts as
 */
#include <string.h>
#include "source.h"

/**
 * Whom an address counts as: whoever has one IPv6 address has the 2^64 of its subnet; an IPv4
 * address that came by an IPv6 socket is itself (RFC 4291 section 2.5.5.2)
 *
 * @param source Result, without a port; may be `client`
 * @param client Address
 */
void source_of(struct sa *source, const struct sa *client)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	uint8_t addr[16];

	*source = *client;
	sa_set_port(source, 0);
	if (sa_af(client) != AF_INET6)
		return;
	sa_in6(client, addr);
	if (!memcmp(addr, mapped, sizeof(mapped))) {
		sa_set_in(source,
			  (uint32_t)addr[12] << 24 | (uint32_t)addr[13] << 16 |
				  (uint32_t)addr[14] << 8 | addr[15],
			  0);
		return;
	}
	memset(addr + 8, 0, 8);
	sa_set_in6(source, addr, 0);
}

/** The same as text */
void source_print(char text[SOURCE_TEXT], const struct sa *client)
{
	struct sa source;

	source_of(&source, client);
	if (re_snprintf(text, SOURCE_TEXT, "%j", &source) < 0)
		text[0] = '\0';
}
