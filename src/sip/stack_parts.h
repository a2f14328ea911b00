/**
 * @file stack_parts.h  The parts of the stack among themselves: wire, validation, identity,
 * bindings
 *
 * The dialogs do not need these (stack_private.h is theirs). Core thread only.
 */
#ifndef CARILLON_STACK_PARTS_H
#define CARILLON_STACK_PARTS_H

#include "stack_private.h"

/* --- wire.c: what is looked at before libre parses ---------------------------------------------
 */

enum { WIRE_LINES = 257, WIRE_COMMAS = 1024, WIRE_UDP = 65535, WIRE_RCVBUF = 4 << 20 };
enum { WIRE_CROWD = 1 << 20, WIRE_CROWD_MS = 100 }; /* bytes that wait, and for how long */

int wire_udp(struct stack *s, const struct sa *laddr);
bool wire_crowded(struct stack *s);

/* --- hurried.c ---------------------------------------------------------------------------------
 */

/** In a crowd: refuses a plain INVITE that is one too many by 503, and swallows the ACK for it,
 * both by their text. False: not one of these, it goes the long way */
bool hurried(struct stack *s, const struct sa *src, const struct mbuf *mb);

/** The To tag of such a refusal: the same for the same request (RFC 3261 section 8.2.7), and of no
 * answer that a transaction gives. From its topmost Via, Call-ID and From */
uint64_t hurried_tag(const struct stack *s, const struct pl *branch, const struct pl *call_id,
		     const struct pl *from_tag);

/* --- tls.c, tls_peer.c: certificates, ours and theirs -------------------------------------------
 */

int tls_start(struct tls_conn **ptc, struct tls *tls, struct tcp_conn *tcp, int layer);
int tls_peers_alloc(struct tls_peers **pp, const char *file);
void tls_by_flow(bool by_flow);
bool tls_peer_ours(const struct tcp_conn *tcp);
int tls_peer_start(struct tls_conn **ptc, struct tcp_conn *tcp, int layer);

/* --- validate.c --------------------------------------------------------------------------------
 */

enum { VALID_HEADERS = 256, VALID_ROUTING = 64 };

/** What is wrong with a request: the answer it gets; scode 0: nothing, DROP: no answer */
struct verdict {
	uint16_t scode;
	const char *reason;
	char unsupported[SIP_NAME]; /* of a 420 */
};

enum { VALID_DROP = 1 };

void request_validate(struct verdict *v, const struct sip_msg *msg);
bool text_one_line(const struct pl *pl);
void uri_trim(const struct pl *pl);
bool uri_printable(const struct pl *pl);
bool uri_ours_scheme(const struct pl *scheme);
bool request_supports(const struct sip_msg *msg, const char *option);

/* --- digest.c: RFC 7616 and 8760, both directions ----------------------------------------------
 */

enum digest_alg { DIGEST_SHA256, DIGEST_MD5, DIGEST_UNKNOWN };

struct digest_params {
	struct pl realm, nonce, response, username, uri, nc, cnonce, qop, opaque, stale;
	enum digest_alg alg;
};

bool digest_parse(struct digest_params *p, const struct pl *value);
void digest_ha1(char *hex, enum digest_alg alg, const char *user, const struct pl *realm,
		const char *password);
bool digest_response(char *hex, const struct digest_params *p, const struct pl *method,
		     const char *ha1);

/* --- auth.c ------------------------------------------------------------------------------------
 */

int auth_alloc(struct auth **ap, struct stack *s);

/** Fills in `acc` and returns true, or has answered the request and returns false */
bool auth_request(struct sip_account *acc, struct stack *s, const struct sip_msg *msg,
		  const struct flow *flow, const struct sa *client);

enum nonce_state { NONCE_GOOD, NONCE_STALE };
void auth_nonce(struct auth *a, char *nonce, size_t size, const struct pl *realm);
enum nonce_state auth_nonce_check(struct auth *a, const struct pl *nonce, const struct pl *realm);
bool auth_count_check(struct auth *a, const struct pl *nonce, uint32_t nc);

/* --- throttle.c --------------------------------------------------------------------------------
 */

enum {
	THROTTLE_TRIES = 10,
	THROTTLE_WINDOW_MS = 60000,
	THROTTLE_DELAY_MS = 300000,
	THROTTLE_DELAY_MAX_MS = 3600000,
	THROTTLE_ROWS = 8192
};

int throttle_alloc(struct throttle **tp, uint32_t rows);
bool throttle_blocked(struct throttle *t, const struct sa *client, const struct pl *realm,
		      const struct pl *user);
bool throttle_wrong(struct throttle *t, const struct sa *client, const struct pl *realm,
		    const struct pl *user);
void throttle_right(struct throttle *t, const struct sa *client, const struct pl *realm,
		    const struct pl *user);

/* --- request.c ---------------------------------------------------------------------------------
 */

bool contact_misleads(const char *target, const struct sa *src);

/* --- tls.c -------------------------------------------------------------------------------------
 */

int tls_listen(struct stack *s);
void tls_forget(struct stack *s);

/* --- sources.c ---------------------------------------------------------------------------------
 */

int sources_alloc(struct sources **sp, unsigned share, unsigned most, uint16_t exempt);

/* --- edge.c ------------------------------------------------------------------------------------
 */

bool edge_admits(const struct stack *s, const struct sip_msg *msg);

/* --- trunk.c -----------------------------------------------------------------------------------
 */

bool trunk_sender(struct sip_sender *sender, const struct stack *s, const struct sip_msg *msg);

/* --- merged.c ----------------------------------------------------------------------------------
 */

int merged_alloc(struct merged **mp);
bool merged_seen(struct merged *m, const struct sip_msg *msg);
bool merged_foreign(const struct merged *m, const struct sip_msg *msg);

/* --- bindings.c: the table ---------------------------------------------------------------------
 */

/** A binding with what only the registrar needs to know */
struct entry {
	struct binding b;  /* b.le: in its AOR's list                             */
	struct le he_flow; /* by flow                                             */
	struct aor *aor;
	struct stack *stack;
	char call_id[SIP_NAME]; /* of the REGISTER that made it                        */
	uint32_t cseq;
	bool gone;	     /* its connection broke: not rung, removed soon        */
	unsigned unanswered; /* keep-alives in a row                                */
	struct tmr tmr;	     /* expiry, or the grace after the flow broke           */
	struct tmr tmr_alive;
	struct sip_request *alive; /* OPTIONS under way                                   */
	uint64_t alive_sent;
	struct sip_keepalive *watch; /* libre tells when the connection closes              */
};

struct aor {
	struct le he;
	struct list bindings; /* struct entry, oldest first                          */
	int64_t tenant;
	char user[SIP_NAME];
};

int bindings_alloc(struct bindings **bp);
struct aor *bindings_aor(const struct bindings *b, int64_t tenant, const char *user);
int bindings_add(struct entry **ep, struct stack *s, const struct binding *b);
void bindings_flow(struct entry *e, const struct flow *flow);
void bindings_until(struct entry *e, uint64_t expires);
void bindings_drop(struct entry *e, enum binding_change change);
void bindings_lost(struct stack *s, const struct flow *flow);
bool bindings_watched(const struct stack *s, const struct flow *flow);
bool bindings_has_flow(const struct stack *s, const struct flow *flow);

/* --- registrar.c, keepalive.c ------------------------------------------------------------------
 */

void registrar_request(struct stack *s, const struct sip_msg *msg, const struct sip_account *acc,
		       const struct flow *flow, const struct sa *client);
void registrar_close(struct stack *s);
enum { WATCH_S = 2592000 }; /* libre's own pings are not wanted: a month */

void keepalive_start(struct entry *e, const struct sip_msg *msg);

/* --- notify.c ----------------------------------------------------------------------------------
 */

enum { SUBS_PER_PAIR = 50, SUBS_MAX = 40000, NOTIFY_GAP_MS = 200 };

int subs_alloc(struct subs **sp, unsigned most);
void subs_request(struct stack *s, const struct sip_msg *msg, const struct sip_account *acc,
		  const struct flow *flow);
bool subs_dialog_request(struct stack *s, const struct sip_msg *msg, const struct flow *flow,
			 const struct sa *client);
void subs_flow_moved(struct stack *s, const struct flow *old, const struct flow *anew);
void subs_flow_lost(struct stack *s, const struct flow *flow);
void subs_revoke(struct stack *s, int64_t tenant, const char *user, const char *device);
unsigned subs_count(const struct stack *s);
bool subs_watching(const struct stack *s, const char *package, int64_t tenant, const char *user,
		   const struct flow *flow);

/* --- header.c ----------------------------------------------------------------------------------
 */

int mbuf_text(char **text, struct mbuf *mb);

#endif
