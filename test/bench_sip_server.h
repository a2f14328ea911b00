/**
 * @file bench_sip_server.h  A SIP stack on a thread of its own, whose CPU a bench reads
 *
 * Included after the rig of test/unit, which owns `stack` and `rig_conf`.
 */
#ifndef CARILLON_BENCH_SIP_SERVER_H
#define CARILLON_BENCH_SIP_SERVER_H

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include "actor.h"

static struct {
	const struct stack_handlers *h;
	unsigned (*count_h)(void); /* what the bench wants counted on the server's thread */
	struct actor *core;
	pthread_t thread;
	pthread_barrier_t ready;
	_Atomic uint64_t ns;
	_Atomic unsigned count;
} server;

static void server_look_h(void *obj)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	server.count = server.count_h();
	server.ns = (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void server_quit_h(void *obj)
{
	re_cancel();
}

static void *server_main(void *arg)
{
	assert_int_equal(re_thread_init(), 0);
	assert_int_equal(poll_method_set(METHOD_EPOLL), 0);
	assert_int_equal(actor_attach(server.core), 0);
	rig_conf.software = "carillon/bench";
	assert_int_equal(sa_set_str(&rig_conf.bind, "127.0.0.1", 0), 0);
	assert_int_equal(stack_alloc(&stack, &rig_conf, server.h), 0);
	pthread_barrier_wait(&server.ready);
	(void)re_main(NULL);
	stack = mem_deref(stack);
	re_thread_close();
	return NULL;
}

/** Starts the stack with these handlers; rig_conf is filled in before */
static inline void server_start(const struct stack_handlers *h, unsigned (*count_h)(void))
{
	server.h = h;
	server.count_h = count_h;
	assert_int_equal(libre_init(), 0);
	assert_int_equal(actor_alloc(&server.core, "core", 64), 0);
	assert_int_equal(pthread_barrier_init(&server.ready, NULL, 2), 0);
	assert_int_equal(pthread_create(&server.thread, NULL, server_main, NULL), 0);
	pthread_barrier_wait(&server.ready);
}

static inline void server_stop(void)
{
	assert_int_equal(actor_post(server.core, server_quit_h, NULL), 0);
	pthread_join(server.thread, NULL);
	mem_deref(server.core);
	libre_close();
}

/** CPU of the server's thread so far; also brings server.count up to date */
static inline uint64_t server_cpu_ns(void)
{
	server.ns = 0;
	assert_int_equal(actor_post(server.core, server_look_h, NULL), 0);
	while (!server.ns)
		usleep(200);
	return server.ns;
}

/** Resident memory of this process, in KiB */
static inline size_t rss_kb(void)
{
	size_t pages = 0, total = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%zu %zu", &total, &pages), 2);
	fclose(f);
	return pages * 4;
}

#endif
