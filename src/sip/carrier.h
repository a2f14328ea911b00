/**
 * @file carrier.h  What is kept up with a carrier: a registration there, and the question whether
 * it answers
 *
 * RFC 3261 sections 10.2 (REGISTER) and 11 (OPTIONS); the pauses after a failure are those of RFC
 * 5626 section 4.5. The password goes to the configured host only: a redirection is a refusal. One
 * object a trunk, made and dropped by whoever keeps the trunks; core thread only.
 */
#ifndef CARILLON_CARRIER_H
#define CARILLON_CARRIER_H

#include "sip.h"

enum carrier_health { CARRIER_UNKNOWN, CARRIER_UP, CARRIER_DOWN };
enum carrier_registration {
	CARRIER_NONE,	    /* there is none to keep     */
	CARRIER_TRYING,	    /* the first is under way    */
	CARRIER_REGISTERED, /* and it is refreshed       */
	CARRIER_REFUSED,    /* the carrier said no       */
	CARRIER_SILENT,	    /* no answer                 */
};

struct carrier_conf {
	char host[SIP_NAME], transport[4]; /* udp tcp tls any */
	uint16_t port;
	char user[SIP_NAME], password[SIP_NAME];
	bool registers;
	uint32_t ask_ms; /* between two OPTIONS; 0: none are sent */
};

struct carrier_state {
	enum carrier_health health;
	enum carrier_registration registration;
	uint16_t scode;	 /* of the last refusal; 0: none                    */
	char reason[64]; /* its words, or why there was no answer            */
	int64_t since;	 /* wall ms of the last change of the two           */
	int64_t next_at; /* wall ms of the next REGISTER, 0: none           */
};

struct carrier;

bool carrier_uri(char uri[SIP_URI], const char *user, const char *host, uint16_t port,
		 const char *transport);

/** Health or registration have changed */
typedef void(carrier_h)(const struct carrier_state *state, void *arg);

int carrier_alloc(struct carrier **cp, struct stack *s, const struct carrier_conf *conf,
		  carrier_h *h, void *arg);
const struct carrier_state *carrier_state(const struct carrier *c);
bool carrier_usable(const struct carrier *c);
bool carrier_at(const struct carrier *c, const struct sa *src);

#endif
