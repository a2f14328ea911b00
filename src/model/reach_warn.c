/**
 * @file reach_warn.c  What keeps a place of a follow me from ringing
 */
#include <string.h>
#include "own.h"
#include "place.h"
#include "reach.h"
#include "text.h"
#include "way.h"

/* A colleague who passes every call on to whom it would come from */
static bool circle(const struct place *p, const struct tenant_extension *owner)
{
	return p->door.id == DOOR_FORWARD && p->door.dest.kind == DEST_extension &&
	       !strcmp(p->door.dest.target, owner->number);
}

static bool outside_wrong(char text[REACH_TEXT], const struct tenant *t, const char *number,
			  const struct reach_asks *asks)
{
	char why[REACH_TEXT];

	if (!way_leads(t, number))
		(void)text_printf(text, REACH_TEXT,
				  "There is no route to %s: this place does not ring.", number);
	else if (!asks->outside_h(why, number, asks->arg))
		(void)text_printf(text, REACH_TEXT, "%s cannot be called now. %.160s", number, why);
	else
		return false;
	return true;
}

static bool place_wrong(char text[REACH_TEXT], const struct tenant *t,
			const struct tenant_extension *owner, const char *number,
			const struct moment *now, const struct reach_asks *asks)
{
	static const struct place_caller nobody = {"somebody", ""};
	struct place p;

	place_look(&p, t, number, owner, &nobody, now);
	if (!p.passed_over)
		return p.outside[0] && outside_wrong(text, t, p.outside, asks);
	if (circle(&p, owner))
		(void)text_printf(text, REACH_TEXT,
				  "%.60s (%s) passes every call back here: calls would go in a "
				  "circle, so this place does not ring.",
				  p.extension->name, number);
	else if (p.extension)
		(void)text_printf(text, REACH_TEXT, "%.180s: this place does not ring.", p.why);
	else
		(void)text_printf(text, REACH_TEXT, "%s: %s, this place does not ring.", number,
				  p.why);
	return true;
}

/**
 * Says which places of an extension's follow me would not ring now, by the rule that a call goes by
 *
 * @param w         Result
 * @param t         Tenant
 * @param extension Whose follow me; without one, nothing is wrong
 * @param now       When
 * @param asks      As for reach_walk()
 */
void reach_warn(struct reach_warnings *w, const struct tenant *t, const char *extension,
		const struct moment *now, const struct reach_asks *asks)
{
	const struct tenant_extension *e = tenant_extension(t, extension);
	const struct tenant_follow *f = e ? e->follow : NULL;

	memset(w, 0, sizeof(*w));
	for (uint32_t i = 0; f && i < f->count && w->count < FOLLOW_DESTS; i++)
		w->count += place_wrong(w->text[w->count], t, e, f->dests[i].number, now, asks);
}
