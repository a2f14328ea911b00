/**
 * @file ear.c  Measuring what a phone hears
 */
#include <math.h>
#include <stdbool.h>
#include <re.h>
#include <rem_goertzel.h>
#include "ear.h"

void ear_hear(struct ear *e, const int16_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		e->ring[e->count++ % EAR_WINDOW] = v[i];
}

static double energy(const struct ear *e)
{
	double sum = 0;

	for (size_t i = 0; i < EAR_WINDOW; i++)
		sum += (double)e->ring[i] * e->ring[i];
	return sum;
}

static bool silent(double all)
{
	return all < EAR_WINDOW * 100.0;
}

/** Root mean square of the window; G.711 noise is below 10, a phone's tone is 5000 */
double ear_level(const struct ear *e)
{
	return sqrt(energy(e) / EAR_WINDOW);
}

/* The window's last n samples in their order */
static void last(const struct ear *e, int16_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] = e->ring[(e->count + EAR_WINDOW - n + i) % EAR_WINDOW];
}

/* Twice |X|^2 */
static double power(const int16_t *v, size_t n, double hz)
{
	struct goertzel g;

	goertzel_init(&g, hz, EAR_RATE);
	for (size_t i = 0; i < n; i++)
		goertzel_update(&g, v[i]);
	return goertzel_result(&g);
}

/** Part of the energy that is at one frequency, 0 to 1; silence has none anywhere */
double ear_share(const struct ear *e, double hz)
{
	int16_t v[EAR_WINDOW];
	double all = energy(e);

	if (silent(all))
		return 0;
	last(e, v, EAR_WINDOW);
	return power(v, EAR_WINDOW, hz) / (EAR_WINDOW * all);
}

/** The loudest frequency of the last 80 ms in steps of 10 Hz, 0 for silence: asked for often, while
 * a phone has packets to send */
double ear_loudest(const struct ear *e)
{
	int16_t v[EAR_GLANCE];
	double best = 0, found = 0;

	if (silent(energy(e)))
		return 0;
	last(e, v, EAR_GLANCE);
	for (double hz = 100; hz < 3800; hz += 10) {
		double here = power(v, EAR_GLANCE, hz);

		if (here > best) {
			best = here;
			found = hz;
		}
	}
	return found;
}
