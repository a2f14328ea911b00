/**
 * @file mix.c  Conferences: the sum of those who speak, less oneself
 *
 * At 16 kHz when two or more members can carry it.
 */
#include <errno.h>
#include <string.h>
#include "own.h"
#include "party.h"

struct blend {
	struct le by_id, le;
	struct worker *w;
	uint32_t id;
	struct list members;
	bool wide;
	int32_t sum[SAMPLES_MAX];
};

struct member {
	struct le le;
	struct party *party;
	struct blend *blend;
	bool speaks, counted; /* counted: its voice is in this tick's sum */
};

static void member_destructor(void *arg)
{
	struct member *m = arg;

	list_unlink(&m->le);
	m->party->member = NULL;
}

static void blend_destructor(void *arg)
{
	struct blend *b = arg;

	while (b->members.head) {
		struct party *p = ((struct member *)b->members.head->data)->party;

		mem_deref(p->member);
		subs_refresh(p);
	}
	hash_unlink(&b->by_id);
	list_unlink(&b->le);
}

static bool has_id(struct le *le, void *arg)
{
	const struct blend *b = le->data;

	return b->id == *(uint32_t *)arg;
}

static struct blend *blend_find(struct worker *w, uint32_t id)
{
	return list_ledata(hash_lookup(w->mixes, id, has_id, &id));
}

/** Order: a mix was born */
void mix_birth_h(void *obj)
{
	struct order *o = obj;
	struct blend *b = mem_zalloc(sizeof(*b), blend_destructor);

	if (!b)
		return;
	b->w = o->w;
	b->id = o->id;
	hash_append(o->w->mixes, b->id, &b->by_id, b);
	list_append(&o->w->mixing, &b->le, b);
}

/** Order: a mix ends; its members hear nothing */
void mix_release_h(void *obj)
{
	struct order *o = obj;

	mem_deref(blend_find(o->w, o->id));
}

static void rate_choose(struct blend *b)
{
	unsigned wide = 0;
	struct le *le;

	LIST_FOREACH (&b->members, le) {
		const struct member *m = le->data;

		wide += m->party->kind && m->party->kind->wide;
	}
	b->wide = wide >= 2;
	LIST_FOREACH (&b->members, le)
		subs_refresh(((struct member *)le->data)->party);
}

/** Takes a party out of its mix */
void mix_leave(struct party *p)
{
	struct blend *b = p->member ? p->member->blend : NULL;

	if (!b)
		return;
	mem_deref(p->member);
	rate_choose(b);
	subs_refresh(p);
}

/** Order: a party joins a mix, or changes whether it speaks */
void mix_add_h(void *obj)
{
	struct order *o = obj;
	struct party *p = worker_party(o->w, o->party);
	struct blend *b = blend_find(o->w, o->id);

	if (!p || !b)
		return;
	if (!p->member || p->member->blend != b) {
		struct member *m = mem_zalloc(sizeof(*m), member_destructor);

		if (!m)
			return;
		mix_leave(p);
		subs_part(p);
		echo_end(p);
		m->party = p;
		m->blend = b;
		p->member = m;
		list_append(&b->members, &m->le, m);
		rate_choose(b);
	}
	p->member->speaks = o->on;
}

/** Order: a party leaves a mix */
void mix_remove_h(void *obj)
{
	struct order *o = obj;
	struct party *p = worker_party(o->w, o->party);

	if (p && p->member && p->member->blend->id == o->id)
		mix_leave(p);
}

/** True if a party's mix runs at 16 kHz */
bool mix_wide(const struct party *p)
{
	return p->member && p->member->blend->wide;
}

static size_t frame(const struct blend *b)
{
	return b->wide ? FRAME_WIDE : FRAME_NARROW;
}

static void blend_tick(struct blend *b)
{
	struct le *le;

	memset(b->sum, 0, sizeof(b->sum));
	LIST_FOREACH (&b->members, le) {
		struct member *m = le->data;
		const struct party *p = m->party;

		m->counted = m->speaks && !p->muted && p->audio && p->audio->heard &&
			     p->audio->ear.decoder.rate == (b->wide ? RATE_WIDE : RATE_NARROW);
		for (size_t i = 0; m->counted && i < frame(b); i++)
			b->sum[i] += p->audio->tap[i];
	}
}

/** Adds up what everybody said this tick */
void mix_tick(struct worker *w)
{
	struct le *le;

	LIST_FOREACH (&w->mixing, le)
		blend_tick(le->data);
}

/** What a member hears this tick, and at which rate */
void mix_told(struct party *p, int16_t *pcm, uint32_t *rate)
{
	const struct member *m = p->member;
	const struct blend *b = m->blend;

	*rate = b->wide ? RATE_WIDE : RATE_NARROW;
	for (size_t i = 0; i < frame(b); i++) {
		int32_t v = b->sum[i] - (m->counted ? p->audio->tap[i] : 0);

		pcm[i] = (int16_t)(v > INT16_MAX ? INT16_MAX : v < INT16_MIN ? INT16_MIN : v);
	}
}
