/**
 * @file registrar.h  Bindings: which phones can be rung for an AOR
 *
 * RFC 3261 section 10, with Path (RFC 3327), outbound flows (RFC 5626) and several devices per AOR.
 * Bindings live in memory on the core thread; binding_h tells the floor above of changes, which
 * stores them, and gives them back at start by registrar_restore(). A 200 is sent once that is done
 * (durable_h).
 */
#ifndef CARILLON_REGISTRAR_H
#define CARILLON_REGISTRAR_H

#include "sip.h"

enum { BINDINGS_MAX = 10 }; /* per AOR */

enum binding_change { BINDING_ADDED, BINDING_REFRESHED, BINDING_REMOVED, BINDING_EXPIRED };

struct binding {
	struct le le;
	int64_t tenant;
	char domain[SIP_NAME], user[SIP_NAME]; /* the AOR                         */
	char device[40];
	char contact[SIP_URI];	 /* URI as registered, for the R-URI */
	char path[SIP_URI];	 /* Path to replay as Route, or ""  */
	char instance[SIP_NAME]; /* +sip.instance                   */
	uint32_t reg_id;
	char user_agent[SIP_NAME];
	struct flow flow; /* where to send                   */
	struct sa client; /* real address of the phone       */
	bool tls, nat, sdes;
	int64_t registered_at; /* wall ms                         */
	uint64_t expires;      /* mono ms                         */
	uint32_t rtt_ms;       /* of the last keep-alive OPTIONS  */
	bool silent;	       /* several of them went unanswered */
};

typedef bool(binding_visit_h)(const struct binding *b, void *arg); /* true stops */

/** All live bindings of an AOR, in order of registration; returns how many */
unsigned registrar_find(const struct stack *s, int64_t tenant, const char *user,
			const struct binding **bv, unsigned max);
void registrar_each(const struct stack *s, binding_visit_h *h, void *arg);
int registrar_restore(struct stack *s, const struct binding *b);
unsigned registrar_count(const struct stack *s);

#endif
