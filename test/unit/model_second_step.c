/**
 * @file model_second_step.c  The second step: RFC 6238, codes that are good once, recovery codes
 */
#include <ctype.h>
#include "model_test.h"
#include "second_step.h"

static const int64_t noon = INT64_C(1700000000) * 1000;
static struct user maya;
static char shown[TOTP_SECRET];

static void begun(void)
{
	maya = user_make(mine.id, "maya@x.example", "");
	assert_int_equal(second_step_begin(db, secret, shown, mine.id, maya.id), 0);
}

static const char *code_at(int64_t now)
{
	static char code[TOTP_CODE];

	totp(code, shown, now / TOTP_STEP_MS);
	return code;
}

static int use(const char *code, int64_t now)
{
	return second_step_use(db, secret, mine.id, maya.id, code, now);
}

static void turned_on(void)
{
	begun();
	assert_int_equal(second_step_confirm(db, secret, mine.id, maya.id, code_at(noon), noon), 0);
}

/* RFC 6238 appendix B, the last six of their eight digits */
static void codes_are_those_of_the_rfc(void **state)
{
	static const struct {
		int64_t s;
		const char *code;
	} row[] = {{59, "287082"},	   {1111111109, "081804"}, {1111111111, "050471"},
		   {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
	char code[TOTP_CODE];

	for (size_t i = 0; i < COUNT(row); i++) {
		totp(code, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", row[i].s / 30);
		assert_string_equal(code, row[i].code);
	}
}

static void it_counts_from_the_first_right_code_on(void **state)
{
	struct second_step s;
	int64_t n;

	begun();
	assert_int_equal(second_step_get(&s, db, mine.id, maya.id), 0);
	assert_false(s.on);
	assert_int_equal(use(code_at(noon), noon), EACCES);
	assert_int_equal(second_step_confirm(db, secret, mine.id, maya.id, "000000", noon), EACCES);
	assert_int_equal(second_step_confirm(db, secret, mine.id, maya.id, code_at(noon), noon), 0);
	assert_int_equal(second_step_get(&s, db, mine.id, maya.id), 0);
	assert_true(s.on);
	assert_int_equal(s.since, noon);
	assert_int_equal(second_step_begin(db, secret, shown, mine.id, maya.id), EEXIST);
	assert_int_equal(second_step_confirm(db, secret, mine.id, maya.id, "000000", noon), ENOENT);
	assert_int_equal(
		db_number(db, &n, "SELECT count(*) FROM second_step WHERE secret = $1", "s", shown),
		0);
	assert_int_equal(n, 0); /* not in the clear */
}

static void a_code_is_good_once_and_near_its_time(void **state)
{
	int64_t later = noon + 10 * TOTP_STEP_MS;

	turned_on();
	assert_int_equal(use(code_at(noon), noon), EACCES); /* it has confirmed */
	assert_int_equal(use(code_at(later), later - 2 * TOTP_STEP_MS), EACCES);
	assert_int_equal(use(code_at(later), later + 2 * TOTP_STEP_MS), EACCES);
	assert_int_equal(use(code_at(later), later + TOTP_STEP_MS), 0);
	assert_int_equal(use(code_at(later), later), EACCES);
	assert_int_equal(use(code_at(later - TOTP_STEP_MS), later), EACCES); /* an older one */
	assert_int_equal(use(code_at(later + TOTP_STEP_MS), later), 0);
	assert_int_equal(second_step_use(db, secret, other.id, maya.id, code_at(later), later),
			 EACCES);
}

static void recovery_codes_are_good_once_each(void **state)
{
	struct recovery_codes old, anew;
	struct second_step s;

	turned_on();
	assert_int_equal(second_step_recovery(db, secret, &old, mine.id, maya.id), 0);
	assert_int_equal(second_step_recovery(db, secret, &anew, mine.id, maya.id), 0);
	assert_int_equal(use(old.code[0], noon), EACCES);
	assert_int_equal(use(anew.code[3], noon), 0);
	assert_int_equal(use(anew.code[3], noon), EACCES);
	for (char *p = anew.code[4]; *p; p++)
		*p = (char)(*p == '-' ? ' ' : toupper(*p)); /* as people type */
	assert_int_equal(use(anew.code[4], noon), 0);
	assert_int_equal(use("", noon), EACCES);
	assert_int_equal(second_step_get(&s, db, mine.id, maya.id), 0);
	assert_int_equal(s.left, RECOVERY_CODES - 2);
}

static void it_ends_and_goes_with_its_user(void **state)
{
	struct recovery_codes codes;
	struct second_step s;
	int64_t n;

	turned_on();
	assert_int_equal(second_step_recovery(db, secret, &codes, mine.id, maya.id), 0);
	assert_int_equal(second_step_end(db, mine.id, maya.id), 0);
	assert_int_equal(second_step_get(&s, db, mine.id, maya.id), 0);
	assert_false(s.on || s.left);
	assert_int_equal(use(codes.code[0], noon), EACCES);
	assert_int_equal(second_step_begin(db, secret, shown, mine.id, maya.id), 0);
	assert_int_equal(second_step_recovery(db, secret, &codes, mine.id, maya.id), 0);
	assert_int_equal(user_remove(db, mine.id, maya.id), 0);
	assert_int_equal(db_number(db, &n,
				   "SELECT (SELECT count(*) FROM second_step) + "
				   "(SELECT count(*) FROM recovery_code)",
				   ""),
			 0);
	assert_int_equal(n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(codes_are_those_of_the_rfc),
		TEST(it_counts_from_the_first_right_code_on),
		TEST(a_code_is_good_once_and_near_its_time),
		TEST(recovery_codes_are_good_once_each),
		TEST(it_ends_and_goes_with_its_user),
	};

	return RUN(tests);
}
