/**
 * @file leg.h  Legs: one party, one SIP dialog plus one media stream
 *
 * The only place where SIP meets media. A leg belongs to its call and tells whoever watches it (the
 * hunt while it rings, the call afterwards) by leg_watch(). Core thread only.
 * NEW -> TRYING -> RINGING -> UP -> DOWN; NEW may also go DOWN, TRYING may go UP or DOWN. Hold,
 * mute and early media are directions of the stream, not states.
 */
#ifndef CARILLON_LEG_H
#define CARILLON_LEG_H

#include "cause.h"
#include "dialog.h"
#include "feature_code.h"
#include "id.h"
#include "media.h"
#include "price.h"
#include "sdp.h"
#include "trunk.h"

struct call;
struct fax_line;
struct leg;

enum leg_state { LEG_NEW, LEG_TRYING, LEG_RINGING, LEG_UP, LEG_DOWN };
enum leg_role { LEG_CALLER, LEG_CALLED };

/** Who a leg is, as people read it */
struct party {
	char number[SIP_NAME]; /* extension or outside number         */
	char name[SIP_NAME];   /* "" if unknown                        */
};

const char *party_label(const struct party *p);

/** How a party's keys come and go: RFC 4733, SIP INFO, tones in the audio */
enum keys_by { KEYS_EVENT, KEYS_INFO, KEYS_TONES };

/** What is offered to whom is called */
struct leg_speech {
	bool webrtc, sdes;  /* DTLS-SRTP with ICE; SRTP keyed by SDES        */
	bool plain;	    /* G.711 only: a modem is to be understood       */
	const char *codecs; /* what a trunk understands, best first; "": all */
	enum keys_by keys;
	uint32_t silence_ms; /* of the trunk: without audio the call ends; 0: as ever */
};

enum keys_by keys_by(const struct trunk *trunk);

struct leg_watch {
	void (*ring_h)(struct leg *leg, bool early_media, void *arg);
	void (*up_h)(struct leg *leg, void *arg);
	void (*down_h)(struct leg *leg, void *arg);
	void (*key_h)(struct leg *leg, char digit, void *arg);
	void (*played_h)(struct leg *leg, uint32_t play, void *arg);
	void (*recorded_h)(struct leg *leg, uint32_t record, enum record_end end, void *arg);
	void (*hold_h)(struct leg *leg, void *arg);
	void (*refer_h)(struct leg *leg, const struct dialog_refer *refer, void *arg);
	void (*lost_h)(struct leg *leg, bool lost, void *arg);
	void (*fax_h)(struct leg *leg, void *arg); /* its calling tone was heard */
};

struct leg {
	struct le le;			  /* in call->legs   */
	struct le by_extension, by_trunk; /* see roll.h      */
	struct call *call;
	struct id id;
	enum leg_state state;
	enum leg_role role;
	enum cause cause;
	struct dialog *dialog;
	struct stream *stream;
	struct party party;
	char extension[SIP_NAME]; /* whose phone this is; "" for a trunk. By leg_belongs() */
	char device[40], device_name[SIP_NAME];
	char call_id[SIP_NAME * 2], user_agent[SIP_NAME];
	int64_t trunk;		   /* 0: a phone of our own. By leg_belongs() */
	struct price price;	   /* of a call by it, as dialled       */
	char codecs[TRUNK_CODECS]; /* of the trunk, best first; "": all */
	int64_t started_at, ringing_at, answered_at, ended_at;
	uint64_t up_ms, ringing_ms; /* monotonic, for durations          */
	uint64_t down_ms;
	uint64_t star_ms;	 /* when the last key of `star` was pressed    */
	char star[FEATURE_CODE]; /* the beginning of a code that is being keyed */
	uint64_t look_until;	 /* reclaim.c watches its audio until then */
	uint64_t away_until;	 /* 0, or it is gone: so long the call waits for it */
	struct sdp_desc ours, theirs;
	bool has_theirs, lost;
	bool plain; /* G.711 only: a modem is to be understood */
	enum keys_by keys;
	bool described; /* the caller has our answer, in a 183 or a 200 */
	enum stream_security security;
	enum codec_id codec;
	bool held;	      /* the party put us on hold          */
	bool waits;	      /* the other party holds: it is told */
	struct leg *peer;     /* whom it hears; NULL for nobody    */
	struct fax_line *fax; /* the machine that is this party's other side, or NULL */
	const struct leg_watch *watch;
	void *watch_arg;
	struct dialog_end end;
	struct stream_stats stats;
};

int leg_incoming(struct leg **lp, struct call *call, struct dialog *d, struct engine *e,
		 const struct trunk *trunk);
int leg_outgoing(struct leg **lp, struct call *call, struct stack *s, struct engine *e,
		 struct dialog_target *t, const struct leg_speech *speech,
		 const struct leg *caller);
int leg_nobody(struct leg **lp, struct call *call, struct engine *e);
bool leg_is_nobody(const struct leg *leg);
void leg_belongs(struct leg *leg, const char *extension, int64_t trunk);
void leg_watch(struct leg *leg, const struct leg_watch *watch, void *arg);

int leg_ring(struct leg *leg);
int leg_early(struct leg *leg, const struct leg *source);
int leg_answer(struct leg *leg, const struct leg *source);
void leg_end(struct leg *leg, enum cause cause);
void leg_end_words(struct leg *leg, enum cause cause, const char *words);
int leg_identify(struct leg *leg, const struct party *who, const char *domain);

struct leg *leg_trace(struct leg *leg);
void leg_bridge(struct leg *a, struct leg *b);
void leg_part(struct leg *leg);
void leg_hear(struct leg *leg);
void leg_mixed(struct leg *leg, struct mix *mix, bool speaks, bool alone);
void leg_held_as_told(struct leg *leg);
uint64_t leg_up_for(const struct leg *leg);
void leg_enter(struct leg *leg, enum leg_state state, enum cause cause);
bool leg_live(const struct leg *leg);
bool leg_rings(const struct leg *leg);

#endif
