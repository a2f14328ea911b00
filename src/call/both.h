/**
 * @file both.h  Recording a call: both sides, by rule, by key or by the portal
 *
 * The party for whom the call's flow runs is recorded with what it hears, so that the recording
 * goes on whoever that party is connected with. When it leaves, another piece begins with whoever
 * remained. Core thread only.
 */
#ifndef CARILLON_BOTH_H
#define CARILLON_BOTH_H

#include "call.h"
#include "recorded.h"

struct both;

int both_start(struct call *c, enum recorded_by by, const char *extension);
void both_stop(struct call *c, const char *who);
void both_pause(struct call *c, bool paused, const char *who);
bool both_running(const struct call *c, bool *paused);
bool both_by_rule(const struct call *c);

/* what happens to the call */
void both_connected(struct call *c);
void both_moved(struct call *from, struct call *to, struct leg *leg);
void both_key(struct call *c, struct leg *leg);
void both_pause_key(struct call *c, struct leg *leg);

#endif
