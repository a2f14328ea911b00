/**
 * @file snapshot_groups.c  The ring groups of a tenant's snapshot
 */
#include <errno.h>
#include <string.h>
#include "arena.h"
#include "snapshot.h"
#include "snapshot_parts.h"

static int build_group(const struct ring_group *g, void *arg)
{
	struct part *b = arg;
	struct tenant_group *x = &b->t->groups[b->t->group_count];
	struct tenant_member *m;

	if (b->t->group_count == b->room)
		return DB_STOP;
	m = arena_get(b->t->arena, (g->member_count + 1) * sizeof(*m));
	if (!m)
		return ENOMEM;
	x->number = part_keep(b, g->number);
	x->name = part_keep(b, g->name);
	x->prefix = part_keep(b, g->prefix);
	x->music_id = part_keep(b, g->music_id);
	x->strategy = g->strategy;
	x->music = g->music;
	x->members = m;
	x->member_count = g->member_count;
	for (unsigned i = 0; i < g->member_count; i++) {
		m[i].number = part_keep(b, g->members[i].number);
		m[i].delay_ms = (uint32_t)g->members[i].delay_ms;
		m[i].ring_ms = (uint32_t)g->members[i].ring_ms;
		m[i].confirm = g->members[i].confirm;
	}
	++b->t->group_count;
	return b->err;
}

/** Reads the ring groups of a tenant; 0, ENOMEM or errno */
int groups_build(struct tenant *t, struct db *db)
{
	struct part b = {.t = t, .arena = t->arena};

	t->groups = part_rows(&b, db, "SELECT count(*) FROM ring_group WHERE tenant_id = $1",
			      sizeof(*t->groups));
	return t->groups ? ring_group_list(db, t->id, NULL, 0, build_group, &b) : b.err;
}

/** The ring group of a number; NULL for none */
const struct tenant_group *tenant_group(const struct tenant *t, const char *number)
{
	for (uint32_t i = 0; i < t->group_count; i++) {
		if (!strcmp(t->groups[i].number, number))
			return &t->groups[i];
	}
	return NULL;
}

static bool is_member(const struct tenant_group *g, const char *number)
{
	for (uint32_t i = 0; i < g->member_count; i++) {
		if (!strcmp(g->members[i].number, number))
			return true;
	}
	return false;
}

/**
 * Whether two extensions are of one group, so that one picks up what rings at the other. Those who
 * are in no group at all are of one too.
 */
bool tenant_same_group(const struct tenant *t, const char *a, const char *b)
{
	bool any_a = false, any_b = false;

	for (uint32_t i = 0; i < t->group_count; i++) {
		bool in_a = is_member(&t->groups[i], a), in_b = is_member(&t->groups[i], b);

		if (in_a && in_b)
			return true;
		any_a |= in_a;
		any_b |= in_b;
	}
	return !any_a && !any_b;
}
