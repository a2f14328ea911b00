/**
 * @file jitter.h  Evens out when packets come: decoded audio waits until the tick takes it
 *
 * Starts with 40 ms, grows by 20 ms each time it ran dry, shrinks when it was never needed for two
 * seconds. Holds at most 400 ms. A steady one, for a modem, which bears delay but no hole and no
 * piece cut out, starts with 200 ms and never shrinks. On the worker that owns the stream.
 */
#ifndef CARILLON_MEDIA_JITTER_H
#define CARILLON_MEDIA_JITTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jitter;

int jitter_alloc(struct jitter **jp, uint32_t rate);
void jitter_steady(struct jitter *j);
void jitter_reset(struct jitter *j, uint32_t rate);
void jitter_put(struct jitter *j, const int16_t *pcm, size_t n);
void jitter_gap(struct jitter *j, uint32_t ms);
bool jitter_get(struct jitter *j, int16_t *pcm, size_t n);
uint32_t jitter_ms(const struct jitter *j);
uint32_t jitter_rate(const struct jitter *j);

#endif
