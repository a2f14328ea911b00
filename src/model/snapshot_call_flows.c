/**
 * @file snapshot_call_flows.c  The call flows of a tenant's snapshot
 */
#include <string.h>
#include "snapshot.h"
#include "snapshot_parts.h"

static int build_flow(const struct call_flow *f, void *arg)
{
	struct part *b = arg;
	struct tenant_call_flow *x = &b->t->call_flows[b->t->call_flow_count];

	if (b->t->call_flow_count == b->room)
		return DB_STOP;
	x->id = part_keep(b, f->id);
	x->number = part_keep(b, f->number);
	x->name = part_keep(b, f->name);
	x->night = f->night;
	x->pin = f->pin[0];
	++b->t->call_flow_count;
	return b->err;
}

/** Reads the call flows of a tenant; 0, ENOMEM or errno */
int call_flows_build(struct tenant *t, struct db *db)
{
	struct part b = {.t = t, .arena = t->arena};

	t->call_flows = part_rows(&b, db, "SELECT count(*) FROM call_flow WHERE tenant_id = $1",
				  sizeof(*t->call_flows));
	return t->call_flows ? call_flow_list(db, t->id, NULL, 0, build_flow, &b) : b.err;
}

/** The call flow of an id; NULL for none */
const struct tenant_call_flow *tenant_call_flow(const struct tenant *t, const char *id)
{
	for (uint32_t i = 0; i < t->call_flow_count; i++) {
		if (!strcmp(t->call_flows[i].id, id))
			return &t->call_flows[i];
	}
	return NULL;
}

/** The call flow of a number; NULL for none */
const struct tenant_call_flow *tenant_call_flow_number(const struct tenant *t, const char *number)
{
	for (uint32_t i = 0; i < t->call_flow_count; i++) {
		if (!strcmp(t->call_flows[i].number, number))
			return &t->call_flows[i];
	}
	return NULL;
}
