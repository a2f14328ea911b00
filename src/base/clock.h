/**
 * @file clock.h  The two clocks, both of which a test can move
 *
 * Everything that waits uses the monotonic clock; only what a person reads uses the wall clock.
 * A test moves both by writing a millisecond offset into the file named by CARILLON_CLOCK_FILE
 * (eight bytes, native order), which the process maps. Any floor may call this, on any thread.
 */
#ifndef CARILLON_CLOCK_H
#define CARILLON_CLOCK_H

#include <stdint.h>
#include <stdbool.h>

int clock_init(const char *offset_file);
uint64_t clock_mono_ms(void);
uint64_t clock_mono_us(void);
int64_t clock_wall_ms(void);
bool clock_movable(void);
void clock_advance(uint64_t ms);

#endif
