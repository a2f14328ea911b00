/**
 * @file snapshot_hours.c  The time conditions of a tenant's snapshot
 */
#include <errno.h>
#include <string.h>
#include "arena.h"
#include "snapshot.h"
#include "snapshot_parts.h"

struct build {
	struct tenant *t;
	int64_t room;
};

static int build_hours(const struct hours *h, void *arg)
{
	struct build *b = arg;
	struct tenant_hours *x = &b->t->hours[b->t->hours_count];
	struct hours_rule *rules;
	int err = 0;

	if (b->t->hours_count == b->room)
		return DB_STOP;
	rules = arena_get(b->t->arena, (h->rule_count + 1) * sizeof(*rules));
	x->id = arena_text(b->t->arena, h->id);
	x->name = arena_text(b->t->arena, h->name);
	if (!rules || !x->id || !x->name)
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
	struct build b = {.t = t};
	int err = db_number(db, &b.room, "SELECT count(*) FROM hours WHERE tenant_id = $1", "i",
			    t->id);

	if (err)
		return err;
	t->hours = arena_get(t->arena, ((size_t)b.room + 1) * sizeof(*t->hours));
	return t->hours ? hours_list(db, t->id, NULL, 0, build_hours, &b) : ENOMEM;
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
