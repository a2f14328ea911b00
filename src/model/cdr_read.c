/**
 * @file cdr_read.c  Reading call detail records: one, a page, missed calls, days
 */
#include <errno.h>
#include <ctype.h>
#include <string.h>
#include "cdr_row.h"
#include "own.h"
#include "text.h"

enum { PAGE_DEFAULT = 25, SCAN_MAX = 10000, MISSED_MAX = 50, MISSED_SCAN = 2000 };

/* The calls of the extension that has number $2 of tenant $1 today, since $3. */
#define OF_EXTENSION                                                                               \
	" FROM call_extension x JOIN call c ON c.tenant_id = x.tenant_id AND "                     \
	"c.started_at = x.started_at AND c.id = x.call_id WHERE x.tenant_id = $1 AND "             \
	"x.extension_id = (SELECT id FROM extension WHERE tenant_id = $1 AND number = $2) AND "    \
	"x.started_at >= $3 "

void cdr_party_read(struct cdr_party *p, const struct db_row *row, int i)
{
	db_copy(p->number, sizeof(p->number), row, i);
	db_copy(p->name, sizeof(p->name), row, i + 1);
	db_copy(p->extension, sizeof(p->extension), row, i + 2);
}

/** Fills a record from a row of CDR_COLUMNS; EINVAL when it holds an unknown word */
int cdr_read(struct cdr *c, const struct db_row *row)
{
	int err;

	c->tenant = db_int(row, 0);
	db_copy(c->id, sizeof(c->id), row, 1);
	err = cdr_dir_parse(&c->dir, db_text(row, CDR_COL_DIR));
	if (!err)
		err = cdr_result_parse(&c->result, db_text(row, CDR_COL_RESULT));
	cdr_party_read(&c->from, row, CDR_COL_FROM);
	cdr_party_read(&c->to, row, CDR_COL_TO);
	cdr_party_read(&c->answered_by, row, 10);
	c->started_at = db_int(row, CDR_COL_STARTED);
	c->answered_at = db_int(row, 14);
	c->ended_at = db_int(row, 15);
	c->duration_ms = db_int(row, 16);
	c->billed_ms = db_int(row, 17);
	c->cause = cause_from_name(db_text(row, 18));
	c->cut = db_int(row, 19);
	c->cost = db_int(row, CDR_COL_COST);
	db_copy(c->currency, sizeof(c->currency), row, CDR_COL_COST + 1);
	db_copy(c->note, sizeof(c->note), row, CDR_COL_NOTE);
	if (!err)
		err = cdr_type_parse(&c->type, db_text(row, CDR_COL_TYPE));
	if (!err)
		err = cdr_rating_parse(&c->rating, db_text(row, CDR_COL_NOTE + 1));
	return err;
}

static int cdr_one(const struct db_row *row, void *arg)
{
	return cdr_read(arg, row);
}

#define LEG_COLUMNS                                                                                \
	"id, called, number, name, extension, device, started_at, ringing_at, answered_at, "       \
	"ended_at, cause, sip_call_id, codec, remote_ip, user_agent, packets_in, packets_out, "    \
	"lost, jitter_us, mos_milli, billed_ms, cost, currency"

static void leg_read(struct cdr_leg *l, const struct db_row *row)
{
	db_copy(l->id, sizeof(l->id), row, 0);
	l->role = db_int(row, 1) ? CDR_CALLED : CDR_CALLER;
	cdr_party_read(&l->party, row, 2);
	db_copy(l->device, sizeof(l->device), row, 5);
	l->started_at = db_int(row, 6);
	l->ringing_at = db_int(row, 7);
	l->answered_at = db_int(row, 8);
	l->ended_at = db_int(row, 9);
	l->cause = cause_from_name(db_text(row, 10));
	db_copy(l->call_id, sizeof(l->call_id), row, 11);
	db_copy(l->codec, sizeof(l->codec), row, 12);
	db_copy(l->remote_ip, sizeof(l->remote_ip), row, 13);
	db_copy(l->user_agent, sizeof(l->user_agent), row, 14);
	l->packets_in = db_int(row, 15);
	l->packets_out = db_int(row, 16);
	l->lost = db_int(row, 17);
	l->jitter_us = db_int(row, 18);
	l->mos_milli = db_int(row, 19);
	l->billed_ms = db_int(row, 20);
	l->cost = db_int(row, 21);
	db_copy(l->currency, sizeof(l->currency), row, 22);
}

static int leg_row(const struct db_row *row, void *arg)
{
	struct cdr *c = arg;

	leg_read(&c->legs[c->leg_count++], row);
	return 0;
}

static int line_row(const struct db_row *row, void *arg)
{
	struct cdr *c = arg;
	struct cdr_line *l = &c->lines[c->line_count++];

	l->at = db_int(row, 0);
	db_copy(l->kind, sizeof(l->kind), row, 1);
	db_copy(l->text, sizeof(l->text), row, 2);
	return 0;
}

static int cdr_parts(struct cdr *c, struct db *db)
{
	int err = db_query(db, leg_row, c,
			   "SELECT " LEG_COLUMNS " FROM call_leg WHERE tenant_id = $1 AND "
			   "call_id = $2 ORDER BY position LIMIT $3",
			   "isd", c->tenant, c->id, CDR_LEGS);

	if (err)
		return err;
	return db_query(db, line_row, c,
			"SELECT at, kind, text FROM call_story WHERE tenant_id = $1 AND "
			"call_id = $2 ORDER BY position LIMIT $3",
			"isd", c->tenant, c->id, CDR_LINES);
}

/**
 * One call of the tenant with its legs and story
 *
 * @param cp     Result, a mem object
 * @param db     Connection
 * @param tenant Whose
 * @param id     Its id
 *
 * @return 0, ENOENT, ENOMEM
 */
int cdr_get(struct cdr **cp, struct db *db, int64_t tenant, const char *id)
{
	AUTO struct cdr *c = NULL;
	int err = cdr_alloc(&c, CDR_LEGS, CDR_LINES);

	if (!err)
		err = db_find(db, cdr_one, c,
			      "SELECT " CDR_COLUMNS
			      " FROM call c WHERE c.tenant_id = $1 AND c.id = $2",
			      "is", tenant, id);
	if (!err)
		err = cdr_parts(c, db);
	if (!err)
		*cp = TAKE(c);
	return err;
}

static int end_row(const struct db_row *row, void *arg)
{
	struct cdr_leg *ends = arg;
	unsigned called = db_int(row, 1) ? 1 : 0;

	leg_read(&ends[called], row);
	return 0;
}

/**
 * The two ends of a call: who called, and who answered, or was called, last
 *
 * @param ends Result: the caller and the called; zeroed where there is none
 * @param db   Connection
 * @param c    Call of cdr_list()
 *
 * @return 0 or errno
 */
int cdr_ends(struct cdr_leg ends[2], struct db *db, const struct cdr *c)
{
	memset(ends, 0, 2 * sizeof(*ends));
	return db_query(db, end_row, ends,
			"SELECT " LEG_COLUMNS " FROM call_leg WHERE tenant_id = $1 AND "
			"call_id = $2 ORDER BY CASE WHEN answered_at > 0 THEN 1 ELSE 0 END, "
			"position LIMIT $3",
			"isd", c->tenant, c->id, CDR_LEGS);
}

struct parties {
	struct cdr_party *from, *to;
};

static int parties_row(const struct db_row *row, void *arg)
{
	const struct parties *p = arg;

	cdr_party_read(p->from, row, 0);
	cdr_party_read(p->to, row, 3);
	return 0;
}

/** Who called whom, of one call of the tenant; ENOENT */
int cdr_parties(struct cdr_party *from, struct cdr_party *to, struct db *db, int64_t tenant,
		const char *id)
{
	struct parties p = {from, to};

	return db_find(db, parties_row, &p,
		       "SELECT from_number, from_name, from_extension, to_number, to_name, "
		       "to_extension FROM call WHERE tenant_id = $1 AND id = $2",
		       "is", tenant, id);
}

/**
 * Says whether an extension took part in a call; not whether its number did at the time
 *
 * @return 0, ENOENT when it did not, or what the database said
 */
int cdr_took_part(struct db *db, const struct cdr *c, const char *extension)
{
	int64_t n;

	return db_number(db, &n,
			 "SELECT 1 FROM call_extension WHERE tenant_id = $1 AND extension_id = "
			 "(SELECT id FROM extension WHERE tenant_id = $1 AND number = $2) AND "
			 "started_at = $3 AND call_id = $4",
			 "isis", c->tenant, extension, c->started_at, c->id);
}

/* A page being gathered: rows come newest first, what does not fit the filter is passed over. */
struct page {
	const struct cdr_filter *f;
	struct cdr_cursor *next;
	cdr_h *h;
	void *arg;
	unsigned found, limit, scanned;
	char digits[MODEL_NAME]; /* of a search that looks like a number, or "" */
};

/* "(415) 555-0110" finds +14155550110 */
static void search_digits(char *digits, size_t size, const char *q)
{
	size_t n = 0;

	for (; *q && n + 1 < size; q++) {
		if (isdigit((unsigned char)*q))
			digits[n++] = *q;
		else if (!strchr(" -./()+", *q))
			n = size; /* not a number */
	}
	digits[n < size ? n : 0] = '\0';
}

static bool page_search(const struct page *p, const struct db_row *row)
{
	if (!p->f->q[0])
		return true;
	for (int i = CDR_COL_FROM; i < CDR_COL_STARTED; i++) {
		const char *text = db_text(row, i);

		if (strcasestr(text, p->f->q) || (p->digits[0] && strstr(text, p->digits)))
			return true;
	}
	return false;
}

/* An end's number, or that of the extension which it was */
static bool page_line(const struct page *p, const struct db_row *row)
{
	static const int columns[] = {CDR_COL_FROM, CDR_COL_FROM + 2, CDR_COL_TO, CDR_COL_TO + 2};

	for (size_t i = 0; i < COUNT(columns); i++) {
		if (!strcmp(db_text(row, columns[i]), p->f->line))
			return true;
	}
	return !p->f->line[0];
}

/* For an extension missed means: it was called, and nobody answered; else: nobody answered. Whoever
 * tests the own phones has missed nothing. */
static bool page_fits(const struct page *p, const struct db_row *row)
{
	const struct cdr_filter *f = p->f;
	const char *result = db_text(row, CDR_COL_RESULT), *dir = db_text(row, CDR_COL_DIR);
	const char *type = db_text(row, CDR_COL_TYPE);

	if (f->by_dir && strcmp(dir, cdr_dir_name(f->dir)))
		return false;
	if (f->by_result && strcmp(result, cdr_result_name(f->result)))
		return false;
	if (f->by_type && strcmp(type, cdr_type_name(f->type)))
		return false;
	if (f->missed &&
	    (!strcmp(result, "answered") || !strcmp(type, "test") || !db_int(row, CDR_COLS)))
		return false;
	return page_line(p, row) && page_search(p, row);
}

static void page_cursor(struct page *p, const struct db_row *row)
{
	p->next->at = db_int(row, CDR_COL_STARTED);
	db_copy(p->next->id, sizeof(p->next->id), row, 1);
}

static int page_row(const struct db_row *row, void *arg)
{
	struct page *p = arg;
	struct cdr c = {0};
	bool fits = page_fits(p, row);
	int err;

	if ((fits && p->found == p->limit) || p->scanned++ == SCAN_MAX) {
		p->next->more = true;
		return DB_STOP;
	}
	page_cursor(p, row);
	if (!fits)
		return 0;
	++p->found;
	err = cdr_read(&c, row);
	return err ? err : p->h(&c, p->arg);
}

/* The calls of tenant $1 since $2 that are older than ($3, $4) */
#define OF_TENANT                                                                                  \
	"SELECT " CDR_COLUMNS ", CASE WHEN c.dir = 'out' THEN 0 ELSE 1 END FROM call c "           \
	"WHERE c.tenant_id = $1 AND c.started_at >= $2 AND (c.started_at, c.id) < ($3, $4) "
#define NEWEST_FIRST " ORDER BY c.started_at DESC, c.id DESC"

/**
 * Shows a page of calls, newest first, without their legs and stories
 *
 * A filter that hardly any call fits is searched for SCAN_MAX calls at a time, so that no page
 * takes long: a page that is not full may be followed by another.
 *
 * @param next Result: where the next page begins, if there is more
 * @param db   Connection
 * @param f    What is asked for, and where the page begins
 * @param h    Sees each call
 * @param arg  Its argument
 *
 * @return 0 or errno
 */
int cdr_list(struct cdr_cursor *next, struct db *db, const struct cdr_filter *f, cdr_h *h,
	     void *arg)
{
	struct page p = {.f = f, .next = next, .h = h, .arg = arg};
	int64_t before_at = f->before_at ? f->before_at : f->to ? f->to : INT64_MAX;
	const char *before_id = f->before_at ? f->before_id : "";

	memset(next, 0, sizeof(*next));
	p.limit = f->limit ? f->limit : PAGE_DEFAULT;
	search_digits(p.digits, sizeof(p.digits), f->q);
	if (f->extension[0])
		return db_query(db, page_row, &p,
				"SELECT " CDR_COLUMNS ", x.called" OF_EXTENSION
				"AND (x.started_at, x.call_id) < ($4, $5) "
				"ORDER BY x.started_at DESC, x.call_id DESC",
				"isiis", f->tenant, f->extension, f->from, before_at, before_id);
	if (f->by_type && f->type != CDR_TYPE_voice)
		return db_query(db, page_row, &p,
				OF_TENANT "AND c.type <> 'voice' AND c.type = $5" NEWEST_FIRST,
				"iiiss", f->tenant, f->from, before_at, before_id,
				cdr_type_name(f->type));
	return db_query(db, page_row, &p, OF_TENANT NEWEST_FIRST, "iiis", f->tenant, f->from,
			before_at, before_id);
}

struct missed {
	struct cdr_missed v[MISSED_MAX];
	unsigned count, limit, scanned;
};

static int missed_row(const struct db_row *row, void *arg)
{
	struct missed *m = arg;
	struct cdr_party from;
	unsigned i = 0;

	cdr_party_read(&from, row, 0);
	while (i < m->count && strcmp(m->v[i].from.number, from.number))
		++i;
	if (i < m->count) {
		++m->v[i].count;
	} else if (m->count < m->limit) {
		m->v[m->count++] = (struct cdr_missed){.from = from,
						       .count = 1,
						       .last_at = db_int(row, 3),
						       .waited_ms = db_int(row, 4)};
	}
	return ++m->scanned == MISSED_SCAN ? DB_STOP : 0;
}

/**
 * Shows who called an extension in vain, each caller once, the latest first
 *
 * @param db        Connection
 * @param tenant    Whose
 * @param extension Its number
 * @param since     Wall ms
 * @param limit     Most callers, at most 50
 * @param h         Sees each
 * @param arg       Its argument
 *
 * @return 0 or errno
 */
int cdr_missed(struct db *db, int64_t tenant, const char *extension, int64_t since, unsigned limit,
	       cdr_missed_h *h, void *arg)
{
	struct missed *m = mem_zalloc(sizeof(*m), NULL);
	int err;

	if (!m)
		return ENOMEM;
	m->limit = limit < MISSED_MAX ? limit : MISSED_MAX;
	err = db_query(db, missed_row, m,
		       "SELECT c.from_number, c.from_name, c.from_extension, c.started_at, "
		       "CASE WHEN c.answered_at > 0 THEN c.answered_at - c.started_at "
		       "ELSE c.duration_ms END" OF_EXTENSION
		       "AND x.called = 1 AND c.result <> 'answered' "
		       "AND c.type <> 'test' "
		       "ORDER BY x.started_at DESC, x.call_id DESC",
		       "isi", tenant, extension, since);
	for (unsigned i = 0; i < m->count && !err; i++)
		err = h(&m->v[i], arg);
	mem_deref(m);
	return err == DB_STOP ? 0 : err;
}

struct days {
	struct cdr_day *v;
	unsigned count;
};

static int day_row(const struct db_row *row, void *arg)
{
	struct days *d = arg;
	int64_t at = db_int(row, 0);
	unsigned i = d->count - 1;

	while (i && at < d->v[i].start)
		--i;
	if (!strcmp(db_text(row, 1), "answered"))
		++d->v[i].answered;
	else if (db_int(row, 2))
		++d->v[i].missed;
	return 0;
}

/**
 * Counts an extension's answered and missed calls by day
 *
 * @param days      In: the start of each day, growing; out: the counts
 * @param count     How many, at least 1
 * @param db        Connection
 * @param tenant    Whose
 * @param extension Its number
 *
 * @return 0 or errno
 */
int cdr_days(struct cdr_day *days, unsigned count, struct db *db, int64_t tenant,
	     const char *extension)
{
	struct days d = {days, count};

	CHECK(count > 0);
	for (unsigned i = 0; i < count; i++)
		days[i].answered = days[i].missed = 0;
	return db_query(db, day_row, &d, "SELECT c.started_at, c.result, x.called" OF_EXTENSION,
			"isi", tenant, extension, days[0].start);
}

/** Counts the tenant's calls that started in [from, to); with to 0, since from */
int cdr_count(int64_t *n, struct db *db, int64_t tenant, int64_t from, int64_t to)
{
	return db_number(db, n,
			 "SELECT count(*) FROM call WHERE tenant_id = $1 AND started_at >= $2 AND "
			 "started_at < $3",
			 "iii", tenant, from, to ? to : INT64_MAX);
}

struct since {
	int64_t *n, *oldest;
};

static int since_row(const struct db_row *row, void *arg)
{
	const struct since *s = arg;

	*s->n = db_int(row, 0);
	*s->oldest = db_int(row, 1);
	return 0;
}

/* Calls of the extension $2 since $3: how many, and when the first began; 0 for none */
#define OF_SINCE                                                                                   \
	"SELECT count(*), coalesce(min(c.started_at), 0) FROM call_extension x JOIN call c ON "    \
	"c.tenant_id = x.tenant_id AND c.started_at = x.started_at AND c.id = x.call_id WHERE "    \
	"x.tenant_id = $1 AND x.extension_id = $2 AND x.started_at >= $3 AND "

/** Counts the test calls to an extension that began since then, and says when the first did */
int cdr_tests(int64_t *n, int64_t *oldest, struct db *db, int64_t tenant, const char *extension_id,
	      int64_t since)
{
	struct since s = {n, oldest};

	return db_query(db, since_row, &s, OF_SINCE "c.type = 'test'", "isi", tenant, extension_id,
			since);
}

/** Counts the calls that an extension made since then, and says when the first began */
int cdr_made(int64_t *n, int64_t *oldest, struct db *db, int64_t tenant, const char *extension_id,
	     int64_t since)
{
	struct since s = {n, oldest};

	return db_query(db, since_row, &s, OF_SINCE "x.called = 0", "isi", tenant, extension_id,
			since);
}

struct last {
	char *number;
	size_t size;
};

static int last_one(const struct db_row *row, void *arg)
{
	struct last *l = arg;

	db_copy(l->number, l->size, row, 0);
	return 0;
}

/**
 * The other side of an extension's last call that has one: feature codes, and callers who hid their
 * number, are passed over
 *
 * @param number       Result: an extension or an E.164 number
 * @param size         Its size
 * @param db           Connection
 * @param tenant       Whose
 * @param extension_id Extension
 * @param called       True: whom it called; false: who called it
 *
 * @return 0, ENOENT when there is none, or what the database said
 */
int cdr_last(char *number, size_t size, struct db *db, int64_t tenant, const char *extension_id,
	     bool called)
{
	struct last l = {number, size};

	return db_find(db, last_one, &l,
		       "SELECT CASE WHEN $3 = 1 THEN c.to_number ELSE c.from_number END AS other "
		       "FROM call_extension x JOIN call c ON c.tenant_id = x.tenant_id AND "
		       "c.id = x.call_id WHERE x.tenant_id = $1 AND x.extension_id = $2 AND "
		       "x.called = 1 - $3 AND CASE WHEN $3 = 1 THEN c.to_number ELSE "
		       "c.from_number END NOT IN ('', 'anonymous') AND c.type <> 'test' AND "
		       "CASE WHEN $3 = 1 THEN c.to_number ELSE c.from_number END NOT LIKE '*%' "
		       "ORDER BY x.started_at DESC, x.call_id DESC LIMIT 1",
		       "isd", tenant, extension_id, (int)called);
}
