/**
 * @file model_fax.c  Documents, faxes, their tries, received faxes, numbers not to be faxed
 */
#include "dnc.h"
#include "fax.h"
#include "fax_document.h"
#include "fax_forget.h"
#include "fax_send.h"
#include "fax_received.h"
#include "job_row.h"
#include "model_test.h"

static struct fax fax_make(int64_t tenant, const char *extension, int64_t pages)
{
	struct fax f = {.tenant = tenant, .pages = pages, .tries_max = 3};

	str_ncpy(f.extension_id, extension, sizeof(f.extension_id));
	str_ncpy(f.to, "+16285550199", sizeof(f.to));
	assert_int_equal(fax_add(db, &f), 0);
	return f;
}

static struct fax waiting_make(const struct fax_document *d, const char *cover)
{
	struct fax f = {.tenant = mine.id, .tries_max = 3};

	str_ncpy(f.to, "+16285550199", sizeof(f.to));
	str_ncpy(f.document_id, d->id, sizeof(f.document_id));
	str_ncpy(f.cover_id, cover, sizeof(f.cover_id));
	assert_int_equal(fax_send(db, &f), 0);
	assert_int_equal(f.state, FAX_CONVERTING);
	return f;
}

static enum job_state job_state_of(const struct fax *f, enum job_kind kind)
{
	struct job_row j;

	return job_of_object(&j, db, f->tenant, kind, f->id) ? JOB_DONE : j.state;
}

static void what_waits_for_a_document_goes_or_fails_with_it(void **state)
{
	struct fax_document d = {.tenant = mine.id, .name = "A"};
	const struct fax_parts parts = {.count = 1, .v = {{.name = "a", .source = "1"}}};
	struct fax plain, covered;

	str_ncpy(d.picture, "auto", sizeof(d.picture));
	assert_int_equal(fax_document_add(db, &d, &parts), 0);
	plain = waiting_make(&d, "");
	covered = waiting_make(&d, COVER_STANDARD);
	assert_int_equal(job_state_of(&plain, JOB_fax), JOB_HELD);
	d.state = DOCUMENT_READY;
	d.pages = 2;
	assert_int_equal(fax_document_end(db, &d), 0);
	assert_int_equal(fax_document_done(db, &d), 0);
	assert_int_equal(fax_get(&plain, db, mine.id, plain.id), 0);
	assert_int_equal(plain.state, FAX_QUEUED);
	assert_int_equal(plain.pages, 2);
	assert_int_equal(job_state_of(&plain, JOB_fax), JOB_WAIT);
	assert_int_equal(fax_get(&covered, db, mine.id, covered.id), 0);
	assert_int_equal(covered.state, FAX_CONVERTING);
	assert_int_equal(covered.pages, 3);
	assert_int_equal(job_state_of(&covered, JOB_fax), JOB_HELD);
	assert_int_equal(job_state_of(&covered, JOB_cover), JOB_WAIT);
	d.state = DOCUMENT_REFUSED;
	strcpy(d.reason, "The document is locked.");
	assert_int_equal(fax_document_done(db, &d), 0);
	assert_int_equal(fax_get(&covered, db, mine.id, covered.id), 0);
	assert_int_equal(covered.state, FAX_FAILED);
	assert_string_equal(covered.reason, "The document is locked.");
	assert_int_equal(job_state_of(&covered, JOB_fax), JOB_FAILED);
}

static void a_document_is_found_with_its_pages(void **state)
{
	struct fax_document d = {.tenant = mine.id, .fine = true, .name = "A"}, f;
	const struct fax_parts parts = {
		.count = 2, .v = {{.name = "b", .source = "2"}, {.name = "a", .source = "1"}}};
	struct fax_parts got;
	char blob[BLOB_KEY];

	str_ncpy(d.picture, "auto", sizeof(d.picture));
	assert_int_equal(fax_document_add(db, &d, &parts), 0);
	d.state = DOCUMENT_READY;
	d.pages = 2;
	d.seconds = 40;
	assert_int_equal(fax_page_add(db, d.tenant, d.id, 1, "one"), 0);
	assert_int_equal(fax_page_add(db, d.tenant, d.id, 1, "again"), 0);
	assert_int_equal(fax_document_end(db, &d), 0);
	assert_int_equal(fax_document_get(&f, db, mine.id, d.id), 0);
	assert_memory_equal(&f, &d, sizeof(f));
	assert_int_equal(fax_page_get(blob, db, mine.id, d.id, 1), 0);
	assert_string_equal(blob, "again");
	assert_int_equal(fax_page_get(blob, db, mine.id, d.id, 2), ENOENT);
	assert_int_equal(fax_page_get(blob, db, other.id, d.id, 1), ENOENT);
	assert_int_equal(fax_document_get(&f, db, other.id, d.id), ENOENT);
	assert_int_equal(fax_parts_get(&got, db, mine.id, d.id), 0);
	assert_int_equal(got.count, 2);
	assert_string_equal(got.v[0].name, "b");
	assert_string_equal(got.v[1].source, "1");
	assert_int_equal(fax_parts_get(&got, db, other.id, d.id), 0);
	assert_int_equal(got.count, 0);
}

static void cost_is(const struct fax *f, money_t cost, const char *currency)
{
	struct fax now;

	assert_int_equal(fax_get(&now, db, mine.id, f->id), 0);
	assert_int_equal(now.cost, cost);
	assert_string_equal(now.currency, currency);
}

/* Each page once, at the price of the dialling that brought it. */
static void a_page_is_charged_when_it_is_confirmed(void **state)
{
	const struct price cheap = {.currency = "USD", .per_page = 30000},
			   dear = {.currency = "USD", .per_page = 50000},
			   euro = {.currency = "EUR", .per_page = 1}, none = {.currency = ""};
	struct fax f = fax_make(mine.id, "e1", 9);

	assert_int_equal(fax_confirm(db, mine.id, f.id, 0), 0);
	cost_is(&f, 0, "");
	assert_int_equal(fax_price(db, mine.id, f.id, &cheap), 0);
	cost_is(&f, 0, "USD"); /* dialled, and no page */
	assert_int_equal(fax_confirm(db, mine.id, f.id, 1), 0);
	assert_int_equal(fax_confirm(db, mine.id, f.id, 2), 0);
	assert_int_equal(fax_confirm(db, mine.id, f.id, 2), 0); /* told again at the end */
	assert_int_equal(fax_confirm(db, mine.id, f.id, 1), ENOENT);
	cost_is(&f, 60000, "USD");
	assert_int_equal(fax_price(db, mine.id, f.id, &dear), 0);
	assert_int_equal(fax_confirm(db, mine.id, f.id, 4), 0);
	cost_is(&f, 160000, "USD");
	assert_int_equal(fax_price(db, mine.id, f.id, &euro), 0);
	assert_int_equal(fax_confirm(db, mine.id, f.id, 5), 0);
	assert_int_equal(fax_price(db, mine.id, f.id, &none), 0);
	assert_int_equal(fax_confirm(db, mine.id, f.id, 6), 0);
	cost_is(&f, 160000, "USD"); /* a sum has one currency */
	assert_int_equal(fax_price(db, other.id, f.id, &dear), ENOENT);
}

static int count_h(const struct fax *f, void *arg)
{
	++*(int *)arg;
	return 0;
}

static void faxes_are_apart(void **state)
{
	struct fax a = fax_make(mine.id, "e1", 1), f;
	int n = 0;

	(void)fax_make(mine.id, "e2", 1);
	assert_int_equal(fax_get(&f, db, mine.id, a.id), 0);
	assert_memory_equal(&f, &a, sizeof(f));
	assert_int_equal(fax_get(&f, db, other.id, a.id), ENOENT);
	assert_int_equal(fax_list(db, mine.id, "e1", NULL, 0, count_h, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(fax_list(db, mine.id, "", NULL, 0, count_h, &n), 0);
	assert_int_equal(n, 3);
	assert_int_equal(fax_list(db, mine.id, "", "0", 0, count_h, &n), 0);
	assert_int_equal(n, 3);
}

static void confirmed_pages_never_become_fewer(void **state)
{
	struct fax f = fax_make(mine.id, "e1", 5);

	assert_int_equal(fax_confirm(db, mine.id, f.id, 3), 0);
	assert_int_equal(fax_confirm(db, mine.id, f.id, 2), ENOENT);
	assert_int_equal(fax_get(&f, db, mine.id, f.id), 0);
	assert_int_equal(f.pages_sent, 3);
	f.pages_sent = 0;
	f.state = FAX_QUEUED;
	assert_int_equal(fax_change(db, &f), 0);
	assert_int_equal(fax_get(&f, db, mine.id, f.id), 0);
	assert_int_equal(f.pages_sent, 3);
}

struct tries {
	struct fax_attempt a[4];
	int n;
};

static int attempt_h(const struct fax_attempt *a, void *arg)
{
	struct tries *t = arg;

	t->a[t->n++] = *a;
	return 0;
}

static void a_try_begins_behind_what_is_there(void **state)
{
	struct fax f = fax_make(mine.id, "e1", 5);
	struct fax_attempt a;
	struct tries t = {.n = 0};

	assert_int_equal(fax_attempt_begin(db, &f, &a), 0);
	assert_int_equal(a.first_page, 0);
	assert_int_equal(fax_confirm(db, mine.id, f.id, 2), 0);
	assert_int_equal(fax_get(&f, db, mine.id, f.id), 0);
	assert_int_equal(f.state, FAX_SENDING);
	/* the first was cut off: nobody ended it */
	assert_int_equal(fax_attempt_begin(db, &f, &a), 0);
	assert_int_equal(a.number, 2);
	assert_int_equal(a.first_page, 2);
	a.ok = a.ecm = true;
	a.pages = 3;
	a.rate = 14400;
	a.ended_at = 5;
	str_ncpy(a.ident, "+1628", sizeof(a.ident));
	assert_int_equal(fax_attempt_end(db, &f, &a), 0);
	assert_int_equal(fax_attempts(db, mine.id, f.id, attempt_h, &t), 0);
	assert_int_equal(t.n, 2);
	assert_true(t.a[0].ended_at > 0);
	assert_non_null(strstr(t.a[0].reason, "restarted"));
	assert_memory_equal(&t.a[1], &a, sizeof(a));
}

static void a_fax_without_a_line_waits_and_a_try_that_called_nobody_is_undone(void **state)
{
	struct fax f = fax_make(mine.id, "e1", 1);
	struct fax_attempt a;
	struct tries t = {.n = 0};

	assert_int_equal(fax_wait(db, mine.id, f.id, "Waiting"), 0);
	assert_int_equal(fax_get(&f, db, mine.id, f.id), 0);
	assert_string_equal(f.reason, "Waiting");
	assert_int_equal(f.due_at, 0);
	assert_int_equal(fax_attempt_begin(db, &f, &a), 0);
	assert_string_equal(f.reason, "");
	assert_int_equal(fax_wait(db, mine.id, f.id, "Waiting"), 0); /* too late */
	f.state = FAX_QUEUED;
	assert_int_equal(fax_attempt_undo(db, &f, &a), 0);
	assert_int_equal(fax_get(&f, db, mine.id, f.id), 0);
	assert_string_equal(f.reason, "");
	assert_int_equal(f.tries, 0);
	assert_int_equal(fax_attempts(db, mine.id, f.id, attempt_h, &t), 0);
	assert_int_equal(t.n, 0);
}

static int dnc_count_h(const struct dnc *d, void *arg)
{
	++*(int *)arg;
	return 0;
}

static int found(const char *q)
{
	int n = 0;

	assert_int_equal(dnc_list(db, mine.id, q, NULL, 0, dnc_count_h, &n), 0);
	return n;
}

static void numbers_are_left_alone_by_tenant(void **state)
{
	struct dnc d = {.tenant = mine.id, .number = "+1 628 555 0199", .note = "Asked us to"};
	struct dnc again = {.tenant = mine.id, .number = "+16285550199"};
	struct dnc wrong = {.tenant = mine.id, .number = "nobody"};
	struct field_errors fe = {.count = 0};

	assert_false(dnc_has(db, mine.id, "+16285550199"));
	assert_int_equal(dnc_check(&fe, db, &d), 0);
	assert_int_equal(fe.count, 0);
	assert_int_equal(dnc_add(db, &d), 0);
	assert_true(dnc_has(db, mine.id, "+16285550199"));
	assert_false(dnc_has(db, other.id, "+16285550199"));
	assert_int_equal(dnc_check(&fe, db, &again), 0);
	assert_int_equal(fe.count, 1);
	fe.count = 0;
	assert_int_equal(dnc_check(&fe, db, &wrong), 0);
	assert_int_equal(fe.count, 1);
	assert_int_equal(found("0199"), 1);
	assert_int_equal(found("asked"), 1);
	assert_int_equal(found("0198"), 0);
	str_ncpy(d.note, "By letter", sizeof(d.note));
	assert_int_equal(dnc_change(db, &d), 0);
	assert_int_equal(found("letter"), 1);
	d.version = 1;
	assert_int_equal(dnc_change(db, &d), ESTALE);
	assert_int_equal(dnc_remove(db, other.id, d.id), ENOENT);
	assert_int_equal(dnc_remove(db, mine.id, d.id), 0);
	assert_int_equal(dnc_remove(db, mine.id, d.id), ENOENT);
	assert_false(dnc_has(db, mine.id, "+16285550199"));
}

static int received_h(const struct fax_received *f, void *arg)
{
	++*(int *)arg;
	return 0;
}

static void a_received_fax_is_listed_once_it_can_be_read(void **state)
{
	struct fax_received f = {.tenant = mine.id, .received_at = 7}, g;
	bool filed;
	int listed = 0, cut = 0;

	str_ncpy(f.id, id_new().s, sizeof(f.id));
	str_ncpy(f.extension_id, "e1", sizeof(f.extension_id));
	assert_int_equal(fax_received_add(db, &f), 0);
	assert_int_equal(fax_received_list(db, mine.id, "", NULL, 0, received_h, &listed), 0);
	assert_int_equal(fax_received_cut(db, received_h, &cut), 0);
	assert_int_equal(fax_received_filed(&filed, db, f.id), 0);
	assert_int_equal(listed, 0);
	assert_int_equal(cut, 1);
	assert_false(filed);
	f.state = RECEIVED_FAILED;
	assert_int_equal(fax_received_change(db, &f), 0);
	assert_int_equal(fax_received_list(db, mine.id, "", NULL, 0, received_h, &listed), 0);
	assert_int_equal(listed, 1);
	listed = 0;
	f.state = RECEIVED_INCOMPLETE;
	f.pages = 2;
	f.t38 = true;
	str_ncpy(f.blob, "b", sizeof(f.blob));
	str_ncpy(f.pdf, "p", sizeof(f.pdf));
	str_ncpy(f.reason, "The call dropped", sizeof(f.reason));
	assert_int_equal(fax_received_change(db, &f), 0);
	assert_int_equal(fax_received_get(&g, db, mine.id, f.id), 0);
	assert_memory_equal(&f, &g, sizeof(f));
	assert_int_equal(fax_received_list(db, mine.id, "e1", NULL, 0, received_h, &listed), 0);
	assert_int_equal(fax_received_list(db, mine.id, "e2", NULL, 0, received_h, &listed), 0);
	assert_int_equal(fax_received_cut(db, received_h, &cut), 0);
	assert_int_equal(fax_received_filed(&filed, db, f.id), 0);
	assert_int_equal(listed, 1);
	assert_int_equal(cut, 1);
	assert_true(filed);
	assert_int_equal(fax_received_remove(db, other.id, f.id), ENOENT);
	assert_int_equal(fax_received_remove(db, mine.id, f.id), 0);
	assert_int_equal(fax_received_get(&g, db, mine.id, f.id), ENOENT);
}

static int extra(const char *sql)
{
	int64_t n = -1;

	assert_int_equal(db_number(db, &n, sql, ""), 0);
	return (int)n;
}

static void a_mail_becomes_one_fax(void **state)
{
	struct fax f = fax_make(mine.id, "e1", 1);
	bool seen = true;

	assert_int_equal(fax_mail_seen(&seen, db, mine.id, "hash"), 0);
	assert_false(seen);
	assert_int_equal(fax_mail_note(db, &f, "hash"), 0);
	assert_int_equal(fax_mail_note(db, &f, "hash"), EEXIST);
	assert_int_equal(fax_mail_seen(&seen, db, mine.id, "hash"), 0);
	assert_true(seen);
	assert_int_equal(fax_mail_seen(&seen, db, other.id, "hash"), 0);
	assert_false(seen);
	assert_int_equal(fax_mail_purge(db, f.created_at, 10), 0);
	assert_int_equal(extra("SELECT count(*) FROM fax_mail"), 1);
	assert_int_equal(fax_mail_purge(db, f.created_at + 1, 10), 0);
	assert_int_equal(extra("SELECT count(*) FROM fax_mail"), 0);
}

static void old_faxes_go_with_what_is_theirs_alone(void **state)
{
	struct fax_document d = {.tenant = mine.id};
	const struct fax_parts parts = {.count = 2};
	struct fax waits, over;
	bool needed;
	unsigned n;

	assert_int_equal(fax_document_add(db, &d, &parts), 0);
	d.state = DOCUMENT_READY;
	assert_int_equal(fax_document_end(db, &d), 0);
	waits = (struct fax){.tenant = mine.id, .tries_max = 3};
	str_ncpy(waits.document_id, d.id, sizeof(waits.document_id));
	over = waits;
	assert_int_equal(fax_add(db, &waits), 0);
	assert_int_equal(fax_add(db, &over), 0);
	over.state = FAX_SENT;
	over.ended_at = 100;
	assert_int_equal(fax_change(db, &over), 0);
	assert_int_equal(fax_file_needed(&needed, db, waits.id), 0);
	assert_true(needed);
	assert_int_equal(fax_file_needed(&needed, db, over.id), 0);
	assert_false(needed);
	assert_int_equal(fax_forget_old(&n, db, NULL, mine.id, 100, 10), 0);
	assert_int_equal(n, 0);
	assert_int_equal(fax_forget_old(&n, db, NULL, other.id, INT64_MAX, 10), 0);
	assert_int_equal(n, 0);
	assert_int_equal(fax_forget_old(&n, db, NULL, mine.id, 101, 10), 0);
	assert_int_equal(n, 1);
	assert_int_equal(fax_get(&over, db, mine.id, over.id), ENOENT);
	assert_int_equal(fax_document_get(&d, db, mine.id, d.id), 0);
	waits.state = FAX_FAILED;
	waits.ended_at = 100;
	assert_int_equal(fax_change(db, &waits), 0);
	assert_int_equal(fax_forget_old(&n, db, NULL, mine.id, INT64_MAX, 10), 0);
	assert_int_equal(n, 2);
	assert_int_equal(fax_document_get(&d, db, mine.id, d.id), ENOENT);
	assert_int_equal(extra("SELECT count(*) FROM fax_part"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_document_is_found_with_its_pages),
		TEST(what_waits_for_a_document_goes_or_fails_with_it),
		TEST(faxes_are_apart),
		TEST(confirmed_pages_never_become_fewer),
		TEST(a_page_is_charged_when_it_is_confirmed),
		TEST(a_try_begins_behind_what_is_there),
		TEST(a_fax_without_a_line_waits_and_a_try_that_called_nobody_is_undone),
		TEST(numbers_are_left_alone_by_tenant),
		TEST(a_received_fax_is_listed_once_it_can_be_read),
		TEST(a_mail_becomes_one_fax),
		TEST(old_faxes_go_with_what_is_theirs_alone),
	};

	return RUN(tests);
}
