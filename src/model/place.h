/**
 * @file place.h  Whom a member of a ring group, or a place of a follow me, rings
 *
 * One rule for both: only phones ring. A colleague who does not want to be disturbed, blocks the
 * caller or forwards every call is passed over, so that nobody's voicemail or mobile swallows the
 * call of the others, and nothing can go in a circle; a colleague's own follow me does not act. A
 * pure function over the snapshot: the engine asks it, so do "What happens if someone calls me
 * now?" and the warnings of a follow me. Any thread.
 */
#ifndef CARILLON_PLACE_H
#define CARILLON_PLACE_H

#include "next.h"

/** Who calls */
struct place_caller {
	const char *number;    /* as in extension_door()                  */
	const char *extension; /* "" for somebody outside: nobody rings itself */
};

struct place {
	const struct tenant_extension *extension; /* whose phones ring; NULL: none        */
	char outside[PHONE_SIZE];		  /* the number outside that rings; or "" */
	bool passed_over;
	struct door door;   /* of the extension                       */
	char why[WHY_SIZE]; /* why it is passed over                  */
};

void place_look(struct place *p, const struct tenant *t, const char *number,
		const struct tenant_extension *owner, const struct place_caller *caller,
		const struct moment *now);

#endif
