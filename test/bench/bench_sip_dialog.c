/**
 * @file bench_sip_dialog.c  CPU and memory of a call: INVITE, 180, 200, ACK, BYE; and of one
 * standing
 *
 * The server runs on a thread of its own and its CPU clock is read; the caller is a plain socket.
 * Arguments: number of calls (3000).
 */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include "actor.h"
#include "bench_line.h"
#include "unit/sip_dialog_rig.h"

static struct actor *core;
static _Atomic uint64_t server_ns;
static _Atomic unsigned server_dialogs;
static unsigned calls = 3000;

static void gone_h(struct dialog *d, const struct dialog_end *end, void *arg)
{
	mem_deref(d);
}

static void answer_invite_h(struct dialog *d, const struct sip_sender *from,
			    const struct sip_msg *msg, void *arg)
{
	static const struct dialog_handlers h = {.close_h = gone_h};

	dialog_set_handlers(d, &h, NULL);
	(void)dialog_ring(d, 180, NULL, 0);
	(void)dialog_answer(d, SDP_B, strlen(SDP_B));
}

static void cpu_h(void *obj)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	server_dialogs = dialogs_count(stack);
	server_ns = (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void quit_h(void *obj)
{
	re_cancel();
}

static void *server(void *arg)
{
	pthread_barrier_t *ready = arg;
	struct stack_handlers h = {.domain_h = rig_domain_h,
				   .account_h = rig_account_h,
				   .trunk_h = rig_trunk_h,
				   .invite_h = answer_invite_h};

	assert_int_equal(re_thread_init(), 0);
	assert_int_equal(poll_method_set(METHOD_EPOLL), 0);
	assert_int_equal(actor_attach(core), 0);
	above.trunk = true;
	rig_conf.software = "carillon/bench";
	rig_conf.session_expires_s = 1800;
	assert_int_equal(sa_set_str(&rig_conf.bind, "127.0.0.1", 0), 0);
	assert_int_equal(stack_alloc(&stack, &rig_conf, &h), 0);
	pthread_barrier_wait(ready);
	(void)re_main(NULL);
	stack = mem_deref(stack);
	re_thread_close();
	return NULL;
}

static uint64_t server_cpu_ns(void)
{
	server_ns = 0;
	assert_int_equal(actor_post(core, cpu_h, NULL), 0);
	while (!server_ns)
		usleep(200);
	return server_ns;
}

static size_t rss_kb(void)
{
	size_t pages = 0, total = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%zu %zu", &total, &pages), 2);
	fclose(f);
	return pages * 4;
}

static void wait_code(unsigned want)
{
	unsigned code;

	do {
		while (!phone_take(&peer))
			;
		code = (unsigned)atoi(peer.text + 8);
	} while (code < want);
	if (code != want)
		fail_msg("%u expected:\n%s", want, peer.text);
}

static void set_up(void)
{
	talk_new(&peer);
	talk_ask(&peer, "INVITE", talk.cseq, talk_contact(&peer), SDP_A);
	wait_code(200);
	talk_learn(&peer);
	talk_ask(&peer, "ACK", talk.cseq, NULL, NULL);
}

static void bench_calls(void)
{
	uint64_t ns = server_cpu_ns();

	for (unsigned i = 0; i < calls; i++) {
		set_up();
		talk_ask(&peer, "BYE", talk.cseq + 1, NULL, NULL);
		wait_code(200);
	}
	ns = server_cpu_ns() - ns;
	assert_int_equal(server_dialogs, 0);
	bench_line("sip call set up and torn down", (double)ns / 1000 / calls, "us", 250);
}

static void bench_standing(void)
{
	size_t before = rss_kb();

	for (unsigned i = 0; i < calls; i++)
		set_up();
	(void)server_cpu_ns();
	assert_int_equal(server_dialogs, calls);
	bench_line("memory of a standing call, its transaction included",
		   (double)(rss_kb() - before) / calls, "KiB", 40);
}

int main(int argc, char **argv)
{
	pthread_barrier_t ready;
	pthread_t thread;

	if (argc > 1)
		calls = (unsigned)strtoul(argv[1], NULL, 10);
	assert_int_equal(libre_init(), 0);
	assert_int_equal(actor_alloc(&core, "core", 64), 0);
	assert_int_equal(pthread_barrier_init(&ready, NULL, 2), 0);
	assert_int_equal(pthread_create(&thread, NULL, server, &ready), 0);
	pthread_barrier_wait(&ready);
	phone_open(&peer, false, "127.0.0.1", stack_port(stack));
	bench_calls();
	bench_standing();
	assert_int_equal(actor_post(core, quit_h, NULL), 0);
	pthread_join(thread, NULL);
	phone_close(&peer);
	mem_deref(core);
	libre_close();
	return 0;
}
