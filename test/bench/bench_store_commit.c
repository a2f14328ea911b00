/**
 * @file bench_store_commit.c  Durable writes per second: one producer, and 64 that share commits
 *
 * Arguments: milliseconds of each measurement (2000).
 */
#include <pthread.h>
#include <stdatomic.h>
#include "bench_line.h"
#include "clock.h"
#include "folder.h"
#include "store.h"

enum { PRODUCERS = 64 };

static struct store *store;
static _Atomic bool over;
static _Atomic uint64_t written;
static unsigned measure_ms = 2000;

static int put(struct db *db, void *obj)
{
	return db_exec(db, "INSERT INTO counter (name, value) VALUES ($1, 1)", "s", obj);
}

static void *produce(void *arg)
{
	char name[32];

	for (unsigned i = 0; !over; i++) {
		snprintf(name, sizeof(name), "%p-%llu-%u", arg, (unsigned long long)clock_mono_us(),
			 i);
		if (store_write_wait(store, put, name))
			abort();
		++written;
	}
	return NULL;
}

static void measure(const char *name, unsigned producers, double limit)
{
	static char names[PRODUCERS]; /* their addresses tell producers apart */
	pthread_t threads[PRODUCERS];
	uint64_t commits = store_commits(store), start = clock_mono_us();
	double seconds;

	over = false;
	written = 0;
	for (unsigned i = 0; i < producers; i++)
		pthread_create(&threads[i], NULL, produce, &names[i]);
	usleep(measure_ms * 1000);
	over = true;
	for (unsigned i = 0; i < producers; i++)
		pthread_join(threads[i], NULL);
	seconds = (double)(clock_mono_us() - start) / 1e6;
	bench_line(name, (double)written / seconds, "writes/s", limit);
	if (producers > 1)
		bench_line("store.writes_per_commit",
			   (double)written / (double)(store_commits(store) - commits), "writes", 8);
}

int main(int argc, char *argv[])
{
	struct folder folder;
	char error[256];

	if (argc > 1)
		measure_ms = (unsigned)strtoul(argv[1], NULL, 10);
	folder_make(&folder);
	if (store_alloc(&store, &db_sqlite, folder.file, error, sizeof(error)))
		return 1;
	measure("store.commit_1", 1, 200);
	measure("store.commit_64", PRODUCERS, 2000);
	mem_deref(store);
	folder_remove(&folder);
	return 0;
}
