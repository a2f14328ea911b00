/**
 * @file call.h  Calls: legs that belong to one story
 *
 * A call has a party for whom the flow runs (the caller; after a transfer whoever remained), the
 * step being run or the leg it is connected to, and a story. It keeps the tenant it began with.
 * Calls are owned by the exchange and end by call_end(). Core thread only.
 */
#ifndef CARILLON_CALL_H
#define CARILLON_CALL_H

#include "cause.h"
#include "flow.h"
#include "leg.h"
#include "snapshot.h"

struct call;
struct exchange;
struct story;

enum call_dir { CALL_INTERNAL, CALL_IN, CALL_OUT };

/** What a call is about; in the order of model/tbl/call_types.h */
enum call_type { CALL_VOICE, CALL_FAX, CALL_CONFERENCE, CALL_VOICEMAIL, CALL_TEST };

/** What is known of a call, for the CDR, the live list and events */
struct call_facts {
	struct id id;
	enum call_dir dir;
	enum call_type type;
	struct party from, to, answered_by;
	char from_extension[SIP_NAME], to_extension[SIP_NAME], answered_extension[SIP_NAME];
	int64_t started_at, answered_at, ended_at;  /* wall clock ms, 0: not yet */
	uint64_t started_ms, answered_ms, ended_ms; /* monotonic                 */
	enum cause cause;
	bool voicemail;	      /* a mailbox answered, and no person yet */
	bool waits;	      /* the system answered only for the caller to hear music    */
	bool hidden;	      /* the caller does not want its number shown */
	uint8_t max_forwards; /* hops that the caller's INVITE had left (RFC 3261 section 20.22) */
};

int call_alloc(struct call **cp, struct exchange *x, const struct tenant *tenant,
	       enum call_dir dir);
int call_incoming(struct call *c, struct dialog *d, const struct party *from,
		  const struct trunk *trunk);
void call_limit(struct call *c, uint64_t ms);
void call_end(struct call *c, enum cause cause);
void call_fail(struct call *c, enum cause cause);
void call_answered(struct call *c);
void call_connect(struct call *c, struct leg *winner);
void call_watch_leg(struct call *c, struct leg *leg);
void call_replace(struct call *c, struct leg *old, struct leg *new_leg, enum cause cause);
void call_adopt(struct call *c, struct leg *leg);
void call_unlist(struct call *c);
void call_changed(struct call *c, const char *event);

struct exchange *call_exchange(const struct call *c);
const struct tenant *call_tenant(const struct call *c);
int64_t call_tenant_id(const struct call *c);
const char *call_id(const struct call *c);
struct list *call_legs(struct call *c);
struct leg *call_caller(const struct call *c);
void call_set_caller(struct call *c, struct leg *leg);
const char *call_behalf(const struct call *c);
void call_set_behalf(struct call *c, const char *extension);
void call_divert(struct call *c, const char *extension, enum diversion_why why);
enum diversion_why call_diverted(const struct call *c);
struct story *call_story(struct call *c);
struct call_facts *call_facts(struct call *c);
struct step *call_step(struct call *c);
unsigned call_hop(struct call *c);
unsigned call_hops(const struct call *c);
const char *call_media_address(const struct call *c);
bool call_over(const struct call *c);
bool call_uses(const struct call *c, const char *extension, bool *ringing);

/* fax_call.c */
void fax_listen(struct call *c);
void fax_called(struct call *c, struct leg *leg);

/* transfer.c */
void transfer_ask(struct call *c, struct leg *from, const struct dialog_refer *refer);
bool transfer_failed(struct call *c, enum cause cause);
void transfer_rings(struct call *c);
void transfer_done(struct call *c);
bool transfer_forget(struct call *c, struct leg *leg);
bool transfer_replaced(struct call *c, const struct leg *old, struct leg *new_leg);
bool transfer_take(struct exchange *x, struct dialog *d, const struct sip_sender *from);

void transfer_tell(struct call *c, const char *prompt);
void transfer_told(struct call *c, const struct leg *leg);
bool transfer_may(struct call *c, const struct leg *from);
void transfer_party_is(struct call *c, struct leg *party);

/** A transfer that was asked for by keys; neither of the two hears the other by now */
struct transfer_key {
	struct leg *from, *party;
	bool attended;
};
void transfer_key(struct call *c, const struct transfer_key *key, const char *number,
		  const struct dest *dest);

/* consult.c */
/** An attended transfer by key under way; waits is NULL when there is none */
struct consult {
	struct leg *asker, *waits;
	/* as it was before */
	struct party answered_by;
	char answered_extension[SIP_NAME];
	bool asker_called; /* the call ran for the asker */
};
struct consult *call_consult(struct call *c);
void consult_begin(struct call *c, const struct transfer_key *key, const struct dest *dest);
bool consult_failed(struct call *c, enum cause cause);
bool consult_back(struct call *c, const struct leg *leg);
struct leg *consult_end(struct call *c, const struct leg *leg);
bool consult_left(struct call *c, const struct leg *leg);
bool consult_replaced(struct call *c, const struct leg *old, struct leg *new_leg);

/* keys.c */
struct keying;
struct keying **call_keying(struct call *c);

/* fetch.c */
typedef bool(fetch_h)(const struct leg *ringing, const void *arg);
int call_fetch(struct call *c, struct call *by);
const struct leg *exchange_ringing(struct exchange *x, int64_t tenant, fetch_h *h, const void *arg);

/* reclaim.c */
void reclaim_lost(struct call *c, struct leg *leg, bool lost);
void reclaim_stop(struct call *c);

/** A transfer under way */
struct transfer {
	struct leg *from;     /* who asked for it; NULL if it hung up               */
	char asker[SIP_NAME]; /* its extension; empty for parties outside */
	bool running;
	bool rung;	  /* the asker knows that it rings there */
	bool telling;	  /* it hears where the party went, before it is told of the end */
	struct leg *back; /* who got the party back, and why */
	enum cause why;
	struct tmr tmr;
};
struct transfer *call_transfer(struct call *c);
struct tmr *call_reclaim_timer(struct call *c);

/* guests.c */
struct guests;
struct guests **call_guests(struct call *c);

/* both.c */
struct both;
struct both **call_both(struct call *c);
const struct both *call_both_of(const struct call *c);

#endif
