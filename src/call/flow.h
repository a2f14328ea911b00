/**
 * @file flow.h  Flows: running dests while a call lives
 *
 * A dest kind is a row of functions; the engine knows none by name. A step ends with exactly one
 * exit: dest_next() says what comes then, and when nothing does the exit's cause ends the call.
 * Legs to the outside are made on somebody's behalf, call_behalf(). A call runs at most FLOW_HOPS
 * dests (transfers count), then it ends as a loop. Core thread only.
 */
#ifndef CARILLON_FLOW_H
#define CARILLON_FLOW_H

#include "dest.h"
#include "exit.h"
#include "hunt.h"
#include "next.h"

enum { FLOW_HOPS = 16 };
enum flow_needs { NEEDS_NOTHING, NEEDS_ANSWER };

struct step;
struct tenant;
struct exchange;

/** What a kind of dest does; one file each in src/dest */
struct dest_ops {
	enum dest_kind kind;
	enum flow_needs needs; /* whether the caller is answered before enter            */
	bool own; /* what its party may do itself: nobody can pass it on to there         */
	void (*enter)(struct step *s);
	void (*key)(struct step *s, char digit);
	void (*played)(struct step *s, uint32_t play);
	void (*recorded)(struct step *s, uint32_t record, enum record_end end);
	/** Whatever it rings by hunts of its own is told why; it is left afterwards */
	void (*cancel)(struct step *s, enum cause cause);
	void (*leave)(struct step *s);
	void (*party)(struct step *s); /* another leg took the place of the one it runs for */
	void (*hold)(struct step *s);  /* the party put us on hold, or took us back        */
	/** What a lamp shows that watches this dest; NULL: it has none (RFC 4235) */
	bool (*lit)(struct exchange *x, const struct tenant *t, const char *target);
};

/** The dest being run */
struct step {
	struct call *call;
	struct dest dest;
	const struct dest_ops *ops;
	struct hunt *hunt; /* what it rings, if it rings                            */
	struct tmr tmr;
	bool unwanted; /* it is left because nobody calls who can speak: nothing of it is kept */
	bool quiet;    /* the party hears something else than that it rings            */
	void *state;   /* a mem object of the kind's own; released on leaving   */
};

void flow_register(const struct dest_ops *ops);
void flow_goto(struct call *call, const struct dest *dest);
void flow_exit(struct step *s, enum exit_id exit);
void flow_fail(struct step *s, enum exit_id exit, enum cause cause);
void flow_end(struct step *s, enum exit_id exit, enum cause cause);
void flow_pass(struct step *s, const struct dest *next);
void flow_ring(struct step *s);
int flow_hunt(struct step *s, const struct hunt_target *targets, unsigned n);
bool flow_answer(struct step *s);
const struct dest_ops *flow_kind(enum dest_kind kind);
struct leg *flow_party(const struct step *s);
struct moment flow_moment(const struct step *s);
void flow_use(struct call *call, const char *object_id, const char *name);
void flow_cancel(struct call *call, enum cause cause);
void flow_leave(struct call *call);

#endif
