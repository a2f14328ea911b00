/**
 * @file media_cng.c  Tests the calling tone of a fax machine: what is one, and what is none
 */
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "cng.h"

enum { FRAME = 160, RATE = 8000 };

struct call {
	struct cng cng;
	unsigned at, frames, heard, heard_at;
	uint32_t dice;
};

static int noise(struct call *c, int level)
{
	c->dice = c->dice * 1664525 + 1013904223;
	return level ? (int)(c->dice >> 16) % (2 * level) - level : 0;
}

/* So many milliseconds of a tone over a noise; 0 Hz: the noise alone */
static void hear(struct call *c, unsigned ms, double hz, int amplitude, int level)
{
	int16_t pcm[FRAME];

	for (unsigned n = 0; n < ms / 20; n++) {
		for (unsigned i = 0; i < FRAME; i++, c->at++)
			pcm[i] = (int16_t)(noise(c, level) +
					   (hz > 0 ? amplitude * sin(2 * M_PI * hz * c->at / RATE)
						   : 0));
		c->frames++;
		if (cng_heard(&c->cng, pcm, FRAME) && !c->heard++)
			c->heard_at = c->frames * 20;
	}
}

static unsigned calls(double hz, int amplitude, int level, unsigned on, unsigned off)
{
	struct call c = {.dice = 1};

	hear(&c, 700, 0, 0, level);
	for (unsigned i = 0; i < 4; i++) {
		hear(&c, on, hz, amplitude, level);
		hear(&c, off, 0, 0, level);
	}
	return c.heard;
}

static void heard_in_the_second_burst(void **state)
{
	struct call c = {.dice = 1};

	hear(&c, 700, 0, 0, 20);
	hear(&c, 500, 1100, 3000, 20);
	hear(&c, 3000, 0, 0, 20);
	assert_int_equal(c.heard, 0);
	hear(&c, 500, 1100, 3000, 20);
	assert_int_equal(c.heard, 1);
	assert_in_range(c.heard_at, 4400, 4600);
}

/* T.30 section 4.2: 38 Hz, 15 % of either time; from -40 dBm0 up to the strongest there is */
static void heard_at_the_edges(void **state)
{
	assert_true(calls(1062, 3000, 20, 500, 3000));
	assert_true(calls(1138, 3000, 20, 500, 3000));
	assert_true(calls(1100, 3000, 20, 440, 2560));
	assert_true(calls(1100, 3000, 20, 560, 3440));
	assert_true(calls(1100, 200, 10, 500, 3000));
	assert_true(calls(1100, 30000, 300, 500, 3000));
}

static void none_of_another_tone_or_time(void **state)
{
	assert_false(calls(1000, 3000, 20, 500, 3000));
	assert_false(calls(1209, 3000, 20, 500, 3000));
	assert_false(calls(425, 3000, 20, 500, 3000));
	assert_false(calls(2100, 3000, 20, 500, 3000));
	assert_false(calls(1100, 3000, 20, 200, 3000));
	assert_false(calls(1100, 3000, 20, 1000, 3000));
	assert_false(calls(1100, 3000, 20, 500, 500));
	assert_false(calls(1100, 3000, 20, 500, 6000));
	assert_false(calls(1100, 3000, 20, 20000, 0));
}

static void none_while_somebody_speaks_between(void **state)
{
	struct call c = {.dice = 1};

	for (unsigned i = 0; i < 4; i++) {
		hear(&c, 500, 1100, 3000, 20);
		hear(&c, 1000, 0, 0, 20);
		hear(&c, 1000, 300, 3000, 20);
		hear(&c, 1000, 0, 0, 20);
	}
	assert_int_equal(c.heard, 0);
}

static void lost_packets_are_no_end(void **state)
{
	struct call c = {.dice = 1};

	for (unsigned i = 0; i < 2; i++) {
		hear(&c, 200, 1100, 3000, 20);
		hear(&c, 20, 0, 0, 0);
		hear(&c, 280, 1100, 3000, 20);
		hear(&c, 3000, 0, 0, 20);
	}
	assert_int_equal(c.heard, 1);
}

/* Every sound of a folder, one after the other: seconds heard */
static unsigned listen_to(struct call *c, const char *folder, unsigned depth)
{
	DIR *d = opendir(folder);
	const struct dirent *e;
	unsigned seconds = 0;
	int16_t pcm[FRAME];
	char path[1024];
	FILE *f;

	while (d && (e = readdir(d))) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		if (e->d_type == DT_DIR && e->d_name[0] != '.' && depth)
			seconds += listen_to(c, path, depth - 1);
		f = strstr(e->d_name, ".wav") ? fopen(path, "r") : NULL;
		if (!f)
			continue;
		(void)fseek(f, 44, SEEK_SET);
		while (fread(pcm, sizeof(*pcm), FRAME, f) == FRAME) {
			c->frames++;
			c->heard += cng_heard(&c->cng, pcm, FRAME);
		}
		fclose(f);
	}
	if (d)
		closedir(d);
	return seconds + c->frames / 50;
}

static void speech_and_music_are_none(void **state)
{
	struct call speech = {0}, music = {0};

	assert_true(listen_to(&speech, "/usr/share/asterisk/sounds/en_US_f_Allison", 3) > 300);
	assert_int_equal(speech.heard, 0);
	assert_true(listen_to(&music, "/usr/share/asterisk/moh", 1) > 120);
	assert_int_equal(music.heard, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heard_in_the_second_burst),
		cmocka_unit_test(heard_at_the_edges),
		cmocka_unit_test(none_of_another_tone_or_time),
		cmocka_unit_test(none_while_somebody_speaks_between),
		cmocka_unit_test(lost_packets_are_no_end),
		cmocka_unit_test(speech_and_music_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
