/**
 * @file roll.h  The roll of live calls: by their id, by whose phones are in them, by trunk
 *
 * However many calls there are, nothing is searched through. Calls and legs carry their elements
 * themselves; a leg is on the roll from leg_belongs() until it is down. Core thread only.
 */
#ifndef CARILLON_ROLL_H
#define CARILLON_ROLL_H

#include "call.h"

struct roll;

int roll_alloc(struct roll **rp);
struct list *roll_calls(struct roll *r);
unsigned roll_count(const struct roll *r);

/** A call's place on the roll; all zero for none */
struct roll_place {
	struct le le, by_id;
	struct roll *roll;
};

void roll_add(struct roll *r, struct roll_place *place, struct call *c);
void roll_remove(struct roll_place *place);
void roll_leg(struct roll *r, struct leg *leg);
void roll_leg_remove(struct leg *leg);

struct call *roll_find(const struct roll *r, int64_t tenant, const char *id);
bool roll_engaged(bool *talks, bool *rings, const struct roll *r, int64_t tenant,
		  const char *extension);
typedef void(roll_leg_h)(struct leg *leg, void *arg);

void roll_extension(const struct roll *r, int64_t tenant, const char *extension, roll_leg_h *h,
		    void *arg);
unsigned roll_extension_count(const struct roll *r, int64_t tenant, const char *extension,
			      unsigned max);
unsigned roll_trunk(const struct roll *r, int64_t trunk, unsigned max);

#endif
