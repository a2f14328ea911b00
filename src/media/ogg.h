/**
 * @file ogg.h  Opus in Ogg (RFC 7845): sounds as mail and browsers take them
 *
 * Encoding takes about a hundredth of the sound's length: not on the core thread, not on a worker.
 */
#ifndef CARILLON_OGG_H
#define CARILLON_OGG_H

#include <stddef.h>
#include <stdint.h>

struct mbuf;

int ogg_opus(struct mbuf **mbp, const int16_t *pcm, size_t n, unsigned parts, uint32_t serial);

#endif
