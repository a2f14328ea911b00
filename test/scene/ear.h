/**
 * @file ear.h  What a phone hears: the last 400 ms, and which tones are in it
 */
#ifndef SCENE_EAR_H
#define SCENE_EAR_H

#include <stddef.h>
#include <stdint.h>

enum { EAR_RATE = 8000, EAR_WINDOW = 3200, EAR_GLANCE = 640 };

struct ear {
	int16_t ring[EAR_WINDOW];
	uint64_t count; /* samples heard since the beginning */
};

void ear_hear(struct ear *e, const int16_t *v, size_t n);
double ear_level(const struct ear *e);
double ear_share(const struct ear *e, double hz);
double ear_loudest(const struct ear *e);

#endif
