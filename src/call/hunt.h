/**
 * @file hunt.h  Hunts: ring several contacts by delay, the first to answer wins
 *
 * The only dialling loop in the house. A hunt owns the legs it rings; the winner is handed to the
 * handler, the losers are cancelled before (RFC 3326: answered elsewhere). A number outside has a
 * target for each trunk: one that fails for itself (5xx, no reply) or stays silent hands over to
 * the next within the ring time, a 4xx speaks for the number. mem_deref() of the hunt
 * ends every leg it still rings, and no handler is called after. A target may be asleep: when its
 * time comes the closed browsers of an extension are told (bells.h), and whichever of its phones
 * registers while they are awaited rings in its place. Core thread only.
 */
#ifndef CARILLON_HUNT_H
#define CARILLON_HUNT_H

#include "exit.h"
#include "leg.h"
#include "registrar.h"

struct hunt;

enum { HUNT_BRANCHES = 64, HUNT_ASKED = 1024 };

/** One contact to ring */
struct hunt_target {
	struct dialog_target to;
	bool plain;		  /* G.711 only: a modem is called       */
	struct party party;	  /* who it is, as people read it        */
	char extension[SIP_NAME]; /* whose phone; "" for outside         */
	char device[40], device_name[SIP_NAME];
	int64_t trunk;		   /* 0: a phone of our own               */
	struct price price;	   /* of a call by it                     */
	char codecs[TRUNK_CODECS]; /* what the trunk understands; "": all */
	enum keys_by keys;
	uint32_t silence_ms; /* of the trunk */
	bool webrtc, sdes;
	bool confirm;		/* whoever answers must press 1: a machine does not */
	char asked[HUNT_ASKED]; /* what it hears then; "": only how to accept */
	bool emergency;		/* no trunk that refuses has the last word */
	bool other_way; /* another trunk to the number of the target before: tried when that fails
			 */
	bool busy_ends; /* busy here ends the hunt for all                  */
	unsigned turn;	/* those of one turn ring together, the next when all have failed */
	uint32_t after_ms, ring_ms; /* delay before, and how long to ring  */
	uint32_t asleep_ms;	    /* no phone but closed browsers, awaited so long; 0: a phone */
	uint32_t late_ms;	    /* of one asleep: whoever comes rings at least so long       */
};

struct hunt_handlers {
	/** Something rings; called once, and again with early media of an only branch */
	void (*ring_h)(struct hunt *h, struct leg *leg, bool early_media, void *arg);
	/** Somebody answered (exit done), or nobody will (leg NULL) */
	void (*end_h)(struct hunt *h, struct leg *winner, enum exit_id exit, void *arg);
};

int hunt_alloc(struct hunt **hp, struct call *call, const struct hunt_target *targets, unsigned n,
	       const struct hunt_handlers *handlers, void *arg);
void hunt_target_at(struct hunt_target *t, const struct binding *b);
const struct dialog_end *hunt_last_end(const struct hunt *h);
void hunt_cancel(struct hunt *h, enum cause cause);

#endif
