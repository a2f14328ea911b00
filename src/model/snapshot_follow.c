/**
 * @file snapshot_follow.c  What a tenant's snapshot knows of follow me and of call block
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "arena.h"
#include "snapshot.h"
#include "snapshot_parts.h"

static int build_follow(const struct follow *f, void *arg)
{
	struct part *b = arg;
	const struct tenant_extension *e = tenant_extension_by_id(b->t, f->extension_id);
	struct tenant_follow *x = &b->t->follows[b->count];
	struct tenant_follow_dest *dests;

	if (!e || b->count == b->room)
		return 0;
	dests = arena_get(b->t->arena, (f->count + 1) * sizeof(*dests));
	if (!dests)
		return ENOMEM;
	for (unsigned i = 0; i < f->count; i++) {
		dests[i].number = part_keep(b, f->dests[i].number);
		dests[i].delay_ms = (uint32_t)f->dests[i].delay_ms;
		dests[i].ring_ms = (uint32_t)f->dests[i].ring_ms;
		dests[i].confirm = f->dests[i].confirm;
	}
	*x = (struct tenant_follow){part_keep(b, f->prefix), dests, f->count, f->ignore_busy};
	b->t->extensions[e - b->t->extensions].follow = x;
	++b->count;
	return b->err;
}

/** Reads whom the calls of extensions, which are read already, ring */
int follows_build(struct tenant *t, struct db *db)
{
	struct part b = {.t = t, .arena = t->arena};

	t->follows = part_rows(&b, db, "SELECT count(*) FROM follow_rule WHERE tenant_id = $1",
			       sizeof(*t->follows));
	return t->follows ? follow_list(db, t->id, build_follow, &b) : b.err;
}

static int build_block(const struct call_block *c, void *arg)
{
	struct part *b = arg;
	struct tenant_block *x = &b->t->blocks[b->count];
	const struct tenant_extension *e = tenant_extension_by_id(b->t, c->extension_id);

	if (!c->active || (c->extension_id[0] && !e) || b->count == b->room)
		return 0;
	*x = (struct tenant_block){part_keep(b, c->id), part_keep(b, c->pattern), e, c->kind,
				   c->action};
	++b->count;
	return b->err;
}

/* Those of extensions first; among them the eldest, as they are read. */
static int block_order(const void *va, const void *vb)
{
	const struct tenant_block *a = va, *b = vb;

	if (!a->extension != !b->extension)
		return a->extension ? -1 : 1;
	return strcmp(a->id, b->id);
}

/** Reads who does not get through */
int blocks_build(struct tenant *t, struct db *db)
{
	struct part b = {.t = t, .arena = t->arena};
	int err;

	t->blocks = part_rows(&b, db, "SELECT count(*) FROM call_block WHERE tenant_id = $1",
			      sizeof(*t->blocks));
	err = t->blocks ? call_block_list(db, t->id, NULL, NULL, 0, build_block, &b) : b.err;
	t->block_count = b.count;
	if (!err && b.count)
		qsort(t->blocks, b.count, sizeof(*t->blocks), block_order);
	return err;
}
