/**
 * @file record.c  Makes the CDR of a call from its facts, its legs and its story
 */
#include <string.h>
#include "clock.h"
#include "record.h"
#include "story.h"
#include "text.h"

static void party_copy(struct cdr_party *to, const struct party *from, const char *extension)
{
	str_ncpy(to->number, from->number, sizeof(to->number));
	str_ncpy(to->name, from->name, sizeof(to->name));
	str_ncpy(to->extension, extension, sizeof(to->extension));
}

static enum cdr_result result_of(const struct call_facts *f)
{
	if (f->voicemail)
		return CDR_voicemail;
	if (f->answered_at && !f->waits)
		return CDR_answered;
	switch (f->cause) {
	case CAUSE_CANCELLED:
		return CDR_cancelled;
	case CAUSE_BUSY:
	case CAUSE_BUSY_EVERYWHERE:
	case CAUSE_DECLINED:
	case CAUSE_DND:
		return CDR_busy;
	case CAUSE_NOANSWER:
	case CAUSE_TESTED:
	case CAUSE_RING_TIMEOUT:
	case CAUSE_UNREGISTERED:
		return CDR_noanswer;
	default:
		return CDR_failed;
	}
}

static void remote_ip(char *out, size_t size, const char *remote)
{
	const char *colon = strrchr(remote, ':');
	struct pl pl = {remote, colon ? (size_t)(colon - remote) : strlen(remote)};

	text_copy_pl(out, size, &pl);
}

static void leg_cost(struct cdr_leg *to, const struct leg *leg)
{
	int64_t ms = (int64_t)leg_up_for(leg);

	if (!price_known(&leg->price))
		return;
	to->billed_ms = price_billed_ms(&leg->price, ms);
	to->cost = price_call(&leg->price, ms);
	str_ncpy(to->currency, leg->price.currency, sizeof(to->currency));
}

static void leg_copy(struct cdr_leg *to, const struct leg *leg)
{
	struct stream_stats st = leg->stats;

	if (leg->stream)
		stream_last_stats(leg->stream, &st);
	text_printf(to->id, sizeof(to->id), "%s", leg->id.s);
	to->role = leg->role == LEG_CALLER ? CDR_CALLER : CDR_CALLED;
	party_copy(&to->party, &leg->party, leg->extension);
	str_ncpy(to->device, leg->device_name, sizeof(to->device));
	to->started_at = leg->started_at;
	to->ringing_at = leg->ringing_at;
	to->answered_at = leg->answered_at;
	to->ended_at = leg->ended_at;
	to->cause = leg->cause;
	str_ncpy(to->call_id, leg->call_id, sizeof(to->call_id));
	str_ncpy(to->user_agent, leg->user_agent, sizeof(to->user_agent));
	str_ncpy(to->codec, leg->codec ? codec_name(leg->codec) : "", sizeof(to->codec));
	remote_ip(to->remote_ip, sizeof(to->remote_ip), st.remote);
	to->packets_in = (int64_t)st.packets_in;
	to->packets_out = (int64_t)st.packets_out;
	to->lost = (int64_t)st.lost;
	to->jitter_us = (int64_t)st.jitter_ms * 1000;
	to->mos_milli = (int64_t)st.mos_x100 * 10;
	leg_cost(to, leg);
}

static void story_copy(struct cdr *cdr, const struct story *s)
{
	for (unsigned i = 0; i < cdr->line_count; i++) {
		const struct story_line *line = story_at(s, i);

		cdr->lines[i].at = line->at;
		str_ncpy(cdr->lines[i].kind, line->kind, sizeof(cdr->lines[i].kind));
		str_ncpy(cdr->lines[i].text, line->text, sizeof(cdr->lines[i].text));
	}
}

static void party_hide(struct cdr_party *p)
{
	str_ncpy(p->number, "anonymous", sizeof(p->number));
	str_ncpy(p->name, "Anonymous", sizeof(p->name));
}

/* Who hides the number is hidden in the history too; the extension says whose call it was. */
static void hide(struct cdr *cdr)
{
	party_hide(&cdr->from);
	for (unsigned i = 0; i < cdr->leg_count; i++) {
		if (cdr->legs[i].role != CDR_CALLER)
			continue;
		party_hide(&cdr->legs[i].party);
		cdr->legs[i].device[0] = '\0';
	}
}

static void facts_copy(struct cdr *cdr, struct call *c)
{
	const struct call_facts *f = call_facts(c);
	uint64_t end = f->ended_ms ? f->ended_ms : clock_mono_ms();

	cdr->tenant = call_tenant_id(c);
	text_printf(cdr->id, sizeof(cdr->id), "%s", f->id.s);
	cdr->dir = (enum cdr_dir)f->dir;
	cdr->type = f->voicemail ? CDR_TYPE_voicemail : (enum cdr_type)f->type;
	cdr->result = result_of(f);
	party_copy(&cdr->from, &f->from, f->from_extension);
	party_copy(&cdr->to, &f->to, f->to_extension);
	party_copy(&cdr->answered_by, &f->answered_by, f->answered_extension);
	cdr->started_at = f->started_at;
	cdr->answered_at = f->waits ? 0 : f->answered_at;
	cdr->ended_at = f->ended_at;
	cdr->duration_ms = (int64_t)(end - f->started_ms);
	cdr->billed_ms = cdr->answered_at ? (int64_t)(end - f->answered_ms) : 0;
	cdr->cause = f->cause;
}

/* Of every leg, also those that the record has no room for. A plan may have changed its currency
 * meanwhile: what cannot be added up stays with its leg. */
static void cost_sum(struct cdr *cdr, struct call *c)
{
	int64_t billed = 0;
	struct le *le;

	LIST_FOREACH (call_legs(c), le) {
		struct cdr_leg leg = {.cost = 0};

		leg_cost(&leg, le->data);
		if (!leg.currency[0] || (cdr->currency[0] && strcmp(cdr->currency, leg.currency)))
			continue;
		str_ncpy(cdr->currency, leg.currency, sizeof(cdr->currency));
		billed += leg.billed_ms;
		if (__builtin_add_overflow(cdr->cost, leg.cost, &cdr->cost))
			cdr->cost = INT64_MAX;
	}
	if (cdr->currency[0])
		cdr->billed_ms = billed;
}

/**
 * Makes the record of a call, running or ended
 *
 * @param cp Result, a mem object
 * @param c  Call
 *
 * @return 0 or ENOMEM
 */
int record_make(struct cdr **cp, struct call *c)
{
	unsigned legs = list_count(call_legs(c)), lines = story_count(call_story(c)), i = 0;
	struct cdr *cdr;
	struct le *le;
	int err;

	legs = legs < CDR_LEGS ? legs : CDR_LEGS;
	lines = lines < CDR_LINES ? lines : CDR_LINES;
	err = cdr_alloc(&cdr, legs, lines);
	if (err)
		return err;
	facts_copy(cdr, c);
	LIST_FOREACH (call_legs(c), le) {
		if (i < legs)
			leg_copy(&cdr->legs[i++], le->data);
	}
	cdr->leg_count = i;
	cost_sum(cdr, c);
	cdr->line_count = lines;
	story_copy(cdr, call_story(c));
	if (call_facts(c)->hidden)
		hide(cdr);
	*cp = cdr;
	return 0;
}
