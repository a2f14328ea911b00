/**
 * @file fake.h  Phones and audio that live in memory: the call floor runs on them with a moved
 * clock
 *
 * fake.c defines what dialog.h, registrar.h and sip.h promise, fake_media.c what media.h promises,
 * so that call and dest are linked unchanged but for their wires. A test plays the far side: it
 * calls in with fake_invite(), looks at what was dialled with fake_out(), and answers, refuses or
 * hangs up.
 */
#ifndef CARILLON_FAKE_H
#define CARILLON_FAKE_H

#include "exchange.h"
#include "record.h"
#include "store.h"

enum { FAKE_DIALOGS = 256 };

/** One dialog, seen from the far side */
struct fake {
	struct dialog *d;	 /* NULL once its owner dropped it           */
	bool incoming;		 /* the far side called us                   */
	struct dialog_target to; /* outgoing: whom we dialled              */
	uint16_t rang, final;	 /* what an incoming one was told            */
	bool answered, cancelled, hungup, elsewhere, early;
	bool left;	  /* the far side ended it                    */
	bool silent;	  /* set by a test: nothing of it was heard   */
	unsigned refused; /* how often it was told a refusal          */
	enum cause cause;
	char words[SIP_NAME];		  /* what the display of a phone that rang in vain says */
	uint16_t refer_code, notify_code; /* replies to its REFER           */
	bool notify_final, notify_lost;	  /* lost: set by a test, it hears none of them */
	char identity[SIP_NAME];	  /* last name we told it after a transfer   */
	char sdp[SDP_SIZE];		  /* last description it got                 */
};

/** Everything a flow test needs */
struct world {
	struct exchange *x;
	struct store *store;
	struct blobs *blobs;
	struct actor *core;
	struct pusher *pusher; /* NULL, or a test's own */
	struct tenants *tenants;
	const struct tenant *northwind, *harbor;
	struct cdr *last; /* record of the last call that ended            */
	unsigned started, ended;
	char afterword[240]; /* told last of a call that was over            */
	unsigned disturbed;  /* how often Do Not Disturb began or ended */
	void (*ended_h)(struct call *call, const struct cdr *record); /* NULL, or each that ends */
};

extern struct world world;

int world_setup(void **state);
int world_teardown(void **state);
int world_reset(void **state);
int world_bells_setup(void **state);
int world_bells_teardown(void **state);
void world_bell(const char *number, const char *device, int64_t ends);
int world_talk(void **state, struct fake **tom, struct fake **maya);

/* What was posted to the store is written, and its replies are heard; the snapshots are as stored
 */
void world_settle(void);
void world_reload(void);
void world_mailboxes(bool on);
void world_name(const char *extension, const char *name);
void world_permit(const char *extension, const char *tokens);
struct extension_settings world_settings(const char *number);
void world_set(struct extension_settings *s);
struct call *world_send(const char *user, enum dest_kind kind, const char *target, struct fake **f);

void fake_register(int64_t tenant, const char *user, const char *agent, bool ws);
void fake_forget(void);
void fake_trunks(unsigned down);
void fake_disk(bool full);
void fake_run(uint64_t ms);

struct fake *fake_invite(const char *user, const char *to);
struct fake *fake_invite_trunk(const char *from, const char *did);
struct fake *fake_invite_replaces(const char *user, const struct fake *old);
struct fake *fake_out(unsigned i);
unsigned fake_out_count(void);
unsigned fake_live(void);
unsigned fake_all(struct fake **fv);

void fake_ring(struct fake *f);
void fake_ring_early(struct fake *f);
void fake_answer(struct fake *f);
void fake_answer_with(struct fake *f, const char *sdp);
void fake_offer(struct fake *f, const char *sdp);
void fake_refuse(struct fake *f, uint16_t scode);
void fake_hangup(struct fake *f);
void fake_hold(struct fake *f, bool hold);
void fake_refer(struct fake *f, const char *to, const struct fake *replaces);
void fake_lost(struct fake *f, bool lost);

/* What a party hears: another party's fake, "music", "tone:ring", ... or "" */
const struct fake *fake_hears(const struct fake *f);
const char *fake_hears_play(const struct fake *f);
bool fake_mixed(const struct fake *f, const struct fake *other);
unsigned fake_streams(void);
void fake_played(const struct fake *f);
void fake_press(const struct fake *f, const char *keys);
void fake_keys(const struct fake *f, const char *keys);
void fake_recorded(const struct fake *f, enum record_end end);
bool fake_is_recorded(const struct fake *f);
void fake_silence(const struct fake *f, uint64_t ms);
void fake_silent_event(const struct fake *f);

/* between fake.c and fake_media.c */
struct stream *fake_stream_of(const struct fake *f);
const struct fake *fake_of_stream(const struct stream *s);

bool story_has(const char *part);

#endif
