/**
 * @file call_story.c  The story of a call: what is kept of a very long one
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "own.h"
#include "story.h"

static void test_a_long_story_keeps_its_end(void **state)
{
	struct story *s;

	assert_int_equal(story_alloc(&s), 0);
	story_add(s, "start", "Maya called");
	for (unsigned i = 0; i < 2 * STORY_MAX; i++)
		story_add(s, "hold", "%u", i);
	story_add(s, "end", "Ended normally");
	story_add(s, "end", "Ended twice");
	assert_int_equal(story_count(s), STORY_MAX);
	assert_string_equal(story_at(s, STORY_MAX - 3)->text, "196");
	assert_string_equal(story_at(s, STORY_MAX - 2)->text, "...");
	assert_string_equal(story_at(s, STORY_MAX - 1)->text, "Ended normally");
	mem_deref(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_long_story_keeps_its_end)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
