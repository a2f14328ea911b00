/**
 * @file phone_test.c  The scene's phones among themselves: what they claim to do and to hear is
 * true
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "phone.h"

enum { PATIENCE_MS = 5000, TICK = 10 };

static const double LOW = 740, HIGH = 1390;

struct pair {
	struct phone *a, *b;
};

typedef bool(until_h)(const struct pair *p);

static struct {
	const struct pair *p;
	until_h *h;
	uint64_t end;
	bool ok;
	struct tmr tmr;
} wait;

static void look(void *arg)
{
	wait.ok = wait.h(wait.p);
	if (wait.ok || tmr_jiffies() > wait.end)
		re_cancel();
	else
		tmr_start(&wait.tmr, TICK, look, NULL);
}

static bool until(const struct pair *p, until_h *h)
{
	wait.p = p;
	wait.h = h;
	wait.end = tmr_jiffies() + PATIENCE_MS;
	tmr_start(&wait.tmr, 1, look, NULL);
	(void)re_main(NULL);
	tmr_cancel(&wait.tmr);
	return wait.ok;
}

static void pair_open(struct pair *p, bool srtp)
{
	struct phone_conf conf = {.name = "b",
				  .number = "1002",
				  .domain = "example.localhost",
				  .password = "x",
				  .local = "127.0.0.1",
				  .server = "127.0.0.1:9",
				  .tp = SIP_TRANSP_UDP,
				  .srtp = srtp,
				  .tone = HIGH};
	char server[64];
	struct sa sa;

	assert_int_equal(phone_alloc(&p->b, &conf, NULL, NULL), 0);
	assert_int_equal(sip_transp_laddr(p->b->sip, &sa, SIP_TRANSP_UDP, &p->b->local), 0);
	(void)re_snprintf(server, sizeof(server), "%J", &sa);
	conf.name = "a";
	conf.number = "1001";
	conf.server = server;
	conf.tone = LOW;
	assert_int_equal(phone_alloc(&p->a, &conf, NULL, NULL), 0);
}

static void pair_close(struct pair *p)
{
	mem_deref(p->a);
	mem_deref(p->b);
}

static bool b_rings(const struct pair *p)
{
	const struct line *l = phone_line(p->b, 0);

	return l && l->state == LINE_RINGING;
}

static bool both_up(const struct pair *p)
{
	return phone_line(p->a, 0)->state == LINE_UP && phone_line(p->b, 0)->state == LINE_UP;
}

static bool both_over(const struct pair *p)
{
	return phone_line(p->a, 0)->state == LINE_OVER && phone_line(p->b, 0)->state == LINE_OVER;
}

static bool hear_each_other(const struct pair *p)
{
	return ear_share(&phone_line(p->a, 0)->voice->ear, HIGH) > 0.9 &&
	       ear_share(&phone_line(p->b, 0)->voice->ear, LOW) > 0.9;
}

static bool keys_there(const struct pair *p)
{
	return !strcmp(phone_line(p->b, 0)->voice->keys_in, "1234#");
}

static bool info_there(const struct pair *p)
{
	return !strcmp(phone_line(p->b, 0)->info, "*9");
}

static bool b_is_held(const struct pair *p)
{
	return sdp_media_dir(phone_line(p->b, 0)->audio) == SDP_RECVONLY;
}

static bool b_is_back(const struct pair *p)
{
	return sdp_media_dir(phone_line(p->b, 0)->audio) == SDP_SENDRECV;
}

static void connect_pair(struct pair *p, const struct dial *d)
{
	struct line *l;

	assert_int_equal(line_dial(&l, p->a, d), 0);
	assert_true(until(p, b_rings));
	assert_int_equal(line_answer(phone_line(p->b, 0)), 0);
	assert_true(until(p, both_up));
}

static void call(bool srtp, bool no_offer)
{
	struct dial d = {.number = "1002", .no_offer = no_offer};
	struct pair p;

	pair_open(&p, srtp);
	connect_pair(&p, &d);
	assert_string_equal(phone_line(p.b, 0)->peer_number, "1001");
	assert_true(until(&p, hear_each_other));
	assert_int_equal(phone_line(p.b, 0)->voice->bad, 0);
	line_hangup(phone_line(p.a, 0));
	assert_true(until(&p, both_over));
	pair_close(&p);
}

static void test_call(void **state)
{
	call(false, false);
}

static void test_call_srtp(void **state)
{
	call(true, false);
}

static void test_call_without_offer(void **state)
{
	call(false, true);
}

static void test_keys_and_hold(void **state)
{
	struct dial d = {.number = "1002"};
	struct pair p;

	pair_open(&p, false);
	connect_pair(&p, &d);
	assert_int_equal(voice_press(phone_line(p.a, 0)->voice, "1234#"), 0);
	assert_true(until(&p, keys_there));
	assert_int_equal(voice_press(phone_line(p.a, 0)->voice, "1x"), EINVAL);
	assert_int_equal(line_info(phone_line(p.a, 0), "*9"), 0);
	assert_true(until(&p, info_there));
	assert_int_equal(line_hold(phone_line(p.a, 0), true), 0);
	assert_true(until(&p, b_is_held));
	assert_int_equal(line_hold(phone_line(p.a, 0), false), 0);
	assert_true(until(&p, b_is_back));
	assert_true(until(&p, hear_each_other));
	pair_close(&p);
}

static bool a_was_refused(const struct pair *p)
{
	return phone_line(p->a, 0)->state == LINE_OVER && phone_line(p->a, 0)->code == 486;
}

static bool b_was_cancelled(const struct pair *p)
{
	return phone_line(p->b, 0)->state == LINE_OVER;
}

static void test_refused_and_cancelled(void **state)
{
	struct dial d = {.number = "1002"};
	struct line *l;
	struct pair p;

	pair_open(&p, false);
	assert_int_equal(line_dial(&l, p.a, &d), 0);
	assert_true(until(&p, b_rings));
	assert_int_equal(line_reject(phone_line(p.b, 0), 486), 0);
	assert_true(until(&p, a_was_refused));
	assert_int_equal(line_dial(&l, p.a, &d), 0);
	assert_true(until(&p, b_rings));
	line_hangup(l);
	assert_true(until(&p, b_was_cancelled));
	pair_close(&p);
}

static void test_ear(void **state)
{
	struct ear e = {.count = 0};
	int16_t v[EAR_WINDOW] = {0};

	ear_hear(&e, v, EAR_WINDOW);
	assert_true(ear_level(&e) < 1);
	assert_true(ear_share(&e, 1000) == 0);
	for (int i = 0; i < EAR_WINDOW; i++)
		v[i] = (int16_t)(5000 * sin(2 * M_PI * 1000 * i / EAR_RATE));
	ear_hear(&e, v, EAR_WINDOW);
	assert_true(ear_share(&e, 1000) > 0.98 && ear_share(&e, 1000) < 1.02);
	for (int i = 0; i < EAR_WINDOW; i++)
		v[i] = i % 8 < 4 ? 4000 : -4000; /* a square wave of 1000 Hz */
	ear_hear(&e, v, EAR_WINDOW);
	assert_true(ear_share(&e, 1000) > 0.7 && ear_share(&e, 1000) < 0.9);
	assert_true(ear_share(&e, 1100) < 0.01);
	assert_true(ear_loudest(&e) == 1000);
}

static int start(void **state)
{
	int err = libre_init();

	return err ? err : poll_method_set(METHOD_EPOLL);
}

static int stop(void **state)
{
	libre_close();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ear),	      cmocka_unit_test(test_call),
		cmocka_unit_test(test_call_srtp),     cmocka_unit_test(test_call_without_offer),
		cmocka_unit_test(test_keys_and_hold), cmocka_unit_test(test_refused_and_cancelled),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
