/**
 * @file graph.c  Writes a tenant's rules at random: any dest may lead to any other, and to itself
 */
#include <string.h>
#include "call_block.h"
#include "call_flow.h"
#include "did.h"
#include "draw.h"
#include "extension_settings.h"
#include "fake.h"
#include "follow.h"
#include "graph.h"
#include "hours.h"
#include "out_route.h"
#include "queue.h"
#include "ring_group.h"
#include "text.h"
#include "trunk.h"

enum { GROUPS = 3, HOURS = 2, FLOWS = 2, LINES = 2 };

const char *const graph_people[GRAPH_PEOPLE] = {"1001", "1002", "1003", "1004", "1005"};

static struct ring_group groups[GROUPS];
static struct hours hours[HOURS];
static struct call_flow flows[FLOWS];
static struct queue queues[LINES];
static struct did did;
static struct trunk trunk, second;

static const char *person(void)
{
	return graph_people[draw(GRAPH_PEOPLE)];
}

/** A person's number, a group's or a queue's */
const char *graph_number(void)
{
	if (draw(3))
		return person();
	return draw(2) ? groups[draw(GROUPS)].number : queues[draw(LINES)].number;
}

static struct dest any_dest(void)
{
	static const struct dest fixed[] = {
		{DEST_external, "+16285550177"},
		{DEST_external, "+12125550100"},
		{DEST_music, ""},
		{DEST_park, ""},
		{DEST_announce, "vm-goodbye"},
		{DEST_hangup, ""},
		{DEST_echo, "0"},
		{DEST_conference, "7"},
		{DEST_directory, ""},
		{DEST_time, ""},
		{DEST_pickup, ""},
	};
	struct dest d = {0};

	switch (draw(9)) {
	case 0:
	case 1:
		d.kind = DEST_group;
		str_ncpy(d.target, groups[draw(GROUPS)].number, sizeof(d.target));
		return d;
	case 2:
		d.kind = DEST_hours;
		str_ncpy(d.target, hours[draw(HOURS)].id, sizeof(d.target));
		return d;
	case 3:
		d.kind = DEST_callflow;
		str_ncpy(d.target, flows[draw(FLOWS)].id, sizeof(d.target));
		return d;
	case 4:
	case 5:
		d.kind = DEST_extension;
		break;
	case 6:
		d.kind = DEST_voicemail;
		break;
	case 7:
		d.kind = DEST_queue;
		str_ncpy(d.target, queues[draw(LINES)].number, sizeof(d.target));
		return d;
	default:
		return fixed[draw(COUNT(fixed))];
	}
	str_ncpy(d.target, person(), sizeof(d.target));
	return d;
}

static const char *any_number(const char *but)
{
	static const char *const others[] = {"1099", "+16285550177", "+12125550100",
					     "601",  "*281",	     "710"};
	const char *number;

	do {
		number = draw(3) ? person() : others[draw(COUNT(others))];
	} while (!strcmp(number, but));
	return number;
}

/* --- laid once ----------------------------------------------------------------------------------
 */

static int did_keep(const struct did *d, void *arg)
{
	if (!strcmp(d->number, "+14155550110"))
		did = *d;
	return 0;
}

static int trunk_keep(const struct trunk *t, void *arg)
{
	trunk = *t;
	return 0;
}

static int second_way(struct db *db)
{
	struct out_route r = {.tenant = world.northwind->id, .prefix = "+", .priority = 1};
	int err;

	second = trunk;
	second.tenant = world.northwind->id;
	second.port = 5999;
	strcpy(second.name, "Second way");
	err = trunk_add(db, &second);
	r.trunk = second.id;
	return err ? err : out_route_add(db, &r);
}

static int make_fn(struct db *db, void *obj)
{
	int64_t tenant = world.northwind->id;
	int err = 0;

	for (unsigned i = 0; i < GROUPS && !err; i++) {
		groups[i] = (struct ring_group){.tenant = tenant, .name = "Group"};
		snprintf(groups[i].number, sizeof(groups[i].number), "60%u", i);
		err = ring_group_add(db, &groups[i]);
	}
	for (unsigned i = 0; i < HOURS && !err; i++) {
		hours[i] = (struct hours){.tenant = tenant, .name = "Hours"};
		err = hours_add(db, &hours[i]);
	}
	for (unsigned i = 0; i < FLOWS && !err; i++) {
		flows[i] = (struct call_flow){.tenant = tenant, .name = "Flow"};
		snprintf(flows[i].number, sizeof(flows[i].number), "%u", i + 1);
		err = call_flow_add(db, &flows[i]);
	}
	for (unsigned i = 0; i < LINES && !err; i++) {
		queues[i] = (struct queue){.tenant = tenant, .name = "Queue"};
		snprintf(queues[i].number, sizeof(queues[i].number), "71%u", i);
		err = queue_add(db, &queues[i]);
	}
	if (!err)
		err = did_list(db, tenant, NULL, "", "", 100, did_keep, NULL);
	if (!err)
		err = trunk_list(db, 0, 0, 1, trunk_keep, NULL);
	return err ? err : second_way(db);
}

/** Groups, queues, time conditions, call flows and a second trunk; once a world */
void graph_make(void)
{
	CHECK(!store_write_wait(world.store, make_fn, NULL));
	CHECK(did.id[0] && trunk.id);
	world_reload();
}

/* --- drawn anew ---------------------------------------------------------------------------------
 */

static int group_draw(struct db *db, struct ring_group *g)
{
	g->strategy = (enum strategy)draw(STRATEGY_MAX);
	g->music = draw(2);
	g->member_count = draw(4);
	for (unsigned i = 0; i < g->member_count; i++) {
		struct ring_member *m = &g->members[i];

		*m = (struct ring_member){.delay_ms = draw(3) * 4000,
					  .ring_ms = 5000 + draw(4) * 5000,
					  .confirm = !draw(4)};
		strcpy(m->number, draw(5) ? person() : "+12125550100");
	}
	g->has_next = draw(4);
	g->next = any_dest();
	return ring_group_change(db, g);
}

static int queue_draw(struct db *db, struct queue *q)
{
	queue_defaults(q);
	q->strategy = (enum queue_strategy)draw(QUEUE_STRATEGIES);
	q->ring_ms = 5000 + draw(4) * 5000;
	q->wrapup_ms = draw(3) * 8000;
	q->announce_ms = draw(2) * 20000;
	q->max_wait_ms = draw(3) * 40000;
	q->max_callers = 1 + draw(4);
	q->leave_empty = draw(2);
	q->agent_count = draw(GRAPH_PEOPLE);
	for (unsigned i = 0; i < q->agent_count; i++) {
		q->agents[i].level = 1 + draw(2);
		strcpy(q->agents[i].number, graph_people[i]);
	}
	for (unsigned i = 0; i < QUEUE_ENDS; i++) {
		q->next[i].has = draw(3);
		q->next[i].dest = any_dest();
	}
	return queue_change(db, q);
}

static int hours_draw(struct db *db, struct hours *h)
{
	h->rule_count = draw(3);
	for (unsigned i = 0; i < h->rule_count; i++)
		h->rules[i] = (struct hours_rule){.open = draw(2),
						  .days = (uint8_t)draw(128),
						  .from = draw(1440),
						  .to = draw(1440)};
	h->has_open = draw(5);
	h->has_closed = draw(5);
	h->open = any_dest();
	h->closed = any_dest();
	return hours_change(db, h);
}

static int flow_draw(struct db *db, struct call_flow *f)
{
	f->night = draw(2);
	f->has_day_dest = draw(5);
	f->has_night_dest = draw(5);
	f->day_dest = any_dest();
	f->night_dest = any_dest();
	f->version = 0;
	return call_flow_change(db, f);
}

static int follow_draw(struct db *db, const struct extension_settings *s, const char *own)
{
	struct follow f = {.tenant = s->tenant, .count = draw(3), .ignore_busy = draw(2)};

	str_ncpy(f.extension_id, s->extension_id, sizeof(f.extension_id));
	for (unsigned i = 0; i < f.count; i++) {
		strcpy(f.dests[i].number, draw(2) ? "" : any_number(own));
		f.dests[i].delay_ms = draw(3) * 4000;
		f.dests[i].ring_ms = 5000 + draw(3) * 5000;
		f.dests[i].confirm = !draw(3);
	}
	return follow_change(db, &f);
}

static int person_draw(struct db *db, const char *own)
{
	struct extension_settings s = world_settings(own);
	int err;

	s.dnd = !draw(9);
	s.follow = !draw(3);
	s.agent = draw(4);
	s.paused = s.agent && !draw(4);
	for (int i = 0; i < FORWARD_MAX; i++) {
		s.forward[i].on = !draw(5);
		strcpy(s.forward[i].number, any_number(own));
	}
	err = extension_settings_change(db, &s, "Ana");
	if (!err)
		err = follow_draw(db, &s, own);
	return err ? err
		   : db_exec(db,
			     "UPDATE mailbox SET active = $3 WHERE tenant_id = $1 AND "
			     "extension_id = $2",
			     "isd", s.tenant, s.extension_id, (int)draw(2));
}

static int blocks_draw(struct db *db)
{
	struct call_block b = {.tenant = world.northwind->id, .active = true};
	int err = db_exec(db, "DELETE FROM call_block WHERE tenant_id = $1", "i", b.tenant);

	for (unsigned n = draw(3); n && !err; n--) {
		struct extension_settings s = world_settings(person());

		b.kind = (enum block_kind)draw(BLOCK_KINDS);
		b.action = (enum block_action)draw(BLOCK_ACTIONS);
		strcpy(b.extension_id, draw(2) ? s.extension_id : "");
		strcpy(b.pattern, b.kind == BLOCK_ANONYMOUS ? ""
				  : b.kind == BLOCK_NUMBER  ? person()
							    : "+1212");
		err = call_block_add(db, &b);
	}
	return err;
}

static int trunk_draw(struct db *db, struct trunk *t)
{
	t->active = draw(4);
	t->channels = draw(3);
	t->calls_per_s = draw(3);
	t->options_ms = draw(2) ? 30000 : 0;
	return trunk_change(db, t);
}

static int draw_fn(struct db *db, void *obj)
{
	int err = 0;

	for (unsigned i = 0; i < GROUPS && !err; i++)
		err = group_draw(db, &groups[i]);
	for (unsigned i = 0; i < LINES && !err; i++)
		err = queue_draw(db, &queues[i]);
	for (unsigned i = 0; i < HOURS && !err; i++)
		err = hours_draw(db, &hours[i]);
	for (unsigned i = 0; i < FLOWS && !err; i++)
		err = flow_draw(db, &flows[i]);
	for (unsigned i = 0; i < GRAPH_PEOPLE && !err; i++)
		err = person_draw(db, graph_people[i]);
	if (!err)
		err = blocks_draw(db);
	if (!err)
		err = trunk_draw(db, &trunk);
	if (!err)
		err = trunk_draw(db, &second);
	did.dest = any_dest();
	return err ? err : did_change(db, &did);
}

/** Everything leads elsewhere from now on; phones call by what is found here after world_reset() */
void graph_draw(void)
{
	CHECK(!store_write_wait(world.store, draw_fn, NULL));
	world_reload();
}
