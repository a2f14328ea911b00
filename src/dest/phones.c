/**
 * @file phones.c  What a hunt rings for an extension: every phone that is registered for it, and
 * its closed browsers
 */
#include <string.h>
#include "bells.h"
#include "dests_private.h"
#include "text.h"

/* Whoever comes at the last moment still has time to press a button. */
enum { LATE_MS = 15000 };

/* Whose phone it is, and who calls */
static void target_fill(struct hunt_target *t, const struct tenant_extension *ext,
			const struct step *s)
{
	const struct tenant *tenant = call_tenant(s->call);
	const struct leg *caller = flow_party(s);

	memset(t, 0, sizeof(*t));
	t->to.tenant = tenant->id;
	t->to.max_forwards = 70; /* an own phone passes nothing on */
	text_printf(t->to.from.name, sizeof(t->to.from.name), "%s", caller->party.name);
	text_printf(t->to.from.user, sizeof(t->to.from.user), "%s", caller->party.number);
	text_printf(t->to.from.domain, sizeof(t->to.from.domain), "%s", tenant->domain);
	t->to.from.hidden = call_facts(caller->call)->hidden;
	t->to.from.asserted = !t->to.from.hidden;
	text_printf(t->party.number, sizeof(t->party.number), "%s", ext->number);
	text_printf(t->party.name, sizeof(t->party.name), "%s", ext->name);
	text_printf(t->extension, sizeof(t->extension), "%s", ext->number);
	t->ring_ms = ext->ring_ms;
}

/** Puts a text before the caller's name, as the phone shows it; "" for none */
void target_prefix(struct hunt_target *t, const char *prefix)
{
	char name[SIP_NAME];

	if (!prefix[0])
		return;
	text_printf(name, sizeof(name), "%s %s", prefix,
		    t->to.from.name[0] ? t->to.from.name : t->to.from.user);
	str_ncpy(t->to.from.name, name, sizeof(t->to.from.name));
}

/**
 * Lists the phones of an extension as targets of a hunt, each with the extension's ring time
 *
 * @param targets Filled in
 * @param max     Room in it; BINDINGS_MAX holds all
 * @param s       Step; its party is whom the phones show as the caller
 * @param ext     Whose phones, of the same tenant
 *
 * @return How many; 0 when none is registered
 */
unsigned phones_find(struct hunt_target *targets, unsigned max, const struct step *s,
		     const struct tenant_extension *ext)
{
	const struct binding *bindings[BINDINGS_MAX];
	unsigned n = registrar_find(exchange_stack(call_exchange(s->call)), call_tenant_id(s->call),
				    ext->number, bindings, BINDINGS_MAX);

	n = n < max ? n : max;
	for (unsigned i = 0; i < n; i++) {
		target_fill(&targets[i], ext, s);
		hunt_target_at(&targets[i], bindings[i]);
	}
	return n;
}

/**
 * As phones_find(), and before them, as one target, the extension's closed browsers that can be
 * told; they are awaited as long as for a call to the extension
 *
 * @param targets Filled in
 * @param max     Room in it; PHONES_MAX holds all
 * @param s       Step; its party is whom the phones show as the caller
 * @param ext     Whose phones, of the same tenant
 *
 * @return How many; 0 when none is registered or can be told
 */
unsigned phones_wake(struct hunt_target *targets, unsigned max, const struct step *s,
		     const struct tenant_extension *ext)
{
	struct exchange *x = call_exchange(s->call);
	unsigned n = 0;

	if (max &&
	    bells_asleep(exchange_bells(x), exchange_stack(x), call_tenant_id(s->call), ext)) {
		target_fill(&targets[n], ext, s);
		targets[n].asleep_ms = BELL_WAIT_MS;
		targets[n++].late_ms = LATE_MS;
	}
	return n + phones_find(&targets[n], max - n, s, ext);
}

/**
 * Gives targets of phones_wake() the ring time of somebody who is one of several; who wakes has
 * what is left of it
 */
void phones_time(struct hunt_target *targets, unsigned n, uint32_t ring_ms)
{
	for (unsigned i = 0; i < n; i++) {
		targets[i].ring_ms = ring_ms;
		targets[i].late_ms = 0;
		if (targets[i].asleep_ms)
			targets[i].asleep_ms = ring_ms;
	}
}
