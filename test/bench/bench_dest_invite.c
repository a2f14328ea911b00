/**
 * @file bench_dest_invite.c  From an INVITE to the first INVITE that goes out, in a tenant of
 * 10,000 extensions
 *
 * On wires in memory (test/flow/fake): what the exchange, the flow and the rules cost, without
 * SIP's own parsing, which bench_sip_dialog measures. Arguments: number of extensions (10000).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "../flow/fake/fake.h"
#include "bench_line.h"
#include "clock.h"
#include "log.h"

enum { ROUNDS = 50, CALLS = 40 };

static int fill(struct db *db, void *obj)
{
	return db_exec(
		db,
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2) "
		"INSERT INTO extension (tenant_id, id, number, name, caller_id_name, "
		"caller_id_number, ring_ms, call_waiting, created_at, version) "
		"SELECT $1, '0192f0c1-0000-7000-8000-' || (100000000000 + i), "
		"CAST(100000 + i AS TEXT), 'Somebody', '', '', 30000, 1, 0, 1 FROM n",
		"ii", world.northwind->id, *(int64_t *)obj);
}

static double round_us(void)
{
	uint64_t start, us = 0;

	if (world_reset(NULL))
		abort();
	fake_register(world.northwind->id, "1003", "phone", false);
	for (unsigned i = 0; i < CALLS; i++) {
		start = clock_mono_us();
		(void)fake_invite("1001", "1002");
		us += clock_mono_us() - start;
		if (fake_out_count() != i + 1)
			abort();
	}
	return (double)us / CALLS;
}

int main(int argc, char *argv[])
{
	int64_t extensions = argc > 1 ? strtoll(argv[1], NULL, 10) : 10000;
	struct extension_settings s;
	double us = 0;

	log_set_level(LOG_ERROR);
	if (world_setup(NULL) || store_write_wait(world.store, fill, &extensions))
		return 1;
	s = world_settings("1002");
	s.forward[FORWARD_all].on = true;
	strcpy(s.forward[FORWARD_all].number, "1003");
	world_set(&s);
	for (unsigned i = 0; i < ROUNDS; i++)
		us += round_us() / ROUNDS;
	bench_line("dest.invite_to_invite", us / 1000, "ms", 2);
	return world_teardown(NULL);
}
