/**
 * @file bench_sip_dialog.c  CPU and memory of a call: INVITE, 180, 200, ACK, BYE; and of one
 * standing
 *
 * The server runs on a thread of its own and its CPU clock is read; the caller is a plain socket.
 * Arguments: number of calls (3000).
 */
#include "bench_line.h"
#include "unit/sip_dialog_rig.h"
#include "bench_sip_server.h"

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

static unsigned dialogs_h(void)
{
	return dialogs_count(stack);
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
	assert_int_equal(server.count, 0);
	bench_line("sip call set up and torn down", (double)ns / 1000 / calls, "us", 250);
}

static void bench_standing(void)
{
	size_t before = rss_kb();

	for (unsigned i = 0; i < calls; i++)
		set_up();
	(void)server_cpu_ns();
	assert_int_equal(server.count, calls);
	bench_line("memory of a standing call, its transaction included",
		   (double)(rss_kb() - before) / calls, "KiB", 40);
}

int main(int argc, char **argv)
{
	struct stack_handlers h = {.domain_h = rig_domain_h,
				   .account_h = rig_account_h,
				   .trunk_h = rig_trunk_h,
				   .invite_h = answer_invite_h};

	if (argc > 1)
		calls = (unsigned)strtoul(argv[1], NULL, 10);
	above.trunk = true;
	rig_conf.session_expires_s = 1800;
	server_start(&h, dialogs_h);
	phone_open(&peer, false, "127.0.0.1", stack_port(stack));
	bench_calls();
	bench_standing();
	server_stop();
	phone_close(&peer);
	return 0;
}
