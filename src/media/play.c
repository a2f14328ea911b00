/**
 * @file play.c  Playing sounds to a party, 20 ms each tick
 */
#include <errno.h>
#include <string.h>
#include "own.h"
#include "party.h"
#include "sound.h"

struct play {
	uint32_t id;
	bool loop, waiting; /* until the disk thread has found the sounds */
	struct sound **sounds;
	uint32_t count, at;
	size_t pos, total;
	int err;
};

static void play_destructor(void *arg)
{
	struct play *play = arg;

	for (uint32_t i = 0; i < play->count; i++)
		shared_unref(play->sounds[i]);
	mem_deref(play->sounds);
}

static void ended(struct party *p, uint32_t id, int err)
{
	wires_event(p->w->wires, p->id,
		    &(struct stream_event){.kind = STREAM_PLAYED, .play = id, .err = err});
}

/** Ends what is played to a party and says so */
void play_end(struct party *p, int err)
{
	uint32_t id;

	if (!p->play)
		return;
	id = p->play->id;
	if (!err)
		err = p->play->err;
	p->play = mem_deref(p->play);
	ended(p, id, err);
	subs_refresh(p);
}

static void sounds_take(struct play *play, struct order *o)
{
	play->sounds = TAKE(o->sounds);
	play->count = o->a;
	play->err = (int)o->b;
	play->waiting = false;
	o->a = 0;
	for (uint32_t i = 0; i < play->count; i++)
		play->total += play->sounds[i]->n;
}

/** Order: play; without sounds, wait for play_ready_h() */
void play_h(void *obj)
{
	struct order *o = obj;
	struct party *p = worker_party(o->w, o->party);
	struct play *play = p ? mem_zalloc(sizeof(*play), play_destructor) : NULL;

	if (!p)
		return;
	play_end(p, 0);
	if (!play) {
		ended(p, o->id, ENOMEM);
		return;
	}
	play->id = o->id;
	play->loop = o->on;
	play->waiting = true;
	if (o->sounds)
		sounds_take(play, o);
	p->play = play;
	subs_refresh(p);
}

/** Order: the sounds of a play were found; dropped if something else is played by now */
void play_ready_h(void *obj)
{
	struct order *o = obj;
	struct party *p = worker_party(o->w, o->party);

	if (!p || !p->play || !p->play->waiting || p->play->id != o->id)
		return;
	if (o->sounds)
		sounds_take(p->play, o);
	else
		play_end(p, ENOMEM);
}

/** Order: stop playing */
void play_stop_h(void *obj)
{
	struct order *o = obj;
	struct party *p = worker_party(o->w, o->party);

	if (p)
		play_end(p, 0);
}

static size_t copy(struct play *play, int16_t *pcm, size_t want)
{
	const struct sound *s = play->sounds[play->at];
	size_t n = s->n - play->pos < want ? s->n - play->pos : want;

	memcpy(pcm, s->pcm + play->pos, n * sizeof(*pcm));
	play->pos += n;
	if (play->pos < s->n)
		return n;
	play->pos = 0;
	if (++play->at >= play->count && play->loop && play->total)
		play->at = 0;
	return n;
}

/**
 * The next 20 ms of what is played to a party
 *
 * @param p   Party with a play
 * @param pcm Result, padded with silence at the end
 *
 * @return false when nothing is there yet, or no more
 */
bool play_tick(struct party *p, int16_t pcm[FRAME_NARROW])
{
	struct play *play = p->play;
	size_t n = 0;

	if (play->waiting)
		return false;
	/* A play runs only while the party can hear it: a greeting begins with the keys. */
	if (!party_can_send(p))
		return false;
	while (n < FRAME_NARROW && play->at < play->count)
		n += copy(play, pcm + n, FRAME_NARROW - n);
	memset(pcm + n, 0, (FRAME_NARROW - n) * sizeof(*pcm));
	if (play->at >= play->count)
		play_end(p, 0);
	return n > 0;
}
