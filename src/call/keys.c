/**
 * @file keys.c  Keys during a call, and the number that is keyed after some of them
 */
#include <string.h>
#include "both.h"
#include "clock.h"
#include "exchange.h"
#include "guests.h"
#include "keys.h"
#include "own.h"
#include "phone.h"
#include "story.h"
#include "text.h"

enum { STAR_MS = 1500, NUMBER_MS = 10000 }; /* between two keys: of a code; of a number */

/** A number that is being keyed; its parties do not hear each other meanwhile */
struct keying {
	struct leg *leg, *party;
	bool attended;
	struct tmr tmr;
	char number[PHONE_SIZE];
};

static void keying_destructor(void *arg)
{
	struct keying *k = arg;

	tmr_cancel(&k->tmr);
}

/** Ends the keying of a number, if there is any: both parties hear each other again */
void keys_stop(struct call *c)
{
	AUTO struct keying *k = TAKE(*call_keying(c));

	if (k && leg_live(k->leg) && leg_live(k->party))
		leg_bridge(k->leg, k->party);
}

static void number_end(struct call *c)
{
	struct keying *k = *call_keying(c);
	const struct transfer_key key = {k->leg, k->party, k->attended};
	struct dest dest;

	if (!k->number[0]) {
		keys_stop(c);
	} else if (!exchange_dest(call_exchange(c), &dest, call_tenant(c), k->number)) {
		story_add(call_story(c), "transfer", "%s tried a transfer to %s: no such number",
			  party_label(&k->leg->party), k->number);
		memset(k->number, 0, sizeof(k->number));
		stream_play(k->leg->stream, "pbx-invalid", false);
	} else {
		char number[PHONE_SIZE];

		str_ncpy(number, k->number, sizeof(number));
		*call_keying(c) = mem_deref(k);
		transfer_key(c, &key, number, &dest);
	}
}

static void on_number_over(void *arg)
{
	number_end(arg);
}

static void number_key(struct call *c, char digit)
{
	struct keying *k = *call_keying(c);
	size_t n = strlen(k->number);

	stream_stop_play(k->leg->stream);
	tmr_start(&k->tmr, NUMBER_MS, on_number_over, c);
	if (digit == '#')
		number_end(c);
	else if (n + 1 < sizeof(k->number))
		k->number[n] = digit;
}

static void keying_begin(struct call *c, struct leg *leg, bool attended)
{
	struct keying *k;

	if (!transfer_may(c, leg))
		return;
	k = mem_zalloc(sizeof(*k), keying_destructor);
	if (!k)
		return;
	k->leg = leg;
	k->party = leg->peer;
	k->attended = attended;
	*call_keying(c) = k;
	leg_part(leg);
	stream_play(k->party->stream, "music", true);
	stream_play(leg->stream, "pbx-transfer", false);
	tmr_start(&k->tmr, NUMBER_MS, on_number_over, c);
}

static void blind_key(struct call *c, struct leg *leg)
{
	keying_begin(c, leg, false);
}

static void ask_key(struct call *c, struct leg *leg)
{
	if (!consult_back(c, leg))
		keying_begin(c, leg, true);
}

static void third_key(struct call *c, struct leg *leg)
{
	if (!three_key(c, leg))
		keying_begin(c, leg, true);
}

static void code_run(struct call *c, struct leg *leg, const struct feature *f)
{
	static const struct {
		enum feature_id id;
		void (*press)(struct call *c, struct leg *leg);
	} codes[] = {
		{FEATURE_key_transfer, blind_key}, {FEATURE_key_ask, ask_key},
		{FEATURE_key_record, both_key},	   {FEATURE_key_pause, both_pause_key},
		{FEATURE_key_three, third_key},
	};

	for (size_t i = 0; i < COUNT(codes); i++) {
		if (feature(codes[i].id) == f) {
			codes[i].press(c, leg);
			return;
		}
	}
}

/* Runs the code that has been keyed; false when no code begins so. */
static bool star_run(struct call *c, struct leg *leg)
{
	const struct tenant *t = call_tenant(c);
	size_t n = strlen(leg->star);
	bool begins = false;

	for (uint32_t i = 0; i < t->code_count; i++) {
		const struct tenant_code *code = &t->codes[i];

		if (code->feature->argument != ARGUMENT_KEYS || strncmp(code->code, leg->star, n))
			continue;
		if (!code->code[n]) {
			leg->star[0] = '\0';
			code_run(c, leg, code->feature);
			return true;
		}
		begins = true;
	}
	return begins;
}

/* Adds a key to the code that is being keyed; '*' begins one anew where it cannot go on. */
static void star_key(struct call *c, struct leg *leg, char digit)
{
	uint64_t now = clock_mono_ms();
	size_t n;

	if (now - leg->star_ms > STAR_MS)
		leg->star[0] = '\0';
	n = strlen(leg->star);
	if ((!n && digit != '*') || n + 1 >= sizeof(leg->star))
		return;
	leg->star_ms = now;
	leg->star[n] = digit;
	leg->star[n + 1] = '\0';
	if (!star_run(c, leg))
		(void)text_printf(leg->star, sizeof(leg->star), "%s", digit == '*' ? "*" : "");
}

/**
 * A key of a party that runs no step
 *
 * @param c     Call
 * @param leg   Whose key
 * @param digit '0' to '9', '*', '#', 'A' to 'D'
 */
void keys_press(struct call *c, struct leg *leg, char digit)
{
	const struct keying *k = *call_keying(c);

	if (k && k->leg == leg)
		number_key(c, digit);
	else if (leg->extension[0])
		star_key(c, leg, digit);
}
