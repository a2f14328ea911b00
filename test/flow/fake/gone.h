/**
 * @file gone.h  The end of a life under memory.h: everybody hangs up, and nothing of it is left
 */
#ifndef CARILLON_FAKE_GONE_H
#define CARILLON_FAKE_GONE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "fake.h"

enum { GONE_MS = 40000 };

/* Whoever still speaks or rings hangs up; nobody is left, and every call that began has its record
 */
static inline void everybody_is_gone(void)
{
	struct fake *fv[FAKE_DIALOGS];
	unsigned n = fake_all(fv);

	for (unsigned i = 0; i < n; i++) {
		if (fv[i]->d && !fv[i]->left)
			fake_hangup(fv[i]);
	}
	fake_run(GONE_MS);
	world_settle();
	assert_int_equal(fake_live(), 0);
	assert_int_equal(fake_streams(), 0);
	assert_true(list_isempty(exchange_calls(world.x)));
	/* one that could not be set up has a record of its end only */
	assert_true(world.started <= world.ended);
	fake_forget();
	world.last = mem_deref(world.last);
}

#endif
