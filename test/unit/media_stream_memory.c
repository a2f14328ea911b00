/**
 * @file media_stream_memory.c  Media sessions are set up and torn down while memory fails
 *
 * What fails is what the core asks for; the workers take what they are given. Each life has an
 * engine of its own, whose end waits for the workers.
 */
#include "media_rig.h"
#include "memory.h"

static void nothing_h(struct stream *s, const struct stream_event *ev, void *arg)
{
}

static struct stream_remote remote_of(const struct stream *other)
{
	struct stream_remote r = {.codec = CODEC_PCMU,
				  .pt_send = 0,
				  .pt_recv = 0,
				  .event_pt_send = 101,
				  .event_pt_recv = 101,
				  .event_rate = 8000,
				  .ptime = 20,
				  .direction = STREAM_BOTH};

	sa_set_str(&r.rtp, "127.0.0.1", stream_local(other)->port);
	r.rtcp = r.sip_source = r.rtp;
	return r;
}

static void talk(struct stream *a, struct stream *b)
{
	struct stream_remote r = remote_of(b);

	(void)stream_update(a, &r);
	r = remote_of(a);
	r.codec = CODEC_PCMA;
	r.pt_send = r.pt_recv = 8;
	(void)stream_update(b, &r);
	stream_bridge(a, b);
	(void)stream_play(a, "tone:ring", true);
	(void)stream_play(b, "silence:40", false);
	stream_send_dtmf(a, '5', 100);
	stream_listen_voice(b, true);
	stream_bridge(a, NULL);
}

static void confer(struct engine *e, struct stream *a, struct stream *b)
{
	struct mix *m = NULL;

	if (mix_alloc(&m, e, 7))
		return;
	mix_add(m, a, true);
	mix_add(m, b, false);
	mix_remove(m, a);
	mem_deref(m);
}

static void a_session(void)
{
	struct engine_conf conf = {.workers = 1, .core = core};
	struct stream *a = NULL, *b = NULL;
	struct engine *e = NULL;
	int err;

	sa_set_str(&conf.bind, "127.0.0.1", 0);
	err = engine_alloc(&e, &conf);
	err = err ? err : stream_alloc(&a, e, 7, nothing_h, NULL);
	err = err ? err : stream_alloc(&b, e, 7, nothing_h, NULL);
	assert_true(!err || err == ENOMEM);
	if (!err) {
		talk(a, b);
		confer(e, a, b);
	}
	mem_deref(a);
	mem_deref(b);
	if (e)
		assert_int_equal(engine_streams(e), 0);
	mem_deref(e);
}

static void core_hears(void)
{
	actor_run(core);
}

static int open_core(void **state)
{
	return actor_alloc(&core, "core", 100000);
}

static int close_core(void **state)
{
	core = mem_deref(core);
	return 0;
}

static void test_a_session(void **state)
{
	memory_sweep(a_session, core_hears, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_session, open_core, close_core),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
