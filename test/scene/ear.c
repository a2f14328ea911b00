/**
 * @file ear.c  Measuring what a phone hears
 */
#include <math.h>
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

/** Root mean square of the window; G.711 noise is below 10, a phone's tone is 5000 */
double ear_level(const struct ear *e)
{
	return sqrt(energy(e) / EAR_WINDOW);
}

/** Part of the energy that is at one frequency, 0 to 1; silence has none anywhere */
double ear_share(const struct ear *e, double hz)
{
	double all = energy(e);
	struct goertzel g;

	if (all < EAR_WINDOW * 100.0)
		return 0;
	goertzel_init(&g, hz, EAR_RATE);
	for (uint64_t i = 0; i < EAR_WINDOW; i++)
		goertzel_update(&g, e->ring[(e->count + i) % EAR_WINDOW]);
	return goertzel_result(&g) / (EAR_WINDOW * all); /* librem's result is twice |X|^2 */
}

/** The frequency with the largest share in steps of 10 Hz, 0 for silence */
double ear_loudest(const struct ear *e)
{
	double best = 0, found = 0;

	for (double hz = 100; hz < 3800; hz += 10) {
		double share = ear_share(e, hz);

		if (share > best) {
			best = share;
			found = hz;
		}
	}
	return found;
}
