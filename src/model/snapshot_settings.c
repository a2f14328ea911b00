/**
 * @file snapshot_settings.c  What a tenant's snapshot knows of settings, exits and feature codes
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "arena.h"
#include "snapshot.h"
#include "snapshot_parts.h"

static int build_settings(const struct extension_settings *s, void *arg)
{
	struct part *b = arg;
	const struct tenant_extension *e = tenant_extension_by_id(b->t, s->extension_id);
	struct tenant_settings *x = &b->t->settings_of[b->count];

	if (!e || b->count == b->room)
		return 0;
	x->dnd = s->dnd;
	x->dnd_until = s->dnd_until;
	x->dnd_by = part_keep(b, s->dnd_mark.by);
	x->dnd_at = s->dnd_mark.at;
	x->agent = s->agent;
	x->paused = s->paused;
	x->pause_reason = part_keep(b, s->pause_reason);
	x->agent_at = s->agent_mark.at;
	x->follow = s->follow;
	x->follow_by = part_keep(b, s->follow_mark.by);
	x->follow_at = s->follow_mark.at;
	for (int i = 0; i < FORWARD_MAX; i++) {
		const struct extension_forward *f = &s->forward[i];

		x->forward[i] =
			(struct tenant_forward){part_keep(b, f->number), part_keep(b, f->mark.by),
						f->until, f->mark.at, f->on};
	}
	b->t->extensions[e - b->t->extensions].settings = x;
	++b->count;
	return b->err;
}

/** Reads what extensions, which are read already, have set */
int settings_build(struct tenant *t, struct db *db)
{
	struct part b = {.t = t, .arena = t->arena};

	t->settings_of =
		part_rows(&b, db, "SELECT count(*) FROM extension_settings WHERE tenant_id = $1",
			  sizeof(*t->settings_of));
	return t->settings_of ? extension_settings_list(db, t->id, build_settings, &b) : b.err;
}

static int exit_order(const void *va, const void *vb)
{
	const struct dest_exit *a = va, *b = vb;
	int n = (int)a->dest.kind - (int)b->dest.kind;

	n = n ? n : strcmp(a->dest.target, b->dest.target);
	return n ? n : (int)a->exit - (int)b->exit;
}

static int build_exit(const struct dest_exit *row, void *arg)
{
	struct part *b = arg;

	if (b->count == b->room)
		return DB_STOP;
	b->t->exits[b->count++] = *row;
	return 0;
}

/** Reads what comes after dests */
int exits_build(struct tenant *t, struct db *db)
{
	struct part b = {.t = t, .arena = t->arena};
	int err;

	t->exits = part_rows(&b, db, "SELECT count(*) FROM dest_exit WHERE tenant_id = $1",
			     sizeof(*t->exits));
	err = t->exits ? dest_exit_list(db, t->id, NULL, build_exit, &b) : b.err;
	t->exit_count = b.count;
	if (!err && b.count)
		qsort(t->exits, b.count, sizeof(*t->exits), exit_order);
	return err;
}

/**
 * What a row says comes after a dest that ended so: a row of this very dest before one of its kind,
 * of this very exit before one of every exit
 *
 * @return NULL when no row does
 */
const struct dest *tenant_next(const struct tenant *t, const struct dest *d, enum exit_id exit)
{
	for (int i = 0; i < 4; i++) {
		struct dest_exit key = {.dest = *d, .exit = i & 1 ? EXIT_ANY : exit};
		const struct dest_exit *row;

		if (i & 2)
			key.dest.target[0] = '\0';
		row = t->exit_count ? bsearch(&key, t->exits, t->exit_count, sizeof(*t->exits),
					      exit_order)
				    : NULL;
		if (row)
			return &row->next;
	}
	return NULL;
}

/* Longest first; of the same length the one that nothing follows, so that *8 is not *8<ext>. */
static int code_order(const void *va, const void *vb)
{
	const struct tenant_code *a = va, *b = vb;
	size_t m = strlen(a->code), n = strlen(b->code);

	if (m != n)
		return m < n ? 1 : -1;
	return (int)a->feature->argument - (int)b->feature->argument;
}

static int build_code(const struct feature_code *c, void *arg)
{
	struct part *b = arg;

	if (!c->active)
		return 0;
	b->t->codes[b->count++] = (struct tenant_code){part_keep(b, c->code), feature(c->id)};
	return b->err;
}

/** Reads what the tenant dials for features */
int codes_build(struct tenant *t, struct db *db)
{
	struct part b = {.t = t, .arena = t->arena};
	int err;

	t->codes = arena_get(t->arena, FEATURE_MAX * sizeof(*t->codes));
	err = t->codes ? feature_code_list(db, t->id, build_code, &b) : ENOMEM;
	t->code_count = b.count;
	if (!err)
		qsort(t->codes, b.count, sizeof(*t->codes), code_order);
	return err;
}
