/**
 * @file model_fax_manner.c  T.38 twice, then sound, then without V.17, then without error
 * correction
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "fax_manner.h"
#include "own.h"

static const struct fax_manner all = {.t38 = true, .ecm = true, .rate = 14400};
static const struct fax_attempt busy = {.ended_at = 1}, by_t38 = {.ended_at = 1, .t38 = true},
				as_sound = {.ended_at = 1, .rate = 14400},
				arrived = {.ended_at = 1, .ok = true, .t38 = true},
				runs = {.t38 = true},
				back = {.ended_at = 1, .rate = 14400, .reason = FAX_TAKEN_BACK};

#define AFTER(limit, ...)                                                                          \
	after(limit, (const struct fax_attempt *const[]){__VA_ARGS__},                             \
	      COUNT(((const struct fax_attempt *const[]){__VA_ARGS__})))

static struct fax_manner after(const struct fax_manner *limit, const struct fax_attempt *const *a,
			       size_t n)
{
	struct fax_faults faults = {0};

	for (size_t i = 0; i < n; i++)
		fax_faults_add(&faults, a[i]);
	return fax_manner_next(limit, &faults);
}

static void is(struct fax_manner m, bool t38, int64_t rate, bool ecm)
{
	assert_int_equal(m.t38, t38);
	assert_int_equal(m.rate, rate);
	assert_int_equal(m.ecm, ecm);
}

static void each_fault_takes_away_what_the_line_may_not_carry(void **state)
{
	is(AFTER(&all, &by_t38), true, 14400, true);
	is(AFTER(&all, &by_t38, &by_t38), false, 14400, true);
	is(AFTER(&all, &by_t38, &by_t38, &as_sound), false, 9600, true);
	is(AFTER(&all, &by_t38, &by_t38, &as_sound, &as_sound), false, 9600, false);
	is(AFTER(&all, &by_t38, &by_t38, &as_sound, &as_sound, &as_sound), false, 9600, false);
}

static void what_is_no_fault_of_the_line_changes_nothing(void **state)
{
	is(AFTER(&all, &busy, &busy, &busy), true, 14400, true);
	is(AFTER(&all, &arrived, &runs, &by_t38, &back), true, 14400, true);
	is(AFTER(&all, &by_t38, &busy, &by_t38, &busy), false, 14400, true);
}

static void where_t38_is_refused_sound_is_made_easier_all_the_same(void **state)
{
	is(AFTER(&all, &as_sound), true, 9600, true);
	is(AFTER(&all, &as_sound, &as_sound), true, 9600, false);
}

static void the_box_and_the_trunk_are_limits(void **state)
{
	const struct fax_manner slow = {.t38 = false, .ecm = false, .rate = 4800};

	is(AFTER(&slow, &busy), false, 4800, false);
	is(AFTER(&slow, &as_sound, &as_sound), false, 4800, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_takes_away_what_the_line_may_not_carry),
		cmocka_unit_test(what_is_no_fault_of_the_line_changes_nothing),
		cmocka_unit_test(where_t38_is_refused_sound_is_made_easier_all_the_same),
		cmocka_unit_test(the_box_and_the_trunk_are_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
