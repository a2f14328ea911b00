/**
 * @file bench_model_calls.c  A page of 50 calls among five million: first, deep, of one extension,
 * rare
 *
 * Arguments: number of calls (5000000).
 */
#include <time.h>
#include "bench_line.h"
#include "cdr.h"
#include "folder.h"
#include "migrate.h"
#include "own.h"

enum { TENANT = 1, PAGE = 50, TIMES = 100, WRITTEN = 1000 };
static const double page_ms = 30;

static struct db *db;
static int64_t calls = 5000000;

/* What others do on the machine does not count */
static uint64_t cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void sql(const char *text, const char *fmt, int64_t n)
{
	if (db_exec(db, text, fmt, n))
		abort();
}

/* 200 extensions; every 100,000th call was busy, the others alternate. */
static void fill(void)
{
	sql("INSERT INTO tenant (id, uuid, name, domain, country, currency, timezone, permissions, "
	    "settings, md5_allowed, version, home_node, lease_epoch, created_at) VALUES "
	    "(1, 'uuid', 'Big', 'big.example.com', 'US', 'USD', 'UTC', "
	    "'', '{}', 1, 1, '', 0, $1)",
	    "i", 0);
	sql("WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < $1) "
	    "INSERT INTO extension (tenant_id, id, number, name, caller_id_name, "
	    "caller_id_number, ring_ms, call_waiting, created_at, version) SELECT 1, 'e' || i, "
	    "CAST(i AS TEXT), 'Somebody', '', '', 30000, "
	    "1, 0, 1 FROM n",
	    "i", 1199);
	sql("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) "
	    "INSERT INTO call SELECT 1, 'id' || i, CASE WHEN i % 2 = 0 THEN 'in' ELSE 'out' END, "
	    "CASE WHEN i % 100000 = 7 THEN 'busy' WHEN i % 3 = 0 THEN 'noanswer' ELSE 'answered' "
	    "END, '+1415555' || (i % 10000), 'Caller ' || (i % 1000), '', "
	    "CAST(1000 + i % 200 AS TEXT), 'Somebody', CAST(1000 + i % 200 AS TEXT), '', '', '', "
	    "i * 1000, 0, i * 1000 + 500, 500, 0, 'NORMAL', 0, "
	    "CASE WHEN i % 10000 = 3 THEN 'fax' ELSE 'voice' END, 0, '', '', '' FROM n",
	    "i", calls);
	sql("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) "
	    "INSERT INTO call_extension SELECT 1, 'e' || (1000 + i % 200), i * 1000, "
	    "'id' || i, 1 FROM n",
	    "i", calls);
}

static int count_h(const struct cdr *c, void *arg)
{
	++*(unsigned *)arg;
	return 0;
}

static void page(const char *name, struct cdr_filter f, unsigned at_least)
{
	struct cdr_cursor next;
	uint64_t start = cpu_us();
	unsigned n = 0;

	f.tenant = TENANT;
	f.limit = PAGE;
	for (int i = 0; i < TIMES; i++) {
		n = 0;
		if (cdr_list(&next, db, &f, count_h, &n) || n < at_least)
			abort();
	}
	bench_line(name, (double)(cpu_us() - start) / 1e3 / TIMES, "ms", page_ms);
}

static void write_one(void)
{
	uint64_t start = cpu_us();

	(void)db->driver->begin_h(db, true);
	for (int i = 0; i < WRITTEN; i++) {
		struct cdr *c;

		if (cdr_alloc(&c, 2, 6))
			abort();
		c->tenant = TENANT;
		c->started_at = calls * 1000 + i;
		str_ncpy(c->id, id_new().s, sizeof(c->id));
		str_ncpy(c->from.extension, "1001", sizeof(c->from.extension));
		c->leg_count = 2;
		c->line_count = 6;
		if (cdr_write(db, c))
			abort();
		mem_deref(c);
	}
	(void)db->driver->commit_h(db);
	bench_line("model.cdr_write", (double)(cpu_us() - start) / WRITTEN, "us", 1000);
}

static int ends_h(const struct cdr *c, void *arg)
{
	struct cdr_leg ends[2];

	++*(unsigned *)arg;
	return cdr_ends(ends, db, c);
}

/* What write_one() wrote, in pages like those of the CSV file: the file asks for each call's ends
 */
static void export(const char *name, cdr_h *h, double limit)
{
	struct cdr_filter f = {.tenant = TENANT, .limit = 100};
	struct cdr_cursor next;
	uint64_t start = cpu_us();
	unsigned n = 0;

	do {
		if (cdr_list(&next, db, &f, h, &n))
			abort();
		f.before_at = next.at;
		str_ncpy(f.before_id, next.id, sizeof(f.before_id));
	} while (n < WRITTEN);
	bench_line(name, (double)(cpu_us() - start) / n, "us/row", limit);
}

int main(int argc, char *argv[])
{
	struct folder folder;
	char error[256];

	if (argc > 1)
		calls = strtoll(argv[1], NULL, 10);
	folder_make(&folder);
	if (db_sqlite.open_h(&db, folder.file, DB_CREATE) ||
	    migrate(db, migrations, migration_count, error, sizeof(error)))
		return 1;
	fill();
	page("model.calls_first", (struct cdr_filter){0}, PAGE);
	page("model.calls_deep", (struct cdr_filter){.before_at = calls * 500, .before_id = "id"},
	     PAGE);
	page("model.calls_extension", (struct cdr_filter){.extension = "1042"}, PAGE);
	page("model.calls_missed", (struct cdr_filter){.extension = "1042", .missed = true}, PAGE);
	page("model.calls_search", (struct cdr_filter){.q = "caller 77"}, 1);
	page("model.calls_rare", (struct cdr_filter){.by_result = true, .result = CDR_busy}, 0);
	page("model.calls_fax", (struct cdr_filter){.by_type = true, .type = CDR_TYPE_fax}, PAGE);
	write_one();
	export("model.calls_csv_bare", count_h, 0);
	export("model.calls_csv", ends_h, 100);
	mem_deref(db);
	folder_remove(&folder);
	return 0;
}
