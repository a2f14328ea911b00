/**
 * @file dest_directory.c  The directory by name: letters, who fits, keys
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "fake/fake.h"

/* 1001 Maya Chen, 1002 Tom Becker, 1003 Priya Raman */
static struct fake *tom;

static int dial(void **state)
{
	int err = world_reset(state);

	tom = fake_invite("1002", "*411");
	return err;
}

static void hears(const char *part)
{
	if (!strstr(fake_hears_play(tom), part))
		fail_msg("hears %s, not %s", fake_hears_play(tom), part);
}

static void test_first_name_by_three_letters(void **state)
{
	hears("dir-welcome&dir-pls-enter&digits/3");
	fake_press(tom, "77");
	assert_string_equal(fake_hears_play(tom), "");
	fake_press(tom, "4");
	hears("letters/p&letters/r&letters/i&letters/y&letters/a&letters/r&letters/a");
	hears("extension&digits/1&digits/0&digits/0&digits/3&dir-instr");
	fake_register(world.northwind->id, "1003", "Desk", false);
	fake_press(tom, "1");
	fake_run(1);
	fake_answer(fake_out(0));
	assert_ptr_equal(fake_hears(tom), fake_out(0));
	fake_hangup(tom);
	assert_true(story_has("Found Priya Raman in the directory"));
}

/* Åsa Müßig is found by the letters below the accents, and spelled by them. */
static void test_letters_with_accents(void **state)
{
	fake_hangup(tom);
	world_name("1002", "\xc3\x85sa M\xc3\xbc\xc3\x9fig");
	tom = fake_invite("1002", "*411");
	fake_press(tom, "272");
	hears("letters/a&letters/s&letters/a&letters/m&letters/u&letters/s&letters/i&letters/g");
	fake_press(tom, "*");
	fake_press(tom, "687");
	hears("letters/a&letters/s&letters/a");
	fake_hangup(tom);
	world_name("1002", "Tom Becker");
}

static void test_last_name_with_fewer_letters(void **state)
{
	fake_press(tom, "24");
	fake_run(2900);
	assert_string_equal(fake_hears_play(tom), "");
	fake_run(200);
	hears("letters/m&letters/a&letters/y&letters/a");
	fake_hangup(tom);
}

static void test_goes_on_and_ends(void **state)
{
	unsigned n = 0;

	fake_press(tom, "2#");
	while (strstr(fake_hears_play(tom), "dir-instr")) {
		fake_press(tom, "*");
		n++;
	}
	assert_in_range(n, 2, world.northwind->extension_count);
	hears("dir-nomore&dir-pls-enter");
	fake_press(tom, "#");
	hears("vm-goodbye");
	fake_played(tom);
	assert_true(tom->hungup);
}

static void test_nobody_fits(void **state)
{
	fake_press(tom, "999");
	hears("dir-nomatch&dir-pls-enter");
	fake_press(tom, "01*");
	fake_run(3100);
	hears("dir-welcome");
	fake_hangup(tom);
}

static void test_nothing_is_keyed(void **state)
{
	for (unsigned i = 0; i < 3; i++) {
		hears("dir-welcome");
		fake_played(tom);
		fake_run(8100);
	}
	hears("vm-goodbye");
	fake_played(tom);
	assert_true(tom->hungup);
	assert_int_equal(fake_live(), 0);
}

#define TEST(f) cmocka_unit_test_setup(f, dial)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_first_name_by_three_letters),
		TEST(test_letters_with_accents),
		TEST(test_last_name_with_fewer_letters),
		TEST(test_goes_on_and_ends),
		TEST(test_nobody_fits),
		TEST(test_nothing_is_keyed),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
