/**
 * @file tone.c  Tones of the telephone network, and what is heard where a prompt is missing
 *
 * North American cadences (ITU-T E.180, supplement 2).
 */
#include <errno.h>
#include <math.h>
#include <string.h>
#include "codec.h"
#include "own.h"
#include "sound.h"

enum { LEVEL = 4000, RAMP = 40 };

/* Two frequencies for `on` ms, then silence for `off` ms. */
static const struct tone_row {
	const char *name;
	unsigned f1, f2, on, off;
} rows[TONE_MAX] = {
	[TONE_RING] = {"ring", 440, 480, 2000, 4000},
	[TONE_BUSY] = {"busy", 480, 620, 500, 500},
	[TONE_CONGESTION] = {"congestion", 480, 620, 240, 260},
	[TONE_BEEP] = {"beep", 1000, 0, 200, 100},
	[TONE_WAIT] = {"wait", 425, 0, 200, 4800},
	[TONE_RECORD] = {"record", 1400, 0, 700, 100},
};

/** The tone of a name; 0 or ENOENT */
int tone_by_name(enum tone *tone, const char *name)
{
	for (unsigned i = 0; i < TONE_MAX; i++) {
		if (!strcmp(rows[i].name, name)) {
			*tone = (enum tone)i;
			return 0;
		}
	}
	return ENOENT;
}

static double wave(unsigned f, size_t i)
{
	return f ? sin(2 * M_PI * f * (double)i / RATE_NARROW) : 0;
}

/** Makes one period of a tone; 0 or ENOMEM */
int tone_alloc(struct sound **sp, enum tone tone)
{
	const struct tone_row *row = &rows[tone];
	size_t on = row->on * 8, n = on + row->off * 8;
	struct sound *s;
	int err = sound_alloc(&s, NULL, n);

	if (err)
		return err;
	for (size_t i = 0; i < on; i++) {
		size_t edge = i < on - 1 - i ? i : on - 1 - i;
		double ramp = edge < RAMP ? (double)edge / RAMP : 1;

		s->pcm[i] = (int16_t)(ramp * LEVEL * (wave(row->f1, i) + wave(row->f2, i)));
	}
	*sp = s;
	return 0;
}
