/**
 * @file bench_model_snapshot.c  Loading a tenant of 10,000 extensions, and looking things up in it
 *
 * Arguments: number of extensions (10000).
 */
#include "bench_line.h"
#include "clock.h"
#include "folder.h"
#include "migrate.h"
#include "reach.h"
#include "snapshot.h"

enum { TIMES = 10, LOOKUPS = 1000000, WALKS = 100000 };

static struct db *db;
static int64_t extensions = 10000;

static void sql(const char *text, const char *fmt, int64_t n)
{
	if (db_exec(db, text, fmt, n))
		abort();
}

static void fill(void)
{
	sql("INSERT INTO tenant (id, uuid, name, domain, country, currency, timezone, permissions, "
	    "settings, md5_allowed, version, home_node, lease_epoch, created_at) VALUES "
	    "(1, 'uuid', 'Big', 'big.example.com', 'US', 'USD', 'UTC', "
	    "'', '{}', 1, 1, '', 0, $1)",
	    "i", 0);
	sql("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) "
	    "INSERT INTO extension (tenant_id, id, number, name, caller_id_name, "
	    "caller_id_number, ring_ms, call_waiting, created_at, version) SELECT 1, "
	    "'0192f0c1-0000-7000-8000-' || (100000000000 + i), "
	    "CAST(100000 + i AS TEXT), 'Somebody Longname', '', '', 30000, 1, 0, 1 FROM n",
	    "i", extensions);
	sql("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) "
	    "INSERT INTO device (tenant_id, id, extension_id, name, browser, auth_user, ha1_md5, "
	    "ha1_sha256, sealed, sdes, user_agent, last_seen_at, expires_at, created_at, version) "
	    "SELECT 1, '0192f0c1-0000-7000-9000-' || (100000000000 + i), "
	    "'0192f0c1-0000-7000-8000-' || (100000000000 + i), 'Desk phone', 0, "
	    "CAST(100000 + i AS TEXT), '0123456789abcdef0123456789abcdef', "
	    "'0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', "
	    "'0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', "
	    "0, '', 0, 0, 0, 1 FROM n",
	    "i", extensions);
	sql("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) "
	    "INSERT INTO mailbox (tenant_id, extension_id, active, pin, pin_failures, "
	    "pin_locked_until, emails, attach, max_ms, max_messages, keep_days, greeting_id, "
	    "version) SELECT 1, '0192f0c1-0000-7000-8000-' || (100000000000 + i), 1, '', 0, 0, '', "
	    "'none', 180000, 100, 0, '', 1 FROM n",
	    "i", extensions);
}

/* Every tenth extension has settings, a rule and a blocked caller; half of them forward every call.
 */
static void fill_settings(void)
{
	static const char some[] =
		"WITH RECURSIVE n (i) AS (SELECT 10 UNION ALL SELECT i + 10 FROM n "
		"WHERE i + 10 <= $1) ";
	char text[1024];

	snprintf(text, sizeof(text),
		 "%s INSERT INTO extension_settings (tenant_id, extension_id, dnd, dnd_until, "
		 "dnd_by, dnd_at, follow, follow_by, follow_at, version) SELECT 1, "
		 "'0192f0c1-0000-7000-8000-' || (100000000000 + i), 0, 0, '', 0, i %% 40 = 0, "
		 "'Ana Souza', 1, 1 FROM n",
		 some);
	sql(text, "i", extensions);
	snprintf(text, sizeof(text),
		 "%s INSERT INTO extension_forward SELECT 1, "
		 "'0192f0c1-0000-7000-8000-' || (100000000000 + i), k.v, k.v <> 'all' OR i %% 20 = "
		 "0, "
		 "'100001', 0, 'Ana Souza', 1 FROM n, (SELECT 'all' AS v UNION SELECT 'busy' UNION "
		 "SELECT 'noanswer' UNION SELECT 'unregistered') k",
		 some);
	sql(text, "i", extensions);
	snprintf(text, sizeof(text),
		 "%s INSERT INTO follow_rule SELECT 1, '0192f0c1-0000-7000-8000-' || "
		 "(100000000000 + i), 0, '' FROM n",
		 some);
	sql(text, "i", extensions);
	snprintf(text, sizeof(text),
		 "%s INSERT INTO follow_dest SELECT 1, '0192f0c1-0000-7000-8000-' || "
		 "(100000000000 + i), p.v, '+12125550100', 0, 30000, 1 FROM n, "
		 "(SELECT 0 AS v UNION SELECT 1) p",
		 some);
	sql(text, "i", extensions);
	snprintf(text, sizeof(text),
		 "%s INSERT INTO call_block SELECT 1, '0192f0c1-0000-7000-a000-' || (100000000000 "
		 "+ i), "
		 "'0192f0c1-0000-7000-8000-' || (100000000000 + i), 'number', "
		 "'+1900' || (1000000 + i), 'reject', '', 1, 0, 1 FROM n",
		 some);
	sql(text, "i", extensions);
}

static void no_phones(struct reach_phones *p, const char *extension, void *arg)
{
	memset(p, 0, sizeof(*p));
}

static bool no_trunks(char why[REACH_TEXT], const char *number, void *arg)
{
	why[0] = '\0';
	return false;
}

/* What a change of a tenant reads anew: how much of it is shared depends on what was changed. */
static void renews(const struct tenant *t, const char *name, unsigned kept, double limit)
{
	uint64_t took = 0, start;
	struct tenant *next;

	for (int i = 0; i < TIMES; i++) {
		const struct tenant *old = i ? next : t;

		if (tenant_touch_but(db, 1, kept))
			abort();
		start = clock_mono_us();
		if (tenant_renew(&next, db, 1, old))
			abort();
		took += clock_mono_us() - start;
		if (i)
			shared_unref(old);
	}
	shared_unref(next);
	bench_line(name, (double)took / 1e3 / TIMES, "ms", limit);
}

/* Every decision of a call, to its end: what a call adds to its wires. */
static void walks(const struct tenant *t)
{
	const struct reach_asks asks = {.phones_h = no_phones, .outside_h = no_trunks};
	struct moment now = moment_of(t, clock_wall_ms());
	uint64_t start = clock_mono_us();
	struct reach r;

	for (int i = 0; i < WALKS; i++) {
		struct dest d = {.kind = DEST_extension};

		snprintf(d.target, sizeof(d.target), "%d", 100001 + (int)(i % extensions));
		reach_walk(&r, t, &d, "+16285550177", &now, &asks);
	}
	bench_line("model.decide_a_call", (double)(clock_mono_us() - start) / WALKS, "us", 100);
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
	fill_settings();
	start = clock_mono_us();
	for (int i = 0; i < TIMES; i++) {
		shared_unref(t);
		if (tenant_load(&t, db, 1))
			abort();
	}
	bench_line("model.snapshot_load", (double)(clock_mono_us() - start) / 1e3 / TIMES, "ms",
		   50);
	bench_line("model.snapshot_bytes", (double)tenant_bytes(t) / (double)extensions,
		   "bytes/extension", 700);
	renews(t, "model.snapshot_setting", TENANT_BULK, 10);
	renews(t, "model.snapshot_extension", TENANT_PHONES, 30);
	renews(t, "model.snapshot_phone", TENANT_EXTENSIONS, 30);
	lookups(t);
	walks(t);
	shared_unref(t);
	mem_deref(db);
	folder_remove(&folder);
	return 0;
}
