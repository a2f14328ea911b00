/**
 * @file model_job_row.c  A job is claimed once, ended by its token, and waits its kind's pauses
 */
#include "model_test.h"
#include "clock.h"
#include "job_row.h"

enum { LEASE = 60000, MINUTE = 60000 };

static int64_t now;

static struct job_row added(const char *once)
{
	struct job_row j = {.tenant = mine.id, .kind = JOB_mail};

	str_ncpy(j.once, once, sizeof(j.once));
	assert_int_equal(job_add(db, &j), 0);
	now = j.created_at;
	return j;
}

static int keep(const struct job_row *j, void *arg)
{
	*(struct job_row *)arg = *j;
	return 0;
}

/* What a claim takes; its id is "" when that is nothing */
static struct job_row claimed(int64_t at)
{
	struct job_row j = {0};

	assert_int_equal(job_claim(db, JOB_mail, 1, at, LEASE, keep, &j), 0);
	return j;
}

static struct job_row stored(const char *id)
{
	struct job_row j;

	assert_int_equal(job_get(&j, db, mine.id, id), 0);
	return j;
}

static void added_job_is_stored_with_its_kinds_tries(void **state)
{
	struct job_row j = added(""), s = stored(j.id);

	assert_int_equal(s.state, JOB_WAIT);
	assert_int_equal(s.tries_max, 12);
	assert_string_equal(s.payload, "{}");
	assert_true(db->told);
}

static void claimed_job_is_not_claimed_again_while_its_lease_lasts(void **state)
{
	struct job_row j = added(""), c = claimed(now);

	assert_string_equal(c.id, j.id);
	assert_int_equal(c.tries, 1);
	assert_string_equal(claimed(now + LEASE - 1).id, "");
}

static void lease_that_ran_out_is_claimed_with_another_token(void **state)
{
	struct job_row j = added(""), a = claimed(now), b = claimed(now + LEASE);

	assert_string_equal(b.id, j.id);
	assert_string_not_equal(a.token, b.token);
	assert_int_equal(b.tries, 2);
	assert_int_equal(job_finish(db, &a, JOB_OK, now + LEASE, 0), ENOENT);
	assert_int_equal(job_finish(db, &b, JOB_OK, now + LEASE, 0), 0);
}

static void renewed_lease_lasts_longer(void **state)
{
	struct job_row c;

	added("");
	c = claimed(now);
	assert_int_equal(job_renew(db, mine.id, c.id, c.token, now + 2 * LEASE), 0);
	assert_string_equal(claimed(now + LEASE).id, "");
	assert_int_equal(job_renew(db, mine.id, c.id, "another", now), ENOENT);
}

static void job_is_not_claimed_before_it_is_due(void **state)
{
	struct job_row j = {.tenant = mine.id, .kind = JOB_mail};
	int64_t next;

	now = clock_wall_ms();
	j.due_at = now + MINUTE;
	assert_int_equal(job_add(db, &j), 0);
	assert_string_equal(claimed(now + MINUTE - 1).id, "");
	assert_int_equal(job_next(&next, db, JOB_mail), 0);
	assert_int_equal(next, now + MINUTE);
	assert_string_equal(claimed(now + MINUTE).id, j.id);
}

static void tries_wait_the_kinds_pauses(void **state)
{
	static const int minutes[] = {1, 5, 15, 30, 60, 120, 240, 480, 480, 480, 480};
	struct job_row c;

	added("");
	for (size_t i = 0; i < COUNT(minutes); i++) {
		c = claimed(now);
		assert_int_equal(job_finish(db, &c, JOB_AGAIN, now, 0), 0);
		assert_int_equal(c.state, JOB_WAIT);
		assert_int_equal(c.due_at - now, (int64_t)minutes[i] * MINUTE);
		now = c.due_at;
	}
	c = claimed(now);
	assert_int_equal(job_finish(db, &c, JOB_AGAIN, now, 0), 0);
	assert_int_equal(c.state, JOB_FAILED);
}

static void never_fails_at_once_and_keeps_its_reason(void **state)
{
	struct job_row c;

	added("");
	c = claimed(now);
	str_ncpy(c.error, "No such mailbox.", sizeof(c.error));
	assert_int_equal(job_finish(db, &c, JOB_NEVER, now, 0), 0);
	assert_int_equal(stored(c.id).state, JOB_FAILED);
	assert_string_equal(stored(c.id).error, "No such mailbox.");
}

static void given_back_job_has_lost_no_try(void **state)
{
	struct job_row c;

	added("");
	c = claimed(now);
	assert_int_equal(job_finish(db, &c, JOB_BACK, now, 0), 0);
	assert_int_equal(stored(c.id).tries, 0);
	assert_string_equal(claimed(now).id, c.id);
}

static void job_for_which_there_was_no_room_waits_and_has_lost_no_try(void **state)
{
	struct job_row c;

	added("");
	c = claimed(now);
	assert_int_equal(job_finish(db, &c, JOB_LATER, now, 15000), 0);
	assert_int_equal(stored(c.id).tries, 0);
	assert_int_equal(stored(c.id).state, JOB_WAIT);
	assert_string_equal(claimed(now + 14999).id, "");
	assert_string_equal(claimed(now + 15000).id, c.id);
}

static void same_name_is_added_again_only_when_the_first_is_over(void **state)
{
	struct job_row j = {.tenant = mine.id, .kind = JOB_mail, .once = "night"}, c;

	added("night");
	assert_int_equal(job_add(db, &j), EEXIST);
	c = claimed(now);
	assert_int_equal(job_add(db, &j), EEXIST);
	assert_int_equal(job_finish(db, &c, JOB_OK, now, 0), 0);
	assert_int_equal(job_add(db, &j), 0);
}

static void held_job_runs_only_after_its_release(void **state)
{
	struct job_row j = added("");

	assert_int_equal(job_hold(db, mine.id, j.id, now), 0);
	assert_string_equal(claimed(now).id, "");
	assert_int_equal(job_release(db, mine.id, j.id, now + 5, now), 0);
	assert_string_equal(claimed(now).id, "");
	assert_string_equal(claimed(now + 5).id, j.id);
	assert_int_equal(job_hold(db, mine.id, j.id, now), ENOENT);
}

static void cancelled_job_runs_only_when_it_is_retried(void **state)
{
	struct job_row j = added("");

	assert_int_equal(job_cancel(db, mine.id, j.id, "No longer wanted.", now), 0);
	assert_string_equal(claimed(now).id, "");
	assert_int_equal(job_retry(db, other.id, j.id, now), ENOENT);
	assert_int_equal(job_retry(db, mine.id, j.id, now), 0);
	assert_string_equal(claimed(now).id, j.id);
}

static void youngest_job_of_an_object_is_found(void **state)
{
	struct job_row a = {.tenant = mine.id, .kind = JOB_mail, .object_id = "x"}, b = a, f;

	assert_int_equal(job_add(db, &a), 0);
	clock_advance(2);
	assert_int_equal(job_add(db, &b), 0);
	assert_int_equal(job_of_object(&f, db, mine.id, JOB_mail, "x"), 0);
	assert_string_equal(f.id, b.id);
	assert_int_equal(job_of_object(&f, db, other.id, JOB_mail, "x"), ENOENT);
}

static void old_jobs_that_are_over_are_forgotten(void **state)
{
	struct job_row a = added(""), c = claimed(now), b = added(""), s;

	assert_int_equal(job_finish(db, &c, JOB_OK, now, 0), 0);
	assert_int_equal(job_purge(db, now + 1, 100), 0);
	assert_int_equal(job_get(&s, db, mine.id, a.id), ENOENT);
	assert_int_equal(job_get(&s, db, mine.id, b.id), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(added_job_is_stored_with_its_kinds_tries),
		TEST(claimed_job_is_not_claimed_again_while_its_lease_lasts),
		TEST(lease_that_ran_out_is_claimed_with_another_token),
		TEST(renewed_lease_lasts_longer),
		TEST(job_is_not_claimed_before_it_is_due),
		TEST(tries_wait_the_kinds_pauses),
		TEST(never_fails_at_once_and_keeps_its_reason),
		TEST(given_back_job_has_lost_no_try),
		TEST(job_for_which_there_was_no_room_waits_and_has_lost_no_try),
		TEST(same_name_is_added_again_only_when_the_first_is_over),
		TEST(held_job_runs_only_after_its_release),
		TEST(cancelled_job_runs_only_when_it_is_retried),
		TEST(youngest_job_of_an_object_is_found),
		TEST(old_jobs_that_are_over_are_forgotten),
	};

	return RUN(tests);
}
