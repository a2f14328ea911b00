/**
 * @file keys.c  Keys during a call, and the number that is keyed after some of them
 */
#include <string.h>
#include "both.h"
#include "clock.h"
#include "exchange.h"
#include "guests.h"
#include "keys.h"
#include "phone.h"
#include "story.h"
#include "text.h"

enum { STAR_MS = 1500, NUMBER_MS = 10000 }; /* between '*' and the digit; between two digits */

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

static void star_key(struct call *c, struct leg *leg, char digit)
{
	switch (digit) {
	case '1':
		keying_begin(c, leg, false);
		break;
	case '2':
		both_key(c, leg);
		break;
	case '3':
		if (!three_key(c, leg))
			keying_begin(c, leg, true);
		break;
	case '4':
		if (!consult_back(c, leg))
			keying_begin(c, leg, true);
		break;
	case '5':
		both_pause_key(c, leg);
		break;
	default:
		break;
	}
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
	uint64_t now = clock_mono_ms();
	bool second = leg->star_ms && now - leg->star_ms <= STAR_MS;

	if (k && k->leg == leg) {
		number_key(c, digit);
		return;
	}
	leg->star_ms = digit == '*' ? now : 0;
	if (second && leg->extension[0])
		star_key(c, leg, digit);
}
