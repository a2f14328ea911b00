/**
 * @file places.c  What a hunt rings for the members of a ring group and the places of a follow me
 */
#include <string.h>
#include "dests_private.h"
#include "own.h"
#include "say.h"
#include "text.h"

enum { WAYS_EACH = 4 };

/* The caller by name as it says itself, else by number; "" says only that there is a call. */
static void caller_say(struct say *say, const struct leg *caller)
{
	const struct tenant_extension *e =
		tenant_extension(call_tenant(caller->call), caller->extension);
	bool hidden = call_facts(caller->call)->hidden;

	if (hidden || strspn(caller->party.number, "+0123456789") != strlen(caller->party.number)) {
		say_add(say, "followme/no-recording");
		return;
	}
	say_add(say, "followme/call-from");
	if (!e || !say_name(say, exchange_conf(call_exchange(caller->call))->blobs, e))
		say_digits(say, caller->party.number);
}

/* "Incoming call from 1 0 0 2. To accept, press 1": a machine that answers does not. */
static void asked_fill(struct hunt_target *t, const struct leg *caller)
{
	struct say say;

	say_begin(&say);
	caller_say(&say, caller);
	say_add(&say, "followme/options");
	text_printf(t->asked, sizeof(t->asked), "%s", say.what);
}

static unsigned phones_ring(struct hunt_target *targets, unsigned max, struct step *s,
			    const struct ring *r, const struct tenant_extension *e,
			    const char **why)
{
	bool busy = exchange_extension_busy(call_exchange(s->call), call_tenant(s->call)->id,
					    e->number);
	unsigned n;

	if (busy && (!e->call_waiting || r->idle_only)) {
		*why = "on another call";
		return 0;
	}
	/* Who talks is there: nobody need be woken. */
	n = busy ? phones_find(targets, max, s, e) : phones_wake(targets, max, s, e);
	if (!n)
		*why = "no phone is connected";
	return n;
}

static unsigned place_ring(struct hunt_target *targets, unsigned max, struct step *s,
			   const struct ring *r)
{
	const struct leg *party = flow_party(s);
	const struct place_caller caller = {party->party.number, party->extension};
	struct moment now = flow_moment(s);
	const char *who = r->number, *why = NULL;
	struct place p;
	unsigned n = 0;

	place_look(&p, call_tenant(s->call), r->number, r->owner, &caller, &now);
	if (p.extension)
		who = p.extension->name;
	if (p.passed_over) {
		why = p.why;
	} else if (p.extension) {
		n = phones_ring(targets, max, s, r, p.extension, &why);
	} else {
		n = external_find(targets, max < WAYS_EACH ? max : WAYS_EACH, s, p.outside);
		why = n ? NULL : "there is no way to it";
	}
	if (why)
		story_add(call_story(s->call), r->owner ? "follow" : "group",
			  "%s is passed over: %s", who, why);
	return n;
}

/**
 * Lists what rings for one member of a group or one place of a follow me; tells the story why it is
 * passed over
 *
 * @param targets Filled in
 * @param max     Room in it
 * @param s       Step; its party is the caller
 * @param r       Whom, and how
 *
 * @return How many; an outside number has one for each trunk that may be tried, one after the other
 */
unsigned ring_find(struct hunt_target *targets, unsigned max, struct step *s, const struct ring *r)
{
	unsigned n = place_ring(targets, max, s, r);

	phones_time(targets, n, r->ring_ms);
	for (unsigned i = 0; i < n; i++) {
		struct hunt_target *t = &targets[i];

		t->after_ms = t->other_way ? 0 : r->delay_ms;
		t->confirm = r->confirm;
		t->turn = r->turn;
		t->busy_ends = r->busy_ends;
		if (r->confirm)
			asked_fill(t, flow_party(s));
		target_prefix(t, r->prefix);
	}
	return n;
}
