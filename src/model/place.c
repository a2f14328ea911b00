/**
 * @file place.c  Whom a member of a ring group, or a place of a follow me, rings
 */
#include <string.h>
#include "expand.h"
#include "own.h"
#include "place.h"
#include "text.h"

static void pass_over(struct place *p, const char *why)
{
	p->passed_over = true;
	(void)text_printf(p->why, sizeof(p->why), "%s", why);
}

static void colleague_look(struct place *p, const struct tenant *t,
			   const struct tenant_extension *e, const struct place_caller *caller,
			   const struct moment *now)
{
	p->extension = e;
	extension_door(&p->door, t, e, caller->number, now);
	if (p->door.id != DOOR_RING && p->door.id != DOOR_FOLLOW)
		pass_over(p, p->door.why);
	else if (!strcmp(caller->extension, e->number))
		pass_over(p, "it is the one who calls");
}

/**
 * Says whom a place rings
 *
 * @param p      Result
 * @param t      Tenant
 * @param number Of the place: a colleague's, or one outside
 * @param owner  Whose follow me it is, with "" for the own phones; NULL for a group
 * @param caller Who calls
 * @param now    When
 */
void place_look(struct place *p, const struct tenant *t, const char *number,
		const struct tenant_extension *owner, const struct place_caller *caller,
		const struct moment *now)
{
	struct dest to;

	memset(p, 0, sizeof(*p));
	if (owner && (!number[0] || !strcmp(number, owner->number)))
		p->extension = owner;
	else if (dest_resolve(&to, t, number))
		pass_over(p, "nobody here has it");
	else if (to.kind == DEST_extension)
		colleague_look(p, t, tenant_extension(t, to.target), caller, now);
	else if (to.kind == DEST_external)
		str_ncpy(p->outside, to.target, sizeof(p->outside));
	else
		pass_over(p, to.kind == DEST_group ? "it is a ring group" : "it is not a phone");
}
