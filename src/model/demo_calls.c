/**
 * @file demo_calls.c  Past calls for the demo: a week in the life of Northwind Dental
 */
#include <string.h>
#include "cdr.h"
#include "demo_calls.h"
#include "own.h"
#include "text.h"

enum { LEGS = 2, LINES = 6, MINUTE = 60 * 1000, DAY = 24 * 60 * MINUTE };

/* A call: so many days and minutes ago, from whom to whom, how long it rang and lasted. */
static const struct past {
	int days, minutes;
	const char *from, *to;
	int ring_s, talk_s;
	enum cause cause;
} calls[] = {
	{0, 40, "+14155550142", "1001", 9, 214, CAUSE_NORMAL},
	{0, 95, "1002", "1001", 5, 71, CAUSE_NORMAL},
	{0, 150, "+16285550177", "1001", 30, 0, CAUSE_NOANSWER},
	{1, 60, "1001", "+14155550163", 12, 388, CAUSE_NORMAL},
	{1, 130, "+14155550118", "1002", 7, 152, CAUSE_NORMAL},
	{1, 200, "1003", "1002", 4, 0, CAUSE_BUSY},
	{2, 75, "+14155550142", "1001", 6, 97, CAUSE_NORMAL},
	{2, 160, "1001", "1002", 8, 45, CAUSE_NORMAL},
	{3, 50, "+12125550100", "1002", 30, 0, CAUSE_NOANSWER},
	{3, 210, "1002", "+14155550163", 14, 301, CAUSE_NORMAL},
	{4, 90, "1004", "1001", 11, 0, CAUSE_CANCELLED},
	{5, 120, "+14155550118", "1001", 10, 529, CAUSE_NORMAL},
	{6, 100, "1001", "1003", 3, 64, CAUSE_NORMAL},
};

static const struct {
	const char *number, *name;
} people[] = {
	{"1001", "Maya Chen"},
	{"1002", "Tom Becker"},
	{"1003", "Priya Raman"},
	{"1004", "Luis Ortega"},
	{"+14155550142", "Bay Dental Supply"},
	{"+14155550118", "Grace Kim"},
	{"+14155550163", "Golden Gate Lab"},
	{"+12125550100", ""},
	{"+16285550177", "Ana Souza"},
};

static void party_fill(struct cdr_party *p, const char *number)
{
	str_ncpy(p->number, number, sizeof(p->number));
	if (number[0] != '+')
		str_ncpy(p->extension, number, sizeof(p->extension));
	for (size_t i = 0; i < COUNT(people); i++) {
		if (!strcmp(people[i].number, number))
			str_ncpy(p->name, people[i].name, sizeof(p->name));
	}
}

static const char *party_label(const struct cdr_party *p)
{
	return p->name[0] ? p->name : p->number;
}

static void line_add(struct cdr *c, int64_t at, const char *kind, const char *fmt, const char *a,
		     const char *b)
{
	struct cdr_line *l = &c->lines[c->line_count++];

	CHECK(c->line_count <= LINES);
	l->at = at;
	str_ncpy(l->kind, kind, sizeof(l->kind));
	(void)re_snprintf(l->text, sizeof(l->text), fmt, a, b);
}

static void leg_add(struct cdr *c, enum cdr_role role, const struct cdr_party *p, bool answered)
{
	struct cdr_leg *l = &c->legs[c->leg_count++];
	bool outside = p->number[0] == '+';
	int64_t packets = answered ? c->billed_ms / 20 : 0;

	str_ncpy(l->id, id_new().s, sizeof(l->id));
	l->role = role;
	l->party = *p;
	str_ncpy(l->device, outside ? "Loop-back trunk" : "Desk phone", sizeof(l->device));
	l->started_at = c->started_at;
	l->ringing_at = role == CDR_CALLED ? c->started_at + 400 : 0;
	l->answered_at = answered ? c->answered_at : 0;
	l->ended_at = c->ended_at;
	l->cause = c->cause;
	(void)text_printf(l->call_id, sizeof(l->call_id), "%s@demo", id_new().s);
	str_ncpy(l->codec, answered ? (outside ? "PCMU" : "opus") : "", sizeof(l->codec));
	str_ncpy(l->remote_ip, answered ? "127.0.0.1" : "", sizeof(l->remote_ip));
	l->packets_in = l->packets_out = packets;
	l->jitter_us = packets ? 1800 : 0;
	l->mos_milli = packets ? 4300 : 0;
}

static enum cdr_result result_of(enum cause cause)
{
	switch (cause) {
	case CAUSE_NORMAL:
		return CDR_answered;
	case CAUSE_BUSY:
		return CDR_busy;
	case CAUSE_NOANSWER:
		return CDR_noanswer;
	default:
		return CDR_cancelled;
	}
}

static void call_story(struct cdr *c)
{
	const char *from = party_label(&c->from), *to = party_label(&c->to);

	line_add(c, c->started_at, "start", "%s called %s", from, to);
	if (c->to.extension[0])
		line_add(c, c->started_at, "dest", "Calling %s: 1 phone, for 30 s", to, NULL);
	else
		line_add(c, c->started_at, "dest", "Calling %s by Loop-back", c->to.number, NULL);
	if (c->cause != CAUSE_BUSY)
		line_add(c, c->started_at + 400, "ring", "%s rings", to, NULL);
	if (c->answered_at)
		line_add(c, c->answered_at, "answer", "%s answered", to, NULL);
	line_add(c, c->ended_at, "end", "%s", cause_text(c->cause), NULL);
}

static void call_fill(struct cdr *c, const struct past *p, int64_t tenant, int64_t now)
{
	bool answered = p->talk_s > 0;

	c->tenant = tenant;
	str_ncpy(c->id, id_new().s, sizeof(c->id));
	c->dir = p->from[0] == '+' ? CDR_IN : p->to[0] == '+' ? CDR_OUT : CDR_INTERNAL;
	c->result = result_of(p->cause);
	c->cause = p->cause;
	party_fill(&c->from, p->from);
	party_fill(&c->to, p->to);
	c->started_at = now - (int64_t)p->days * DAY - (int64_t)p->minutes * MINUTE;
	c->answered_at = answered ? c->started_at + (int64_t)p->ring_s * 1000 : 0;
	c->duration_ms = ((int64_t)p->ring_s + p->talk_s) * 1000;
	c->billed_ms = (int64_t)p->talk_s * 1000;
	c->ended_at = c->started_at + c->duration_ms;
	if (answered)
		c->answered_by = c->to;
	leg_add(c, CDR_CALLER, &c->from, answered);
	leg_add(c, CDR_CALLED, &c->to, answered);
	call_story(c);
}

/** Writes the past calls; 0 or errno */
int demo_calls(struct db *db, int64_t tenant, int64_t now)
{
	int err = 0;

	for (size_t i = 0; i < COUNT(calls) && !err; i++) {
		struct cdr *c;

		err = cdr_alloc(&c, LEGS, LINES);
		if (err)
			return err;
		call_fill(c, &calls[i], tenant, now);
		err = cdr_write(db, c);
		mem_deref(c);
	}
	return err;
}
