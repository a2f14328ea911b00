/**
 * @file timer.h  libre's timers on a heap
 *
 * timer.c defines all nine functions of re_tmr.h, so that libre's own O(n) list is not linked:
 * `struct tmr`, tmr_start() and tmr_cancel() are used as libre documents them, on the thread whose
 * libre loop runs them. Each thread has a heap of its own, on the monotonic clock of clock.h.
 */
#ifndef CARILLON_TIMER_H
#define CARILLON_TIMER_H

#include <re.h>

int timer_self_test(void);
size_t timer_count(void);
void timer_run(void);

#endif
