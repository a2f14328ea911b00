/**
 * @file again.c  Dest: calls whoever called last, or whoever was called last
 *
 * The target is "caller" or "called". With nobody to call, an announcement says so.
 */
#include <errno.h>
#include <string.h>
#include "cdr.h"
#include "change.h"
#include "dests_private.h"
#include "expand.h"
#include "text.h"

struct again {
	struct change change;
	char extension_id[ID_SIZE], number[CDR_NUMBER];
	bool called;
};

static int last_read(struct db *db, struct change *c)
{
	struct again *a = (struct again *)c;

	return cdr_last(a->number, sizeof(a->number), db, c->tenant, a->extension_id, a->called);
}

static void nobody(struct step *s)
{
	struct dest announce = {DEST_announce, "unidentified-no-callback"};

	story_add(call_story(s->call), "dest", "There is nobody to call");
	flow_goto(s->call, &announce);
}

static void on_read(struct step *s, struct change *c, int err)
{
	const struct again *a = (const struct again *)c;
	struct dest next;

	if (err || dest_resolve(&next, call_tenant(s->call), a->number)) {
		nobody(s);
		return;
	}
	story_add(call_story(s->call), "dest", "%s %s",
		  a->called ? "Dialling again:" : "Calling back", a->number);
	if (next.kind == DEST_external)
		call_facts(s->call)->dir = CALL_OUT;
	flow_pass(s, &next);
}

static void again_enter(struct step *s)
{
	const struct tenant_extension *e =
		tenant_extension(call_tenant(s->call), flow_party(s)->extension);
	struct again *a = e ? change_alloc(sizeof(*a), s, last_read, on_read) : NULL;

	if (a) {
		a->called = !strcmp(s->dest.target, "called");
		str_ncpy(a->extension_id, e->id, sizeof(a->extension_id));
	}
	if (!a || change_post(&a->change))
		flow_exit(s, e ? EXIT_failed : EXIT_invalid);
}

const struct dest_ops dest_again = {
	.kind = DEST_again,
	.own = true, /* whom its party called, or who called it */
	.needs = NEEDS_NOTHING,
	.enter = again_enter,
};
