/**
 * @file echo.c  What a party says comes back later
 */
#include <errno.h>
#include <string.h>
#include "own.h"
#include "party.h"

enum { DELAY_MAX_MS = 10000 };

struct echo {
	size_t size, at; /* samples */
	int16_t ring[];
};

/** Ends a party's echo */
void echo_end(struct party *p)
{
	if (!p->echo)
		return;
	p->echo = mem_deref(p->echo);
	subs_refresh(p);
}

/** Order: echo after a delay */
void echo_h(void *obj)
{
	struct order *o = obj;
	struct party *p = worker_party(o->w, o->party);
	size_t frames = (o->a < DELAY_MAX_MS ? o->a : DELAY_MAX_MS) / FRAME_MS + 1;
	size_t size = frames * FRAME_NARROW;
	struct echo *e = p ? mem_zalloc(sizeof(*e) + size * sizeof(int16_t), NULL) : NULL;

	if (!e)
		return;
	subs_part(p);
	mix_leave(p);
	mem_deref(p->echo);
	e->size = size;
	p->echo = e;
	subs_refresh(p);
}

/** This tick's echo: takes what was said, gives what was said then */
void echo_tick(struct party *p, int16_t pcm[FRAME_NARROW])
{
	struct echo *e = p->echo;

	if (p->audio && p->taps)
		memcpy(e->ring + e->at, p->audio->tap8, FRAME_NARROW * sizeof(*pcm));
	e->at = (e->at + FRAME_NARROW) % e->size;
	memcpy(pcm, e->ring + e->at, FRAME_NARROW * sizeof(*pcm));
}
