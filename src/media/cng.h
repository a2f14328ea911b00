/**
 * @file cng.h  The calling tone of a fax machine: 1100 Hz, half a second on and three off
 * (T.30 4.2)
 *
 * One burst may be anything, so the second one is waited for, with quiet between them. On the
 * worker that owns the stream; no allocation.
 */
#ifndef CARILLON_MEDIA_CNG_H
#define CARILLON_MEDIA_CNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cng {
	unsigned on, off;  /* blocks of the burst; blocks since it ended  */
	unsigned miss;	   /* blocks within it that were not the tone     */
	unsigned loud;	   /* blocks of the pause that were not quiet     */
	unsigned bursts;   /* in step until now                           */
	uint32_t strength; /* mean square of the burst                    */
};

bool cng_heard(struct cng *c, const int16_t *pcm, size_t n);

#endif
