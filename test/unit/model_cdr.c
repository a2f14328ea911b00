/**
 * @file model_cdr.c  Calls: written once, cut ones accounted for, pages, filters, missed, days
 */
#include "cdr.h"
#include "model_test.h"

enum { NOW = 10000000 };

static struct extension maya, tom;

static int people(void **state)
{
	int err = setup(state);

	if (err)
		return err;
	maya = extension_make(mine.id, "1001", "Maya");
	tom = extension_make(mine.id, "1002", "Tom");
	extension_make(other.id, "1001", "Ana");
	extension_make(other.id, "1002", "James");
	return 0;
}

static struct cdr *cdr_make(int64_t tenant, int64_t at, const char *from, const char *to,
			    enum cdr_result result)
{
	struct cdr *c;

	assert_int_equal(cdr_alloc(&c, 4, 4), 0);
	c->tenant = tenant;
	str_ncpy(c->id, id_new().s, sizeof(c->id));
	c->result = result;
	c->cause = result == CDR_answered ? CAUSE_NORMAL : CAUSE_NOANSWER;
	c->dir = from[0] == '+' ? CDR_IN : to[0] == '+' ? CDR_OUT : CDR_INTERNAL;
	str_ncpy(c->from.number, from, sizeof(c->from.number));
	str_ncpy(c->from.extension, from[0] == '+' ? "" : from, sizeof(c->from.extension));
	str_ncpy(c->to.number, to, sizeof(c->to.number));
	str_ncpy(c->to.extension, to[0] == '+' ? "" : to, sizeof(c->to.extension));
	c->started_at = at;
	c->ended_at = at + 9000;
	c->duration_ms = 9000;
	if (result == CDR_answered) {
		c->answered_at = at + 4000;
		c->billed_ms = 5000;
		c->answered_by = c->to;
	}
	return c;
}

static char last_id[ID_SIZE];

static void call(int64_t tenant, int64_t at, const char *from, const char *to,
		 enum cdr_result result)
{
	struct cdr *c = cdr_make(tenant, at, from, to, result);

	str_ncpy(last_id, c->id, sizeof(last_id));
	assert_int_equal(cdr_write(db, c), 0);
	mem_deref(c);
}

static int list_h(const struct cdr *c, void *arg)
{
	char text[32];

	snprintf(text, sizeof(text), "%d", (int)c->started_at);
	listed_add(arg, text);
	return 0;
}

static struct listed list(const struct cdr_filter *f, struct cdr_cursor *next)
{
	struct listed l = {0};
	struct cdr_cursor own;

	assert_int_equal(cdr_list(next ? next : &own, db, f, list_h, &l), 0);
	return l;
}

static int64_t count(const char *sql)
{
	int64_t n = -1;

	assert_int_equal(db_number(db, &n, sql, ""), 0);
	return n;
}

static void leg_fill(struct cdr *c)
{
	struct cdr_leg *l = &c->legs[c->leg_count++];

	str_ncpy(l->id, id_new().s, sizeof(l->id));
	l->role = CDR_CALLED;
	strcpy(l->party.number, "1002");
	strcpy(l->party.name, "Tom Becker");
	strcpy(l->party.extension, "1002");
	strcpy(l->device, "Desk");
	strcpy(l->call_id, "abc@host");
	strcpy(l->codec, "opus");
	strcpy(l->remote_ip, "192.0.2.1");
	strcpy(l->user_agent, "Yealink");
	l->started_at = 1;
	l->ringing_at = 2;
	l->answered_at = 3;
	l->ended_at = 4;
	l->cause = CAUSE_BUSY;
	l->packets_in = 5;
	l->packets_out = 6;
	l->lost = 7;
	l->jitter_us = 8;
	l->mos_milli = 4300;
}

static void line_fill(struct cdr *c, int64_t at, const char *text)
{
	struct cdr_line *l = &c->lines[c->line_count++];

	l->at = at;
	strcpy(l->kind, "ring");
	strcpy(l->text, text);
}

static void test_written_whole(void **state)
{
	struct cdr *c = cdr_make(mine.id, NOW, "1001", "1002", CDR_answered), *f;

	leg_fill(c);
	line_fill(c, 1, "Maya called Tom");
	line_fill(c, 2, "Tom rings");
	assert_int_equal(cdr_write(db, c), 0);
	assert_int_equal(cdr_get(&f, db, mine.id, c->id), 0);
	assert_int_equal(f->dir, CDR_INTERNAL);
	assert_int_equal(f->result, CDR_answered);
	assert_memory_equal(&f->from, &c->from, sizeof(c->from));
	assert_memory_equal(&f->to, &c->to, sizeof(c->to));
	assert_memory_equal(&f->answered_by, &c->answered_by, sizeof(c->to));
	assert_int_equal(f->started_at, NOW);
	assert_int_equal(f->answered_at, NOW + 4000);
	assert_int_equal(f->ended_at, NOW + 9000);
	assert_int_equal(f->duration_ms, 9000);
	assert_int_equal(f->billed_ms, 5000);
	assert_int_equal(f->cause, CAUSE_NORMAL);
	assert_false(f->cut);
	assert_int_equal(f->leg_count, 1);
	assert_memory_equal(&f->legs[0], &c->legs[0], sizeof(c->legs[0]));
	assert_int_equal(f->line_count, 2);
	assert_string_equal(f->lines[1].text, "Tom rings");
	mem_deref(f);
	mem_deref(c);
}

static void test_written_once(void **state)
{
	struct cdr *c = cdr_make(mine.id, NOW, "1001", "1002", CDR_answered);

	leg_fill(c);
	line_fill(c, 1, "x");
	for (int i = 0; i < 3; i++)
		assert_int_equal(cdr_write(db, c), 0);
	assert_int_equal(count("SELECT count(*) FROM call"), 1);
	assert_int_equal(count("SELECT count(*) FROM call_leg"), 1);
	assert_int_equal(count("SELECT count(*) FROM call_story"), 1);
	assert_int_equal(count("SELECT count(*) FROM call_extension"), 2);
	mem_deref(c);
}

static void test_open_is_closed_by_write(void **state)
{
	struct cdr *c = cdr_make(mine.id, NOW, "1001", "1002", CDR_answered);
	unsigned closed = 9;

	assert_int_equal(cdr_open(db, c), 0);
	assert_int_equal(cdr_open(db, c), 0);
	assert_int_equal(count("SELECT count(*) FROM call_open"), 1);
	assert_int_equal(cdr_write(db, c), 0);
	assert_int_equal(count("SELECT count(*) FROM call_open"), 0);
	assert_int_equal(cdr_close_orphans(db, &closed), 0);
	assert_int_equal(closed, 0);
	mem_deref(c);
}

static void test_cut_calls_are_accounted_for(void **state)
{
	struct cdr *ringing = cdr_make(mine.id, NOW, "1001", "1002", CDR_noanswer), *f;
	struct cdr *talking = cdr_make(mine.id, NOW, "1003", "1004", CDR_answered);
	struct cdr *late = cdr_make(other.id, NOW + 50000, "1001", "1002", CDR_noanswer);
	unsigned closed = 0;

	assert_int_equal(cdr_open(db, ringing), 0);
	talking->answered_at = 0; /* as it is when a call starts */
	assert_int_equal(cdr_open(db, talking), 0);
	talking->answered_at = NOW + 4000; /* and when it is answered */
	assert_int_equal(cdr_open(db, talking), 0);
	assert_int_equal(cdr_open(db, late), 0);
	assert_int_equal(cdr_beat(db, NOW), 0);
	assert_int_equal(cdr_beat(db, NOW + 10000), 0);
	assert_int_equal(cdr_close_orphans(db, &closed), 0);
	assert_int_equal(closed, 3);
	assert_int_equal(cdr_get(&f, db, mine.id, ringing->id), 0);
	assert_true(f->cut);
	assert_int_equal(f->cause, CAUSE_CUT);
	assert_int_equal(f->result, CDR_failed);
	assert_int_equal(f->ended_at, NOW + 10000);
	assert_string_equal(f->from.number, "1001");
	assert_int_equal(f->line_count, 1);
	mem_deref(f);
	assert_int_equal(cdr_get(&f, db, mine.id, talking->id), 0);
	assert_int_equal(f->result, CDR_answered);
	assert_int_equal(f->duration_ms, 10000);
	assert_int_equal(f->billed_ms, 6000);
	mem_deref(f);
	assert_int_equal(cdr_get(&f, db, other.id, late->id), 0);
	assert_int_equal(f->ended_at, NOW + 50000); /* never before it began */
	assert_int_equal(f->duration_ms, 0);
	mem_deref(f);
	assert_int_equal(cdr_close_orphans(db, &closed), 0);
	assert_int_equal(closed, 0);
	mem_deref(ringing);
	mem_deref(talking);
	mem_deref(late);
}

static void test_many_cut_calls(void **state)
{
	unsigned closed = 0;

	for (int i = 0; i < 150; i++) {
		struct cdr *c = cdr_make(mine.id, NOW + i, "1001", "1002", CDR_answered);

		assert_int_equal(cdr_open(db, c), 0);
		mem_deref(c);
	}
	assert_int_equal(cdr_close_orphans(db, &closed), 0);
	assert_int_equal(closed, 150);
	assert_int_equal(count("SELECT count(*) FROM call WHERE cut = 1"), 150);
	assert_int_equal(count("SELECT count(*) FROM call_open"), 0);
}

static void test_filters(void **state)
{
	struct cdr_filter f = {.tenant = mine.id};

	call(mine.id, 1, "+14155550142", "1001", CDR_answered);
	call(mine.id, 2, "1002", "1001", CDR_noanswer);
	call(mine.id, 3, "1001", "+442079460000", CDR_busy);
	call(mine.id, 4, "1001", "1002", CDR_cancelled);
	call(other.id, 5, "1001", "1002", CDR_answered);
	assert_string_equal(list(&f, NULL).all, "4 3 2 1");
	f.by_dir = true;
	f.dir = CDR_OUT;
	assert_string_equal(list(&f, NULL).all, "3");
	f.by_dir = false;
	f.by_result = true;
	f.result = CDR_answered;
	assert_string_equal(list(&f, NULL).all, "1");
	f.by_result = false;
	f.missed = true;
	assert_string_equal(list(&f, NULL).all, "4 2"); /* nobody here missed the call to outside */
	strcpy(f.extension, "1001");
	assert_string_equal(list(&f, NULL).all, "2");
	f.missed = false;
	assert_string_equal(list(&f, NULL).all, "4 3 2 1");
	strcpy(f.extension, "1002");
	assert_string_equal(list(&f, NULL).all, "4 2");
	strcpy(f.extension, "");
	f.from = 2;
	f.to = 4;
	assert_string_equal(list(&f, NULL).all, "3 2");
}

static void test_search(void **state)
{
	struct cdr_filter f = {.tenant = mine.id};
	struct cdr *c = cdr_make(mine.id, 1, "+14155550142", "1001", CDR_answered);

	strcpy(c->from.name, "Bay Dental Supply");
	assert_int_equal(cdr_write(db, c), 0);
	mem_deref(c);
	call(mine.id, 2, "1002", "1001", CDR_answered);
	strcpy(f.q, "dental");
	assert_string_equal(list(&f, NULL).all, "1");
	strcpy(f.q, "(415) 555-0142");
	assert_string_equal(list(&f, NULL).all, "1");
	strcpy(f.q, "0142");
	assert_string_equal(list(&f, NULL).all, "1");
	strcpy(f.q, "%");
	assert_string_equal(list(&f, NULL).all, "");
	strcpy(f.q, "nobody");
	assert_string_equal(list(&f, NULL).all, "");
}

static void test_pages_are_stable(void **state)
{
	struct cdr_filter f = {.tenant = mine.id, .limit = 2};
	struct cdr_cursor next;
	struct listed l;

	for (int i = 1; i <= 5; i++)
		call(mine.id, i, "1001", "1002", CDR_answered);
	l = list(&f, &next);
	assert_string_equal(l.all, "5 4");
	assert_true(next.more);
	call(mine.id, 6, "1001", "1002", CDR_answered); /* while somebody reads */
	f.before_at = next.at;
	strcpy(f.before_id, next.id);
	l = list(&f, &next);
	assert_string_equal(l.all, "3 2");
	assert_true(next.more);
	f.before_at = next.at;
	strcpy(f.before_id, next.id);
	l = list(&f, &next);
	assert_string_equal(l.all, "1");
	assert_false(next.more);
}

static void test_same_moment_is_paged(void **state)
{
	struct cdr_filter f = {.tenant = mine.id, .limit = 3};
	struct cdr_cursor next;
	unsigned n = 0;

	for (int i = 0; i < 10; i++)
		call(mine.id, 7, "1001", "1002", CDR_answered);
	do {
		n += list(&f, &next).count;
		f.before_at = next.at;
		strcpy(f.before_id, next.id);
	} while (next.more);
	assert_int_equal(n, 10);
}

static void test_full_last_page_has_no_more(void **state)
{
	struct cdr_filter f = {.tenant = mine.id, .limit = 2};
	struct cdr_cursor next;

	call(mine.id, 1, "1001", "1002", CDR_answered);
	call(mine.id, 2, "1001", "1002", CDR_answered);
	assert_int_equal(list(&f, &next).count, 2);
	assert_false(next.more);
}

/* A rare call among many is found although one page looks only so far. */
static void test_rare_call_is_found_by_pages(void **state)
{
	struct cdr_filter f = {.tenant = mine.id, .by_result = true, .result = CDR_busy};
	struct cdr_cursor next = {0};
	unsigned pages = 0, n = 0;

	call(mine.id, 1, "1001", "1002", CDR_busy);
	assert_int_equal(driver->begin_h(db, true), 0);
	assert_int_equal(
		db_exec(db,
			"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
			"i < 70000) INSERT INTO call SELECT c.tenant_id, 'id' || i, c.dir, "
			"'answered', from_number, from_name, from_extension, to_number, to_name, "
			"to_extension, by_number, by_name, by_extension, 1 + i, answered_at, "
			"ended_at, duration_ms, billed_ms, cause, cut, type, cost, currency, "
			"note, rating "
			"FROM n, call c",
			""),
		0);
	assert_int_equal(driver->commit_h(db), 0);
	do {
		n += list(&f, &next).count;
		f.before_at = next.at;
		str_ncpy(f.before_id, next.id, sizeof(f.before_id));
		++pages;
	} while (next.more && pages < 10);
	assert_int_equal(n, 1);
	assert_int_equal(pages, 8);
}

struct missed_seen {
	unsigned n;
	struct cdr_missed v[4];
};

static int missed_h(const struct cdr_missed *m, void *arg)
{
	struct missed_seen *s = arg;

	s->v[s->n++] = *m;
	return 0;
}

static void typed(int64_t at, const char *to, enum cdr_type type)
{
	struct cdr *c = cdr_make(mine.id, at, "+14155550142", to, CDR_noanswer);

	c->type = type;
	assert_int_equal(cdr_write(db, c), 0);
	mem_deref(c);
}

static void test_types(void **state)
{
	struct cdr_filter f = {.tenant = mine.id, .by_type = true, .type = CDR_TYPE_fax};
	struct cdr_cursor next;
	enum cdr_type type;

	typed(1, "1001", CDR_TYPE_fax);
	typed(2, "1002", CDR_TYPE_fax);
	typed(3, "1001", CDR_TYPE_voice);
	typed(4, "1001", CDR_TYPE_conference);
	assert_string_equal(list(&f, NULL).all, "2 1");
	f.limit = 1;
	assert_string_equal(list(&f, &next).all, "2");
	assert_true(next.more);
	f.before_at = next.at;
	strcpy(f.before_id, next.id);
	assert_string_equal(list(&f, &next).all, "1");
	assert_false(next.more);
	f = (struct cdr_filter){.tenant = mine.id, .extension = "1001", .by_type = true};
	assert_string_equal(list(&f, NULL).all, "3"); /* voice */
	f.type = CDR_TYPE_fax;
	assert_string_equal(list(&f, NULL).all, "1");
	f.type = CDR_TYPE_test;
	assert_string_equal(list(&f, NULL).all, "");
	assert_int_equal(cdr_type_parse(&type, "conference"), 0);
	assert_int_equal(type, CDR_TYPE_conference);
	assert_int_equal(cdr_type_parse(&type, "letter"), EINVAL);
}

static void test_tests_are_counted_and_not_missed(void **state)
{
	struct cdr_filter f = {.tenant = mine.id, .missed = true};
	struct missed_seen s = {0};
	int64_t n, oldest;

	typed(1, "1001", CDR_TYPE_test);
	typed(2, "1001", CDR_TYPE_test);
	typed(3, "1002", CDR_TYPE_test);
	typed(4, "1001", CDR_TYPE_voice);
	typed(5, "1001", CDR_TYPE_test);
	assert_int_equal(cdr_tests(&n, &oldest, db, mine.id, maya.id, 2), 0);
	assert_int_equal(n, 2);
	assert_int_equal(oldest, 2);
	assert_int_equal(cdr_tests(&n, &oldest, db, mine.id, maya.id, 6), 0);
	assert_int_equal(n, 0);
	assert_string_equal(list(&f, NULL).all, "4");
	assert_int_equal(cdr_missed(db, mine.id, "1001", 0, 4, missed_h, &s), 0);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.v[0].count, 1);
}

static void test_calls_made_are_counted(void **state)
{
	int64_t n, oldest;

	for (int64_t at = 1; at <= 4; at++) {
		struct cdr *c =
			cdr_make(mine.id, at, at == 3 ? "1002" : "1001", "1002", CDR_answered);

		assert_int_equal(cdr_write(db, c), 0);
		mem_deref(c);
	}
	typed(5, "1001", CDR_TYPE_voice);
	assert_int_equal(cdr_made(&n, &oldest, db, mine.id, maya.id, 2), 0);
	assert_int_equal(n, 2);
	assert_int_equal(oldest, 2);
}

static void test_missed(void **state)
{
	struct missed_seen s = {0}, of_other = {0}, one = {0};

	call(mine.id, 1, "+14155550142", "1001", CDR_noanswer); /* too long ago */
	call(mine.id, 10, "+14155550142", "1001", CDR_noanswer);
	call(mine.id, 11, "1002", "1001", CDR_noanswer);
	call(mine.id, 12, "+14155550142", "1001", CDR_busy);
	call(mine.id, 13, "1003", "1001", CDR_answered);
	call(mine.id, 14, "1001", "1004", CDR_noanswer); /* called by 1001 */
	assert_int_equal(cdr_missed(db, mine.id, "1001", 5, 4, missed_h, &s), 0);
	assert_int_equal(s.n, 2);
	assert_string_equal(s.v[0].from.number, "+14155550142");
	assert_int_equal(s.v[0].count, 2);
	assert_int_equal(s.v[0].last_at, 12);
	assert_int_equal(s.v[0].waited_ms, 9000);
	assert_string_equal(s.v[1].from.extension, "1002");
	assert_int_equal(cdr_missed(db, mine.id, "1001", 5, 1, missed_h, &one), 0);
	assert_int_equal(one.n, 1);
	assert_int_equal(cdr_missed(db, other.id, "1001", 0, 4, missed_h, &of_other), 0);
	assert_int_equal(of_other.n, 0);
}

/* A caller who spoke to a mailbox has waited until it answered */
static void test_waited_until_the_mailbox(void **state)
{
	struct cdr *c = cdr_make(mine.id, 10, "+14155550142", "1001", CDR_voicemail);
	struct missed_seen s = {0};

	c->answered_at = 10 + 4000;
	assert_int_equal(cdr_write(db, c), 0);
	mem_deref(c);
	assert_int_equal(cdr_missed(db, mine.id, "1001", 0, 4, missed_h, &s), 0);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.v[0].waited_ms, 4000);
}

/* "A call a colleague answered is not missed" */
static void test_answered_by_a_colleague_is_not_missed(void **state)
{
	struct cdr *c = cdr_make(mine.id, 10, "+14155550142", "1001", CDR_answered);
	struct cdr_filter f = {.tenant = mine.id, .missed = true, .extension = "1001"};
	struct missed_seen s = {0};

	strcpy(c->answered_by.number, "1002");
	strcpy(c->answered_by.extension, "1002");
	assert_int_equal(cdr_write(db, c), 0);
	mem_deref(c);
	assert_int_equal(cdr_missed(db, mine.id, "1001", 0, 4, missed_h, &s), 0);
	assert_int_equal(s.n, 0);
	assert_int_equal(list(&f, NULL).count, 0);
	f.missed = false;
	strcpy(f.extension, "1002");
	assert_int_equal(list(&f, NULL).count, 1);
}

static void test_days(void **state)
{
	struct cdr_day days[3] = {{.start = 100}, {.start = 200}, {.start = 300}};

	call(mine.id, 50, "1002", "1001", CDR_answered);
	call(mine.id, 100, "1002", "1001", CDR_answered);
	call(mine.id, 199, "1002", "1001", CDR_noanswer);
	call(mine.id, 350, "1002", "1001", CDR_answered);
	call(mine.id, 360, "1001", "1002", CDR_noanswer); /* missed by 1002, not by 1001 */
	assert_int_equal(cdr_days(days, 3, db, mine.id, "1001"), 0);
	assert_int_equal(days[0].answered, 1);
	assert_int_equal(days[0].missed, 1);
	assert_int_equal(days[1].answered + days[1].missed, 0);
	assert_int_equal(days[2].answered, 1);
	assert_int_equal(days[2].missed, 0);
}

static void test_count(void **state)
{
	int64_t n;

	call(mine.id, 10, "1002", "1001", CDR_answered);
	call(mine.id, 20, "1002", "1001", CDR_answered);
	call(other.id, 15, "1002", "1001", CDR_answered);
	assert_int_equal(cdr_count(&n, db, mine.id, 10, 20), 0);
	assert_int_equal(n, 1);
	assert_int_equal(cdr_count(&n, db, mine.id, 10, 0), 0);
	assert_int_equal(n, 2);
}

static void test_summary(void **state)
{
	struct cdr *c = cdr_make(mine.id, NOW, "1001", "1002", CDR_answered);
	char text[128];

	c->answered_at = NOW + 9400;
	strcpy(c->answered_by.name, "Tom Becker");
	assert_true(cdr_summary(text, sizeof(text), c));
	assert_string_equal(text, "Answered by Tom Becker after 9 s");
	c->answered_at = 0;
	c->cause = CAUSE_BUSY;
	assert_true(cdr_summary(text, sizeof(text), c));
	assert_string_equal(text, cause_text(CAUSE_BUSY));
	c->cut = true;
	assert_true(cdr_summary(text, sizeof(text), c));
	assert_string_equal(text, cause_text(CAUSE_CUT));
	mem_deref(c);
}

static void test_other_tenant_finds_nothing(void **state)
{
	struct cdr_filter f = {.tenant = other.id};
	struct cdr *c;

	call(mine.id, 10, "1001", "1002", CDR_answered);
	assert_int_equal(cdr_get(&c, db, mine.id, last_id), 0);
	mem_deref(c);
	assert_int_equal(cdr_get(&c, db, other.id, last_id), ENOENT);
	assert_int_equal(list(&f, NULL).count, 0);
	strcpy(f.extension, "1001");
	assert_int_equal(list(&f, NULL).count, 0);
}

/* Whoever gets a number later does not get the calls of whoever had it before. */
static void test_calls_belong_to_the_extension_not_its_number(void **state)
{
	struct cdr_filter f = {.tenant = mine.id, .extension = "1001"};
	struct cdr_day day = {.start = 0};
	struct missed_seen s = {0};
	struct cdr *c;

	call(mine.id, 10, "1002", "1001", CDR_noanswer);
	assert_int_equal(cdr_get(&c, db, mine.id, last_id), 0);
	assert_int_equal(cdr_took_part(db, c, "1001"), 0);
	assert_int_equal(cdr_took_part(db, c, "1003"), ENOENT);
	strcpy(maya.number, "2001");
	assert_int_equal(extension_change(db, &maya), 0);
	extension_make(mine.id, "1001", "Somebody new");
	assert_int_equal(cdr_took_part(db, c, "1001"), ENOENT);
	assert_int_equal(cdr_took_part(db, c, "2001"), 0);
	assert_int_equal(list(&f, NULL).count, 0);
	assert_int_equal(cdr_missed(db, mine.id, "1001", 0, 4, missed_h, &s), 0);
	assert_int_equal(s.n, 0);
	assert_int_equal(cdr_days(&day, 1, db, mine.id, "1001"), 0);
	assert_int_equal(day.missed, 0);
	strcpy(f.extension, "2001"); /* and hers follow her */
	assert_int_equal(list(&f, NULL).count, 1);
	assert_int_equal(extension_remove(db, mine.id, tom.id), 0);
	extension_make(mine.id, "1002", "Somebody newer");
	assert_int_equal(cdr_took_part(db, c, "1002"), ENOENT);
	mem_deref(c);
}

static void test_a_line_is_added_later(void **state)
{
	const struct cdr_line line = {.at = 7, .kind = "record", .text = "no room"};
	struct cdr *c = cdr_make(mine.id, NOW, "1001", "1002", CDR_answered), *got;

	line_fill(c, 1, "Maya called Tom");
	assert_int_equal(cdr_line_add(db, mine.id, c->id, &line), ENOENT);
	assert_int_equal(cdr_write(db, c), 0);
	assert_int_equal(cdr_line_add(db, mine.id + 1, c->id, &line), ENOENT);
	assert_int_equal(cdr_line_add(db, mine.id, c->id, &line), 0);
	assert_int_equal(cdr_get(&got, db, mine.id, c->id), 0);
	assert_int_equal(got->line_count, c->line_count + 1);
	assert_string_equal(got->lines[c->line_count].text, "no room");
	mem_deref(got);
	mem_deref(c);
}

static void test_words(void **state)
{
	enum cdr_dir dir;
	enum cdr_result result;

	for (int i = CDR_INTERNAL; i <= CDR_OUT; i++) {
		assert_int_equal(cdr_dir_parse(&dir, cdr_dir_name((enum cdr_dir)i)), 0);
		assert_int_equal(dir, i);
	}
	for (int i = 0; i < CDR_RESULTS; i++) {
		assert_int_equal(cdr_result_parse(&result, cdr_result_name((enum cdr_result)i)), 0);
		assert_int_equal(result, i);
	}
	assert_int_equal(cdr_dir_parse(&dir, "sideways"), EINVAL);
	assert_int_equal(cdr_result_parse(&result, "great"), EINVAL);
}

#undef TEST
#define TEST(f) cmocka_unit_test_setup_teardown(f, people, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_written_whole),
		TEST(test_written_once),
		TEST(test_open_is_closed_by_write),
		TEST(test_cut_calls_are_accounted_for),
		TEST(test_many_cut_calls),
		TEST(test_filters),
		TEST(test_search),
		TEST(test_pages_are_stable),
		TEST(test_same_moment_is_paged),
		TEST(test_full_last_page_has_no_more),
		TEST(test_rare_call_is_found_by_pages),
		TEST(test_types),
		TEST(test_tests_are_counted_and_not_missed),
		TEST(test_calls_made_are_counted),
		TEST(test_missed),
		TEST(test_waited_until_the_mailbox),
		TEST(test_answered_by_a_colleague_is_not_missed),
		TEST(test_days),
		TEST(test_count),
		TEST(test_summary),
		TEST(test_other_tenant_finds_nothing),
		TEST(test_calls_belong_to_the_extension_not_its_number),
		TEST(test_a_line_is_added_later),
		TEST(test_words),
	};

	return RUN(tests);
}
