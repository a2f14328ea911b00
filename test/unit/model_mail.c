/**
 * @file model_mail.c  A mail and its job are one; what became of a try is noted in the mail
 */
#include "model_test.h"
#include "clock.h"
#include "mail.h"

static struct mail added(const char *to)
{
	struct mail m = {.tenant = mine.id, .template = TEMPLATE_voicemail};

	str_ncpy(m.to, to, sizeof(m.to));
	mail_field(&m, "caller", "1001");
	mail_field(&m, "length", "5 s");
	assert_int_equal(mail_add(db, &m), 0);
	return m;
}

static int keep(const struct job_row *j, void *arg)
{
	*(struct job_row *)arg = *j;
	return 0;
}

/* One try of the only mail, with what the server said */
static void tried(enum job_result result, const char *answer)
{
	struct job_row j = {0};
	int64_t now = clock_wall_ms();

	assert_int_equal(job_claim(db, JOB_mail, 1, now, 60000, keep, &j), 0);
	str_ncpy(result == JOB_OK ? j.result : j.error, answer, JOB_TEXT);
	assert_int_equal(job_finish(db, &j, result, now, 0), 0);
	assert_int_equal(mail_tried(db, &j), 0);
}

static struct mail stored(const char *id)
{
	struct mail m;

	assert_int_equal(mail_get(&m, db, mine.id, id), 0);
	return m;
}

static int see(const struct mail *m, void *arg)
{
	listed_add(arg, m->to);
	return 0;
}

static void added_mail_has_a_job(void **state)
{
	struct mail m = added("maya@x.example");
	struct job_row j;

	assert_int_equal(job_of_object(&j, db, mine.id, JOB_mail, m.id), 0);
	assert_string_equal(stored(m.id).subject, "Voicemail from 1001");
	assert_int_equal(stored(m.id).state, JOB_WAIT);
}

static void sent_mail_keeps_the_servers_answer(void **state)
{
	struct mail m = added("maya@x.example");

	tried(JOB_OK, "250 Taken");
	m = stored(m.id);
	assert_int_equal(m.state, JOB_DONE);
	assert_string_equal(m.answer, "250 Taken");
	assert_true(m.ended_at > 0);
}

static void mail_that_waits_tells_when_it_is_tried_again(void **state)
{
	struct mail m = added("maya@x.example");

	tried(JOB_AGAIN, "451 Busy");
	m = stored(m.id);
	assert_int_equal(m.state, JOB_WAIT);
	assert_int_equal(m.tries, 1);
	assert_in_range(m.due_at - clock_wall_ms(), 59000, 60000);
	assert_string_equal(m.answer, "451 Busy");
	assert_int_equal(m.ended_at, 0);
}

static void failed_mail_is_tried_anew(void **state)
{
	struct mail m = added("maya@x.example");

	tried(JOB_NEVER, "550 Unknown");
	assert_int_equal(stored(m.id).state, JOB_FAILED);
	assert_int_equal(mail_retry(db, other.id, m.id, clock_wall_ms()), ENOENT);
	assert_int_equal(mail_retry(db, mine.id, m.id, clock_wall_ms()), 0);
	assert_int_equal(stored(m.id).state, JOB_WAIT);
	tried(JOB_OK, "250 Taken");
	assert_int_equal(mail_retry(db, mine.id, m.id, clock_wall_ms()), ENOENT);
}

static void fields_are_read_as_they_were_given(void **state)
{
	struct mail m = {.template = TEMPLATE_voicemail};
	char value[64];

	mail_field(&m, "caller", "a=b\nnumber=1");
	mail_field(&m, "number", "+1 415");
	mail_field(&m, "length", "");
	assert_true(mail_field_get(value, sizeof(value), &m, "caller"));
	assert_string_equal(value, "a=b number=1");
	assert_true(mail_field_get(value, sizeof(value), &m, "number"));
	assert_string_equal(value, "+1 415");
	assert_false(mail_field_get(value, sizeof(value), &m, "length"));
}

static void field_that_does_not_fit_is_left_out_whole(void **state)
{
	struct mail m = {.template = TEMPLATE_voicemail};
	char big[TEMPLATE_VALUE + 1], value[TEMPLATE_VALUE + 1];

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	for (int i = 0; i < 20; i++)
		mail_field(&m, i % 2 ? "caller" : "number", big);
	assert_true(strlen(m.fields) < sizeof(m.fields));
	assert_int_equal(m.fields[strlen(m.fields) - 1], '\n');
	assert_true(mail_field_get(value, sizeof(value), &m, "caller"));
}

static void mails_are_listed_newest_first_by_state_and_text(void **state)
{
	struct mail_filter f = {0};
	struct listed l = {0};

	added("maya@x.example");
	tried(JOB_OK, "");
	clock_advance(2);
	added("tom@x.example");
	clock_advance(2);
	added("tim@x.example");
	assert_int_equal(mail_list(db, mine.id, &f, see, &l), 0);
	assert_string_equal(l.all, "tim@x.example tom@x.example maya@x.example");
	f = (struct mail_filter){.by_state = true, .state = JOB_DONE};
	l = (struct listed){0};
	assert_int_equal(mail_list(db, mine.id, &f, see, &l), 0);
	assert_string_equal(l.all, "maya@x.example");
	f = (struct mail_filter){.by_state = true, .state = JOB_WAIT, .q = "TOM"};
	l = (struct listed){0};
	assert_int_equal(mail_list(db, mine.id, &f, see, &l), 0);
	assert_string_equal(l.all, "tom@x.example");
	l = (struct listed){0};
	assert_int_equal(mail_list(db, other.id, &(struct mail_filter){0}, see, &l), 0);
	assert_int_equal(l.count, 0);
}

static void page_goes_on_after_its_last(void **state)
{
	struct mail_filter f = {.limit = 1};
	struct listed l = {0};
	struct mail b;

	added("a@x.example");
	clock_advance(2);
	b = added("b@x.example");
	assert_int_equal(mail_list(db, mine.id, &f, see, &l), 0);
	assert_string_equal(l.all, "b@x.example");
	f.before = b.id;
	assert_int_equal(mail_list(db, mine.id, &f, see, &l), 0);
	assert_string_equal(l.last, "a@x.example");
}

static void old_mails_that_are_over_are_forgotten(void **state)
{
	struct mail a = added("a@x.example"), b, m;

	tried(JOB_OK, "");
	b = added("b@x.example");
	assert_int_equal(mail_purge(db, clock_wall_ms() + 1, 100), 0);
	assert_int_equal(mail_get(&m, db, mine.id, a.id), ENOENT);
	assert_int_equal(mail_get(&m, db, mine.id, b.id), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(added_mail_has_a_job),
		TEST(sent_mail_keeps_the_servers_answer),
		TEST(mail_that_waits_tells_when_it_is_tried_again),
		TEST(failed_mail_is_tried_anew),
		TEST(fields_are_read_as_they_were_given),
		TEST(field_that_does_not_fit_is_left_out_whole),
		TEST(mails_are_listed_newest_first_by_state_and_text),
		TEST(page_goes_on_after_its_last),
		TEST(old_mails_that_are_over_are_forgotten),
	};

	return RUN(tests);
}
