/**
 * @file model_extension_settings.c  Settings of extensions: who set what, what is refused, who
 * follows a new number
 */
#include "model_test.h"
#include "dest_exit.h"
#include "did.h"
#include "extension_settings.h"
#include "feature_code.h"

static struct extension_settings settings_of(const struct extension *e)
{
	struct extension_settings s;

	assert_int_equal(extension_settings_get(&s, db, mine.id, e->id), 0);
	return s;
}

static void test_nothing_is_set(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct extension_settings s = settings_of(&e);

	assert_false(s.dnd);
	assert_false(s.forward[FORWARD_all].on);
	assert_int_equal(s.version, 0);
	assert_int_equal(extension_settings_get(&s, db, other.id, e.id), ENOENT);
}

static void test_each_part_knows_who_set_it(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct extension_settings s = settings_of(&e);

	s.dnd = true;
	assert_int_equal(extension_settings_change(db, &s, "Ana"), 0);
	s.forward[FORWARD_busy].on = true;
	str_ncpy(s.forward[FORWARD_busy].number, "1002", PHONE_SIZE);
	assert_int_equal(extension_settings_change(db, &s, "Tom"), 0);
	s = settings_of(&e);
	assert_int_equal(s.version, 2);
	assert_string_equal(s.dnd_mark.by, "Ana");
	assert_true(s.dnd_mark.at > 0);
	assert_string_equal(s.forward[FORWARD_busy].mark.by, "Tom");
	assert_string_equal(s.forward[FORWARD_busy].number, "1002");
	assert_int_equal(s.forward[FORWARD_all].mark.at, 0);
}

static void test_two_do_not_overwrite(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct extension_settings a = settings_of(&e), b;

	assert_int_equal(extension_settings_change(db, &a, "Ana"), 0);
	b = a;
	assert_int_equal(extension_settings_change(db, &a, "Ana"), 0);
	assert_int_equal(extension_settings_change(db, &b, "Tom"), ESTALE);
}

static void checked(struct field_errors *fe, const struct extension *e, const char *number)
{
	struct extension_settings s = settings_of(e);

	memset(fe, 0, sizeof(*fe));
	s.forward[FORWARD_noanswer].on = true;
	str_ncpy(s.forward[FORWARD_noanswer].number, number, PHONE_SIZE);
	assert_int_equal(extension_settings_check(fe, db, &s), 0);
}

static void test_where_to_is_checked(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct field_errors fe;

	extension_make(mine.id, "1002", "Tom");
	extension_make(other.id, "1003", "Ana");
	checked(&fe, &e, "");
	assert_field(&fe, "forwardNoAnswerNumber", "must be there");
	checked(&fe, &e, "1001");
	assert_field(&fe, "forwardNoAnswerNumber", "itself");
	checked(&fe, &e, "1003");
	assert_field(&fe, "forwardNoAnswerNumber", "nobody here has");
	checked(&fe, &e, "my mobile");
	assert_field(&fe, "forwardNoAnswerNumber", "such as +12125550100");
	checked(&fe, &e, "1002");
	assert_int_equal(fe.count, 0);
	checked(&fe, &e, "+1 212 555 0100");
	assert_int_equal(fe.count, 0);
}

static void test_outside_numbers_are_kept_in_one_form(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct extension_settings s = settings_of(&e);
	struct field_errors fe = {0};

	str_ncpy(s.forward[FORWARD_all].number, "(212) 555-0100", PHONE_SIZE);
	assert_int_equal(extension_settings_check(&fe, db, &s), 0);
	assert_string_equal(s.forward[FORWARD_all].number, "+12125550100");
}

static int exits_h(const struct dest_exit *row, void *arg)
{
	struct listed *l = arg;
	char text[256];

	snprintf(text, sizeof(text), "%s:%s:%s>%s:%s", dest_kind_name(row->dest.kind),
		 row->dest.target, row->exit == EXIT_ANY ? "*" : exit_name(row->exit),
		 dest_kind_name(row->next.kind), row->next.target);
	listed_add(l, text);
	return 0;
}

static void test_forwards_and_exits_follow_a_new_number(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct extension tom = extension_make(mine.id, "1002", "Tom");
	struct extension_settings s = settings_of(&e);
	struct dest_exit row = {{DEST_announce, "closed"}, {DEST_extension, "1002"}, EXIT_done};
	struct listed l = {0};

	str_ncpy(s.forward[FORWARD_all].number, "1002", PHONE_SIZE);
	assert_int_equal(extension_settings_change(db, &s, "Ana"), 0);
	assert_int_equal(dest_exit_set(db, mine.id, &row), 0);
	assert_int_equal(extension_remove(db, mine.id, tom.id), EBUSY);
	str_ncpy(tom.number, "1009", PHONE_SIZE);
	assert_int_equal(extension_change(db, &tom), 0);
	assert_string_equal(settings_of(&e).forward[FORWARD_all].number, "1009");
	assert_int_equal(dest_exit_list(db, mine.id, NULL, exits_h, &l), 0);
	assert_string_equal(l.all, "announce:closed:done>extension:1009");
	assert_int_equal(dest_exit_remove(db, mine.id, &row.dest, EXIT_done), 0);
	assert_int_equal(extension_remove(db, mine.id, tom.id), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing_is_set),
		TEST(test_each_part_knows_who_set_it),
		TEST(test_two_do_not_overwrite),
		TEST(test_where_to_is_checked),
		TEST(test_outside_numbers_are_kept_in_one_form),
		TEST(test_forwards_and_exits_follow_a_new_number),
	};

	return RUN(tests);
}
