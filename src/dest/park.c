/**
 * @file park.c  Dest: leaves a call at a place where any phone of the tenant can fetch it
 *
 * The target is the place, "01" to "99", or "" for the first free one. A party that is transferred
 * here waits with music; whoever transferred it hears the place. Who dials the code of a taken
 * place fetches the call. One may also dial the code oneself, hear the place, and then connect the
 * waiting party by an attended transfer. Nobody fetched it in time: it goes back to whoever parked
 * it.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "dests_private.h"
#include "feature_code.h"
#include "text.h"

enum { PLACES = 99, PROMPT = 256, CODE = FEATURE_CODE + 4 };

struct parked {
	unsigned place;
	uint32_t told;	     /* the play that names the place */
	struct party parker; /* number "": nobody to go back to */
};

static unsigned place_of(const char *target)
{
	bool good = strlen(target) == 2 && isdigit((unsigned char)target[0]) &&
		    isdigit((unsigned char)target[1]);

	return good ? (unsigned)atoi(target) : 0;
}

static const struct parked *parked_of(struct call *c, int64_t tenant)
{
	struct step *s = call_step(c);

	return s->ops == &dest_park && call_tenant_id(c) == tenant ? s->state : NULL;
}

static struct call *parked_at(struct exchange *x, int64_t tenant, unsigned place)
{
	struct le *le;

	LIST_FOREACH (exchange_calls(x), le) {
		const struct parked *p = parked_of(le->data, tenant);

		if (p && p->place == place)
			return le->data;
	}
	return NULL;
}

static unsigned place_free(struct exchange *x, int64_t tenant)
{
	bool taken[PLACES + 1] = {true};
	struct le *le;

	LIST_FOREACH (exchange_calls(x), le) {
		const struct parked *p = parked_of(le->data, tenant);

		if (p)
			taken[p->place] = true;
	}
	for (unsigned i = 1; i <= PLACES; i++) {
		if (!taken[i])
			return i;
	}
	return 0;
}

/* What a phone of the tenant dials to fetch the call; "" when that was switched off. */
static void code_of(char *code, const struct tenant *t, unsigned place)
{
	code[0] = '\0';
	for (uint32_t i = 0; i < t->code_count; i++) {
		if (t->codes[i].feature == feature(FEATURE_unpark))
			text_printf(code, CODE, "%s%02u", t->codes[i].code, place);
	}
}

static void lamp_tell(const struct step *s, unsigned place)
{
	char code[CODE];

	code_of(code, call_tenant(s->call), place);
	stack_notify(exchange_stack(call_exchange(s->call)), "dialog", call_tenant_id(s->call),
		     code);
}

/* The code digit by digit: "digits/star&digits/5&..." */
static void place_prompt(char *prompt, const char *code)
{
	prompt[0] = '\0';
	for (const char *c = code; *c; c++) {
		const char digit[] = {*c, '\0'};
		size_t n = strlen(prompt);

		(void)text_printf(prompt + n, PROMPT - n, "%sdigits/%s", n ? "&" : "",
				  *c == '*' ? "star" : digit);
	}
}

static void on_waited(void *arg)
{
	struct step *s = arg;
	const struct parked *p = s->state;
	struct dest back = {.kind = DEST_extension};

	if (!p->parker.number[0]) {
		flow_exit(s, EXIT_timeout);
		return;
	}
	text_printf(back.target, sizeof(back.target), "%s", p->parker.number);
	story_add(call_story(s->call), "park", "Nobody fetched the call; back to %s",
		  party_label(&p->parker));
	flow_goto(s->call, &back);
}

/* Whoever transferred the party here hears the place; who dialled the code hears it itself. */
static void parked_tell(struct step *s, struct parked *p)
{
	char prompt[PROMPT], code[CODE];

	code_of(code, call_tenant(s->call), p->place);
	place_prompt(prompt, code);
	if (call_transfer(s->call)->running) {
		stream_play(flow_party(s)->stream, "music", true);
		transfer_tell(s->call, prompt);
	} else {
		p->told = stream_play(flow_party(s)->stream, prompt, false);
	}
}

static void park_at(struct step *s, unsigned place)
{
	const struct leg *from = call_transfer(s->call)->from;
	const struct leg *parker = call_transfer(s->call)->running ? from : flow_party(s);
	struct parked *p;

	if (!flow_answer(s))
		return;
	p = s->state = mem_zalloc(sizeof(*p), NULL);
	if (!p) {
		flow_exit(s, EXIT_failed);
		return;
	}
	p->place = place;
	if (parker && parker->extension[0])
		p->parker = parker->party;
	story_add(call_story(s->call), "park", "%s waits at place %02u",
		  party_label(&flow_party(s)->party), place);
	tmr_start(&s->tmr, exchange_conf(call_exchange(s->call))->park_ms, on_waited, s);
	lamp_tell(s, place);
	call_changed(s->call, "call.updated");
	parked_tell(s, p);
}

static void fetch(struct step *s, struct call *c)
{
	const struct leg *party = flow_party(s);

	if (!party->extension[0]) {
		flow_exit(s, EXIT_invalid);
		return;
	}
	story_add(call_story(s->call), "dest", "Fetched the parked call of %s",
		  party_label(&call_caller(c)->party));
	story_add(call_story(c), "park", "%s fetched the call", party_label(&party->party));
	if (call_fetch(c, s->call))
		flow_exit(s, EXIT_failed);
}

static void place_enter(struct step *s, unsigned place)
{
	struct call *c = parked_at(call_exchange(s->call), call_tenant_id(s->call), place);
	bool transferred = call_transfer(s->call)->running;

	if (c && !transferred) {
		fetch(s, c);
	} else if (c) {
		story_add(call_story(s->call), "park", "Another call waits at place %02u", place);
		flow_exit(s, EXIT_full);
	} else if (transferred) {
		park_at(s, place);
	} else {
		story_add(call_story(s->call), "park", "No call waits at place %02u", place);
		flow_exit(s, EXIT_invalid);
	}
}

static void park_enter(struct step *s)
{
	unsigned place = place_of(s->dest.target);

	if (place) {
		place_enter(s, place);
		return;
	}
	place = s->dest.target[0] ? 0 : place_free(call_exchange(s->call), call_tenant_id(s->call));
	if (place)
		park_at(s, place);
	else
		flow_exit(s, s->dest.target[0] ? EXIT_invalid : EXIT_full);
}

/* Of a play that another one replaced the end is told too. */
static void park_played(struct step *s, uint32_t play)
{
	const struct parked *p = s->state;

	if (p && play == p->told)
		stream_play(flow_party(s)->stream, "music", true);
}

/* The one who dialled the code connected the party that is to wait. */
static void park_party(struct step *s)
{
	stream_play(flow_party(s)->stream, "music", true);
}

static void park_leave(struct step *s)
{
	const struct parked *p = s->state;
	struct leg *party = flow_party(s);

	if (party && party->stream)
		stream_stop_play(party->stream);
	if (p)
		lamp_tell(s, p->place);
}

static bool park_lit(struct exchange *x, const struct tenant *t, const char *target)
{
	unsigned place = place_of(target);

	return place && parked_at(x, t->id, place);
}

const struct dest_ops dest_park = {
	.kind = DEST_park,
	.needs = NEEDS_NOTHING,
	.enter = park_enter,
	.played = park_played,
	.leave = park_leave,
	.party = park_party,
	.lit = park_lit,
};
