/**
 * @file stats.h  A stream's figures, written by the worker, read by the core without a lock
 */
#ifndef CARILLON_MEDIA_STATS_H
#define CARILLON_MEDIA_STATS_H

#include <stdatomic.h>
#include "media.h"

struct party;

/** A sequence lock: odd while the worker writes. Shared; also carries the core's good-bye. */
struct stats_cell {
	_Atomic uint32_t turn;
	_Atomic bool gone; /* the core dropped the stream                     */
	_Atomic uint64_t words[(sizeof(struct stream_stats) + 7) / 8];
};

void stats_write(struct stats_cell *cell, const struct stream_stats *st);
void stats_read(const struct stats_cell *cell, struct stream_stats *st);
void stats_collect(const struct party *p, struct stream_stats *st);
uint16_t stats_mos(uint8_t ie, uint8_t bpl, double loss, uint32_t delay_ms);

#endif
