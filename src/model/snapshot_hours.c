/**
 * @file snapshot_hours.c  The time conditions of a tenant's snapshot
 */
#include <errno.h>
#include <string.h>
#include "arena.h"
#include "snapshot.h"
#include "snapshot_parts.h"

static int build_hours(const struct hours *h, void *arg)
{
	struct part *b = arg;
	struct tenant_hours *x = &b->t->hours[b->t->hours_count];
	struct hours_rule *rules;
	int err = 0;

	if (b->t->hours_count == b->room)
		return DB_STOP;
	rules = arena_get(b->t->arena, (h->rule_count + 1) * sizeof(*rules));
	x->id = part_keep(b, h->id);
	x->name = part_keep(b, h->name);
	if (!rules || b->err)
		return ENOMEM;
	memcpy(rules, h->rules, h->rule_count * sizeof(*rules));
	x->rules = rules;
	x->rule_count = h->rule_count;
	x->zone = NULL;
	if (h->timezone[0])
		err = zone_load(&x->zone, h->timezone);
	++b->t->hours_count;
	return err == ENOMEM ? err : 0; /* a zone that is gone: the tenant's */
}

/** Reads the time conditions of a tenant; 0, ENOMEM or errno */
int hours_build(struct tenant *t, struct db *db)
{
	struct part b = {.t = t, .arena = t->arena};

	t->hours = part_rows(&b, db, "SELECT count(*) FROM hours WHERE tenant_id = $1",
			     sizeof(*t->hours));
	return t->hours ? hours_list(db, t->id, NULL, 0, build_hours, &b) : b.err;
}

/** Lets go of what the arena does not hold */
void hours_drop(struct tenant *t)
{
	for (uint32_t i = 0; i < t->hours_count; i++)
		mem_deref(t->hours[i].zone);
}

/** The time condition of an id; NULL for none */
const struct tenant_hours *tenant_hours(const struct tenant *t, const char *id)
{
	for (uint32_t i = 0; i < t->hours_count; i++) {
		if (!strcmp(t->hours[i].id, id))
			return &t->hours[i];
	}
	return NULL;
}
