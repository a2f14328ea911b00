/**
 * @file leg.c  A leg's life: states, and what the dialog and the stream tell it
 */
#include <errno.h>
#include <string.h>
#include "call.h"
#include "clock.h"
#include "exchange.h"
#include "fax_line.h"
#include "guests.h"
#include "leg.h"
#include "leg_private.h"
#include "log.h"
#include "roll.h"
#include "text.h"

static const char *const state_names[] = {"new", "trying", "ringing", "up", "down"};

/* Which state may follow which: rows are "from", bits are "to". */
static const unsigned may_follow[] = {
	[LEG_NEW] = 1 << LEG_TRYING | 1 << LEG_DOWN,
	[LEG_TRYING] = 1 << LEG_RINGING | 1 << LEG_UP | 1 << LEG_DOWN,
	[LEG_RINGING] = 1 << LEG_UP | 1 << LEG_DOWN,
	[LEG_UP] = 1 << LEG_DOWN,
	[LEG_DOWN] = 0,
};

static void leg_destructor(void *arg)
{
	struct leg *leg = arg;

	list_unlink(&leg->le);
	roll_leg_remove(leg);
	leg_part(leg);
	if (leg->fax)
		fax_line_forget(leg->fax);
	mem_deref(leg->dialog);
	mem_deref(leg->stream);
}

/** What people call a party: its name, or its number */
const char *party_label(const struct party *p)
{
	return p->name[0] ? p->name : p->number;
}

/** True until the leg is down */
bool leg_live(const struct leg *leg)
{
	return leg->state != LEG_DOWN;
}

/** True for a phone that is called and was not answered yet */
bool leg_rings(const struct leg *leg)
{
	return leg->role == LEG_CALLED && leg->state < LEG_UP;
}

/** Whose phone this is ("" for nobody's), and by which trunk it is reached (0 for none) */
void leg_belongs(struct leg *leg, const char *extension, int64_t trunk)
{
	str_ncpy(leg->extension, extension, sizeof(leg->extension));
	leg->trunk = trunk;
	if (trunk && leg->role == LEG_CALLED)
		stream_vouch(leg->stream);
	if (leg_live(leg))
		roll_leg(exchange_roll(call_exchange(leg->call)), leg);
}

/** Who hears of this leg from now on; NULL for nobody */
void leg_watch(struct leg *leg, const struct leg_watch *watch, void *arg)
{
	leg->watch = watch;
	leg->watch_arg = arg;
}

static void leg_facts(struct leg *leg)
{
	if (leg->stream)
		stream_last_stats(leg->stream, &leg->stats);
	if (leg->dialog && !leg->call_id[0]) {
		text_printf(leg->call_id, sizeof(leg->call_id), "%s", dialog_call_id(leg->dialog));
		text_printf(leg->user_agent, sizeof(leg->user_agent), "%s",
			    dialog_user_agent(leg->dialog));
	}
}

static void leg_down(struct leg *leg, enum cause cause)
{
	leg->cause = cause;
	leg->ended_at = clock_wall_ms();
	roll_leg_remove(leg);
	leg->down_ms = clock_mono_ms();
	leg_part(leg);
	if (leg->fax)
		fax_line_forget(TAKE(leg->fax));
	leg->dialog = mem_deref(leg->dialog);
	leg->stream = mem_deref(leg->stream);
}

/**
 * Changes the state, if the table allows it: stamps the time, logs, and tells the watcher
 *
 * @param leg   Leg; may be gone when this returns, unless the caller holds a reference
 * @param state New state
 * @param cause Why, for LEG_DOWN
 */
void leg_enter(struct leg *leg, enum leg_state state, enum cause cause)
{
	const struct leg_watch *w;

	if (!(may_follow[leg->state] & 1u << state))
		return;
	leg_facts(leg);
	leg->state = state;
	log_debug("leg.state", "call=%s leg=%s state=%s cause=%s", call_id(leg->call), leg->id.s,
		  state_names[state], cause_name(cause));
	if (state == LEG_RINGING) {
		leg->ringing_at = clock_wall_ms();
		leg->ringing_ms = clock_mono_ms();
	} else if (state == LEG_UP) {
		leg->answered_at = clock_wall_ms();
		leg->up_ms = clock_mono_ms();
	} else if (state == LEG_DOWN) {
		leg_down(leg, cause);
	}
	w = leg->watch;
	if (state == LEG_UP && w && w->up_h)
		w->up_h(leg, leg->watch_arg);
	else if (state == LEG_DOWN && w && w->down_h)
		w->down_h(leg, leg->watch_arg);
}

static void on_ring(struct dialog *d, uint16_t scode, const char *sdp, size_t len, void *arg)
{
	struct leg *leg = mem_ref(arg);
	bool early = len && !leg_take_answer(leg, sdp, len);

	if (scode > 100 && leg->state == LEG_TRYING)
		leg_enter(leg, LEG_RINGING, CAUSE_NORMAL);
	if (scode > 100 && leg_live(leg) && leg->watch && leg->watch->ring_h)
		leg->watch->ring_h(leg, early, leg->watch_arg);
	mem_deref(leg);
}

static void on_answer(struct dialog *d, const char *sdp, size_t len, void *arg)
{
	struct leg *leg = mem_ref(arg);

	if (leg_take_answer(leg, sdp, len))
		leg_end(leg, CAUSE_INCOMPATIBLE);
	else
		leg_enter(leg, LEG_UP, CAUSE_NORMAL);
	mem_deref(leg);
}

static void hold_tell(struct leg *leg, bool before)
{
	if (before != leg->held && leg->watch && leg->watch->hold_h)
		leg->watch->hold_h(leg, leg->watch_arg);
}

static void on_offer(struct dialog *d, const char *sdp, size_t len, void *arg)
{
	struct leg *leg = mem_ref(arg);
	bool held = leg->held;

	if (leg_take_offer(leg, sdp, len) == 0)
		hold_tell(leg, held);
	mem_deref(leg);
}

static void on_agreed(struct dialog *d, uint16_t scode, const char *sdp, size_t len, void *arg)
{
	struct leg *leg = mem_ref(arg);
	bool held = leg->held;

	if (leg->fax && fax_line_agreed(leg->fax, scode, sdp, len)) {
		mem_deref(leg);
		return;
	}
	if (scode < 300 && len && leg_take_answer(leg, sdp, len) == 0)
		hold_tell(leg, held);
	mem_deref(leg);
}

/* Who forges a carrier's address never sees our 200 */
static void on_acked(struct dialog *d, void *arg)
{
	struct leg *leg = arg;

	if (leg->trunk && leg->stream)
		stream_vouch(leg->stream);
}

static void on_refer(struct dialog *d, const struct dialog_refer *refer, void *arg)
{
	struct leg *leg = mem_ref(arg);

	if (leg->watch && leg->watch->refer_h)
		leg->watch->refer_h(leg, refer, leg->watch_arg);
	else
		dialog_refer_reject(d, 403);
	mem_deref(leg);
}

/** How keys come and go by a trunk; NULL is a phone of our own */
enum keys_by keys_by(const struct trunk *trunk)
{
	if (!trunk || !trunk->dtmf[0] || !strcmp(trunk->dtmf, "rfc4733"))
		return KEYS_EVENT;
	return !strcmp(trunk->dtmf, "info") ? KEYS_INFO : KEYS_TONES;
}

/* What came beside the audio must go on to a peer that only listens to the audio, and the other way
 * round; the worker relays events to events, and tones are in what it bridges. */
static void key_relay(struct leg *leg, char digit, uint32_t duration_ms)
{
	struct leg *peer = leg->peer;

	if (!peer || !peer->stream)
		return;
	if (peer->keys == KEYS_INFO)
		(void)dialog_info_dtmf(peer->dialog, digit, duration_ms);
	else
		stream_send_dtmf(peer->stream, digit, duration_ms);
}

static void leg_key(struct leg *leg, char digit)
{
	if (leg->watch && leg->watch->key_h)
		leg->watch->key_h(leg, digit, leg->watch_arg);
}

static void on_info(struct dialog *d, char digit, uint32_t duration_ms, void *arg)
{
	struct leg *leg = mem_ref(arg);

	key_relay(leg, digit, duration_ms);
	leg_key(leg, digit);
	mem_deref(leg);
}

static void on_lost(struct dialog *d, bool lost, void *arg)
{
	struct leg *leg = mem_ref(arg);

	leg->lost = lost;
	if (leg->watch && leg->watch->lost_h)
		leg->watch->lost_h(leg, lost, leg->watch_arg);
	mem_deref(leg);
}

static void on_close(struct dialog *d, const struct dialog_end *end, void *arg)
{
	struct leg *leg = mem_ref(arg);

	leg->end = *end;
	leg_enter(leg, LEG_DOWN, end->cause);
	mem_deref(leg);
}

const struct dialog_handlers leg_dialog_handlers = {
	.ring_h = on_ring,
	.answer_h = on_answer,
	.offer_h = on_offer,
	.agreed_h = on_agreed,
	.acked_h = on_acked,
	.refer_h = on_refer,
	.info_h = on_info,
	.lost_h = on_lost,
	.close_h = on_close,
};

static void on_stream(struct stream *s, const struct stream_event *ev, void *arg)
{
	struct leg *leg = mem_ref(arg);

	switch (ev->kind) {
	case STREAM_DTMF:
		if (leg->peer && (leg->keys != leg->peer->keys || leg->keys == KEYS_INFO))
			key_relay(leg, ev->digit, ev->duration_ms);
		leg_key(leg, ev->digit);
		break;
	case STREAM_PLAYED:
		if (leg->watch && leg->watch->played_h)
			leg->watch->played_h(leg, ev->play, leg->watch_arg);
		break;
	case STREAM_RECORDED:
		if (leg->watch && leg->watch->recorded_h)
			leg->watch->recorded_h(leg, ev->play, ev->end, leg->watch_arg);
		break;
	case STREAM_CNG:
		if (leg->watch && leg->watch->fax_h)
			leg->watch->fax_h(leg, leg->watch_arg);
		break;
	case STREAM_SILENT:
		if (!leg->fax || !fax_line_silent(leg->fax))
			leg_end(leg, CAUSE_NO_MEDIA);
		break;
	case STREAM_FAILED:
		leg_end(leg, CAUSE_INCOMPATIBLE);
		break;
	default:
		break;
	}
	mem_deref(leg);
}

int leg_alloc(struct leg **lp, struct call *call, struct engine *e, enum leg_role role)
{
	struct leg *leg = mem_zalloc(sizeof(*leg), leg_destructor);
	int err;

	if (!leg)
		return ENOMEM;
	leg->call = call;
	leg->role = role;
	leg->id = id_new();
	leg->started_at = clock_wall_ms();
	err = stream_alloc(&leg->stream, e, (uint32_t)call_tenant_id(call), on_stream, leg);
	if (err) {
		mem_deref(leg);
		return err;
	}
	list_append(call_legs(call), &leg->le, leg);
	*lp = leg;
	return 0;
}

/**
 * Makes a caller that is nobody: it has no dialog, hears and says nothing, and is never answered
 *
 * @param lp   Result; owned by the call
 * @param call Call it belongs to
 * @param e    Media engine
 *
 * @return 0 or errno
 */
int leg_nobody(struct leg **lp, struct call *call, struct engine *e)
{
	int err = leg_alloc(lp, call, e, LEG_CALLER);

	if (!err)
		leg_enter(*lp, LEG_TRYING, CAUSE_NORMAL);
	return err;
}

/** True for a live leg of leg_nobody() */
bool leg_is_nobody(const struct leg *leg)
{
	return leg_live(leg) && !leg->dialog;
}

/** Milliseconds since it was answered, until it ended or until now; 0 before that */
uint64_t leg_up_for(const struct leg *leg)
{
	uint64_t end = leg->down_ms ? leg->down_ms : clock_mono_ms();

	return leg->answered_at ? end - leg->up_ms : 0;
}

/**
 * What a leg leaves behind in the call that it moves out of: its facts so far, ended as transferred
 *
 * @return The trace, to be put into that call's list; NULL without memory
 */
struct leg *leg_trace(struct leg *leg)
{
	struct leg *trace = mem_zalloc(sizeof(*trace), leg_destructor);

	if (!trace)
		return NULL;
	leg_facts(leg);
	*trace = *leg;
	memset(&trace->le, 0, sizeof(trace->le));
	memset(&trace->by_extension, 0, sizeof(trace->by_extension));
	memset(&trace->by_trunk, 0, sizeof(trace->by_trunk));
	trace->id = id_new();
	trace->dialog = NULL;
	trace->stream = NULL;
	trace->peer = NULL;
	trace->fax = NULL;
	trace->watch = NULL;
	trace->state = LEG_DOWN;
	trace->cause = CAUSE_TRANSFERRED;
	trace->ended_at = clock_wall_ms();
	trace->down_ms = clock_mono_ms();
	trace->price = (struct price){.per_minute = 0}; /* the carrier counts one call */
	return trace;
}

/**
 * Ends a leg from our side: CANCEL, BYE or a final response, and tells the watcher
 *
 * @param leg   Leg; may be gone when this returns, unless the caller holds a reference
 * @param cause Why; its SIP code refuses a caller that was not answered
 */
void leg_end(struct leg *leg, enum cause cause)
{
	leg_end_words(leg, cause, NULL);
}

/** The same with words for the display of a called phone; NULL for the cause's sentence */
void leg_end_words(struct leg *leg, enum cause cause, const char *words)
{
	if (!leg_live(leg))
		return;
	leg_facts(leg);
	if (leg->dialog && leg->role == LEG_CALLER && leg->state < LEG_UP)
		dialog_reject(leg->dialog, cause_sip(cause) < 300 ? 480 : cause_sip(cause),
			      cause_sip_reason(cause), cause);
	else if (leg->dialog)
		dialog_hangup(leg->dialog, cause, words);
	leg_enter(leg, LEG_DOWN, cause);
}

/** Makes two legs hear each other, as far as neither is on hold */
void leg_bridge(struct leg *a, struct leg *b)
{
	leg_part(a);
	leg_part(b);
	a->peer = b;
	b->peer = a;
	leg_hear(a);
}

/** Takes a leg out of its bridge; both hear nothing */
void leg_part(struct leg *leg)
{
	struct leg *peer = leg->peer;

	if (!peer)
		return;
	leg->peer = NULL;
	peer->peer = NULL;
	guests_part(leg);
	guests_part(peer);
	if (leg->stream)
		stream_bridge(leg->stream, NULL);
	if (peer->stream) {
		stream_stop_play(peer->stream);
		stream_bridge(peer->stream, NULL);
	}
}

/** Held is who said so last; what was set without its word ends */
void leg_held_as_told(struct leg *leg)
{
	leg->held = sdp_held(&leg->theirs);
}

/** Sets what both ends of a bridge hear: who holds hears nothing, who is held hears music */
void leg_hear(struct leg *leg)
{
	struct leg *peer = leg->peer;

	if (guests_hear(leg) || !peer || !leg->stream || !peer->stream)
		return;
	(void)leg_tell_hold(leg, peer->held);
	(void)leg_tell_hold(peer, leg->held);
	if (!leg->held && !peer->held) {
		stream_stop_play(leg->stream);
		stream_stop_play(peer->stream);
		stream_bridge(leg->stream, peer->stream);
		return;
	}
	stream_bridge(leg->stream, NULL);
	if (!leg->held)
		stream_play(leg->stream, "music", true);
	if (!peer->held)
		stream_play(peer->stream, "music", true);
}

/**
 * What a leg hears of a mix. Who holds neither hears nor is heard.
 *
 * @param leg    Leg; nothing happens unless it is up
 * @param mix    Mix of its tenant
 * @param speaks Whether the others hear it
 * @param alone  Nobody else is heard: it hears music
 */
void leg_mixed(struct leg *leg, struct mix *mix, bool speaks, bool alone)
{
	if (!leg->stream || leg->state != LEG_UP)
		return;
	if (leg->held) {
		stream_stop_play(leg->stream);
		mix_remove(mix, leg->stream);
		return;
	}
	mix_add(mix, leg->stream, speaks);
	if (alone)
		stream_play(leg->stream, "music", true);
	else
		stream_stop_play(leg->stream);
}

/** Tells a party's phone whom it talks to now, after a transfer */
int leg_identify(struct leg *leg, const struct party *who, const char *domain)
{
	struct dialog_identity id = {.asserted = true};
	char text[SDP_SIZE];
	int n;

	if (!leg->dialog || leg->state != LEG_UP)
		return ENOTCONN;
	text_printf(id.name, sizeof(id.name), "%s", who->name);
	text_printf(id.user, sizeof(id.user), "%s", who->number);
	text_printf(id.domain, sizeof(id.domain), "%s", domain);
	n = sdp_print(text, sizeof(text), &leg->ours);
	return n < 0 ? EINVAL : dialog_update_identity(leg->dialog, &id, text, (size_t)n);
}
