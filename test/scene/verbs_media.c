/**
 * @file verbs_media.c  What is heard, and keys
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "scene.h"

enum { QUIET_MS = 1000, NOISE = 60 };

static const double PURE = 0.75, HALF = 0.3, TRACE = 0.03;

static const struct ear *ear_of(const struct scene *s, const char *name)
{
	const struct line *l = scene_line(s, name);

	return l && l->voice ? &l->voice->ear : NULL;
}

/* A whole window must have been heard since the step began. */
static bool fresh(struct step *st, const struct ear *e)
{
	if (!st->begun)
		st->mark = e->count;
	return e->count >= st->mark + EAR_WINDOW;
}

static bool two_tones(const struct ear *e, double a, double b)
{
	return ear_share(e, a) > HALF && ear_share(e, b) > HALF;
}

static bool is_music(const struct scene *s, const struct ear *e)
{
	for (struct le *le = s->phones.head; le; le = le->next) {
		const struct phone *p = le->data;

		if (ear_share(e, p->tone) > HALF)
			return false;
	}
	return ear_level(e) > NOISE && !two_tones(e, 440, 480) && !two_tones(e, 480, 620);
}

static bool heard(const struct scene *s, const struct ear *e, const char *what)
{
	double tone = scene_tone(s, what);

	if (!strcmp(what, "music") || !strcmp(what, "words"))
		return is_music(s, e);
	if (!strcmp(what, "ringback"))
		return two_tones(e, 440, 480);
	if (!strcmp(what, "busy"))
		return two_tones(e, 480, 620);
	return tone > 0 && ear_share(e, tone) > PURE;
}

static int what_is_heard(struct scene *s, const struct ear *e)
{
	double hz = ear_loudest(e);

	return scene_wait(s, "heard: level %.0f, %.0f Hz has %.0f %%", ear_level(e), hz,
			  100 * ear_share(e, hz));
}

static int hears(struct scene *s, struct step *st)
{
	const struct ear *e = ear_of(s, st->arg[0]);

	if (!e)
		return scene_wait(s, "%s has no call", st->arg[0]);
	if (!fresh(st, e))
		return scene_wait(s, "%s gets no sound (%llu samples since)", st->arg[0],
				  (unsigned long long)(e->count - st->mark));
	return heard(s, e, st->arg[1]) ? 0 : what_is_heard(s, e);
}

/* X hears A and B: both, and nothing else */
static int hears_both(struct scene *s, struct step *st)
{
	const struct ear *e = ear_of(s, st->arg[0]);
	double a = scene_tone(s, st->arg[1]), b = scene_tone(s, st->arg[2]);

	if (!e || !fresh(st, e))
		return scene_wait(s, "%s gets no sound", st->arg[0]);
	return two_tones(e, a, b) && ear_share(e, a) + ear_share(e, b) > PURE ? 0
									      : what_is_heard(s, e);
}

static int hears_tone(struct scene *s, struct step *st)
{
	const struct ear *e = ear_of(s, st->arg[0]);

	if (!e || !fresh(st, e))
		return scene_wait(s, "%s gets no sound", st->arg[0]);
	return ear_share(e, atof(st->arg[1])) > PURE ? 0 : what_is_heard(s, e);
}

/* Either no packets come for a second, or a window of them is quiet. */
static int hears_silence(struct scene *s, struct step *st)
{
	const struct ear *e = ear_of(s, st->arg[0]);

	if (!e)
		return scene_wait(s, "%s has no call", st->arg[0]);
	if (fresh(st, e) && ear_level(e) < NOISE)
		return 0;
	if (tmr_jiffies() > st->started + QUIET_MS && e->count < st->mark + EAR_WINDOW / 8)
		return 0;
	return what_is_heard(s, e);
}

static int hears_not(struct scene *s, struct step *st)
{
	const struct ear *e = ear_of(s, st->arg[0]);
	double tone = scene_tone(s, st->arg[1]);

	if (e && fresh(st, e) && ear_share(e, tone) > TRACE)
		return what_is_heard(s, e);
	return tmr_jiffies() > st->started + QUIET_MS ? 0 : EAGAIN;
}

/* Each needs one clean window of what came since the step began, not both at the same moment: on a
 * busy machine a packet may be late on one side. What an ear kept from before says nothing. */
static int one_hears(struct scene *s, struct step *st, unsigned side)
{
	const struct ear *e = ear_of(s, st->arg[side]);
	uint64_t *mark = side ? &st->mark2 : &st->mark;

	if (!e)
		return scene_wait(s, "%s has no call", st->arg[side]);
	if (!st->begun)
		*mark = e->count;
	if (e->count < *mark + EAR_WINDOW)
		return scene_wait(s, "%s gets no sound (%llu samples since)", st->arg[side],
				  (unsigned long long)(e->count - *mark));
	return heard(s, e, st->arg[!side]) ? 0 : what_is_heard(s, e);
}

static int each_other(struct scene *s, struct step *st)
{
	for (unsigned side = 0; side < 2; side++) {
		if (!(st->heard & 1u << side) && !one_hears(s, st, side))
			st->heard |= 1u << side;
	}
	return st->heard == 3 ? 0 : EAGAIN;
}

static int silent_set(struct scene *s, const char *name, bool silent)
{
	struct line *l = scene_line(s, name);

	if (!l)
		return ENOTCONN;
	l->silent = silent;
	line_media_update(l);
	return 0;
}

static int falls_silent(struct scene *s, struct step *st)
{
	return silent_set(s, st->arg[0], true);
}

static int speaks_again(struct scene *s, struct step *st)
{
	return silent_set(s, st->arg[0], false);
}

static int presses(struct scene *s, struct step *st)
{
	struct line *l = scene_line(s, st->arg[0]);

	return l && l->state == LINE_UP ? voice_press(l->voice, st->arg[1]) : ENOTCONN;
}

static int presses_info(struct scene *s, struct step *st)
{
	return line_info(scene_line(s, st->arg[0]), st->arg[1]);
}

static int receives_keys(struct scene *s, struct step *st)
{
	const struct line *l = scene_line(s, st->arg[0]);

	if (!l)
		return ENOTCONN;
	return !strcmp(l->voice->keys_in, st->arg[1])
		       ? 0
		       : scene_wait(s, "keys so far: \"%s\"", l->voice->keys_in);
}

static int receives_info(struct scene *s, struct step *st)
{
	const struct line *l = scene_line(s, st->arg[0]);

	if (!l)
		return ENOTCONN;
	return !strcmp(l->info, st->arg[1]) ? 0 : scene_wait(s, "keys so far: \"%s\"", l->info);
}

const struct verb media_verbs[] = {
	{"? hears silence", 4000, hears_silence},
	{"? hears tone ?", 4000, hears_tone},
	{"? hears ? and ?", 4000, hears_both},
	{"? hears ?", 4000, hears},
	{"? does not hear ?", 3000, hears_not},
	{"? and ? hear each other", 4000, each_other},
	{"? falls silent", 1000, falls_silent},
	{"? speaks again", 1000, speaks_again},
	{"? presses ? by info", 1000, presses_info},
	{"? presses ?", 1000, presses},
	{"? receives keys ?", 4000, receives_keys},
	{"? receives info ?", 4000, receives_info},
	{NULL, 0, NULL},
};
