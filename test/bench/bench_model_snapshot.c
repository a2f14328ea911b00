/**
 * @file bench_model_snapshot.c  Loading a tenant of 10,000 extensions, and looking things up in it
 *
 * Arguments: number of extensions (10000).
 */
#include "bench_line.h"
#include "clock.h"
#include "folder.h"
#include "migrate.h"
#include "snapshot.h"

enum { TIMES = 10, LOOKUPS = 1000000 };

static struct db *db;
static int64_t extensions = 10000;

static void sql(const char *text, const char *fmt, int64_t n)
{
	if (db_exec(db, text, fmt, n))
		abort();
}

static void fill(void)
{
	sql("INSERT INTO tenant VALUES (1, 'uuid', 'Big', 'big.example.com', 'US', 'USD', 'UTC', "
	    "'', '{}', 1, 1, '', 0, $1)",
	    "i", 0);
	sql("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) "
	    "INSERT INTO extension SELECT 1, '0192f0c1-0000-7000-8000-' || (100000000000 + i), "
	    "CAST(100000 + i AS TEXT), 'Somebody Longname', '', '', 30000, 1, 0, 1 FROM n",
	    "i", extensions);
	sql("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) "
	    "INSERT INTO device SELECT 1, '0192f0c1-0000-7000-9000-' || (100000000000 + i), "
	    "'0192f0c1-0000-7000-8000-' || (100000000000 + i), 'Desk phone', 0, "
	    "CAST(100000 + i AS TEXT), '0123456789abcdef0123456789abcdef', "
	    "'0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', "
	    "'0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', "
	    "0, '', 0, 0, 0, 1 FROM n",
	    "i", extensions);
}

static void lookups(const struct tenant *t)
{
	uint64_t start = clock_mono_us();
	char number[16];

	for (int i = 0; i < LOOKUPS; i++) {
		snprintf(number, sizeof(number), "%d", 100001 + (int)(i % extensions));
		if (!tenant_extension(t, number))
			abort();
	}
	bench_line("model.snapshot_lookup", (double)(clock_mono_us() - start) * 1e3 / LOOKUPS, "ns",
		   2000);
}

int main(int argc, char *argv[])
{
	struct folder folder;
	struct tenant *t = NULL;
	char error[256];
	uint64_t start;

	if (argc > 1)
		extensions = strtoll(argv[1], NULL, 10);
	folder_make(&folder);
	if (db_sqlite.open_h(&db, folder.file, DB_CREATE) ||
	    migrate(db, migrations, migration_count, error, sizeof(error)))
		return 1;
	fill();
	start = clock_mono_us();
	for (int i = 0; i < TIMES; i++) {
		shared_unref(t);
		if (tenant_load(&t, db, 1))
			abort();
	}
	bench_line("model.snapshot_load", (double)(clock_mono_us() - start) / 1e3 / TIMES, "ms",
		   200);
	bench_line("model.snapshot_bytes", (double)tenant_bytes(t) / (double)extensions,
		   "bytes/extension", 700);
	lookups(t);
	shared_unref(t);
	mem_deref(db);
	folder_remove(&folder);
	return 0;
}
