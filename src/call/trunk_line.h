/**
 * @file trunk_line.h  The trunks as they stand now: registered or not, answering or not, how many
 * calls a second
 *
 * One line a trunk, kept in step with the snapshot of all trunks by trunk_lines_put(). Each change
 * is logged and told to the portal as the event "trunk": the platform hears how the trunk stands, a
 * tenant whose routes lead through it that it has changed. Core thread only.
 */
#ifndef CARILLON_TRUNK_LINE_H
#define CARILLON_TRUNK_LINE_H

#include "carrier.h"
#include "snapshot.h"

struct exchange;
struct trunk_lines;

/** Why a trunk takes no call now */
enum trunk_held {
	TRUNK_FREE,    /* it does                                             */
	TRUNK_OFF,     /* switched off                                        */
	TRUNK_DOWN,    /* not registered although it should be, or no answer  */
	TRUNK_FULL,    /* has as many calls as it may                         */
	TRUNK_HURRIED, /* has had the calls of this second                    */
};

extern const char *const trunk_health_names[], *const trunk_registration_names[];

int trunk_lines_alloc(struct trunk_lines **lp, struct exchange *x);
void trunk_lines_put(struct trunk_lines *l, const struct trunks *trunks);
bool trunk_line_state(struct carrier_state *state, const struct trunk_lines *l, int64_t trunk);
enum trunk_held trunk_line_held(struct trunk_lines *l, const struct trunk *t);
void trunk_line_says(char *out, size_t size, const struct trunk_lines *l, const struct trunk *t,
		     enum trunk_held held);
void trunk_line_called(struct trunk_lines *l, int64_t trunk);
void trunk_line_promise(struct trunk_lines *l, int64_t trunk);
void trunk_line_release(struct trunk_lines *l, int64_t trunk);
int64_t trunk_line_at(const struct trunk_lines *l, const struct sa *src);

#endif
