/**
 * @file bench_sip_register.c  CPU and memory of registrations, and of a flood without passwords
 *
 * The server runs on a thread of its own and its CPU clock is read; phones are a plain socket.
 * Arguments: number of phones (5000).
 */
#include "bench_line.h"
#include "unit/sip_rig.h"
#include "bench_sip_server.h"

enum { FLOOD = 312 * 64, WINDOW = 64 };

static struct phone phone;
static unsigned phones = 5000;

static bool many_account_h(struct sip_account *acc, const struct pl *domain, const struct pl *user,
			   void *arg)
{
	static const struct pl realm = PL("northwind.localhost");
	static char ha1[TEXT_SHA256];

	/* one HA1 for all: what is measured is the stack, not the directory */
	if (!ha1[0])
		digest_ha1(ha1, DIGEST_SHA256, "same", &realm, "demo");
	acc->tenant = 1;
	(void)text_copy_pl(acc->domain, sizeof(acc->domain), domain);
	(void)text_copy_pl(acc->aor_user, sizeof(acc->aor_user), user);
	(void)text_copy_pl(acc->auth_user, sizeof(acc->auth_user), user);
	(void)text_copy_pl(acc->device, sizeof(acc->device), user);
	memcpy(acc->ha1_sha256, ha1, sizeof(ha1));
	return true;
}

static unsigned bindings_h(void)
{
	return registrar_count(stack);
}

static void send_register(unsigned i, unsigned cseq, const char *auth)
{
	phone_send(
		&phone,
		"REGISTER sip:northwind.localhost SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bKb%u-%u;rport\r\nMax-Forwards: 70\r\n"
		"From: \"Phone %u\" <sip:u%u@northwind.localhost>;tag=t%u\r\n"
		"To: <sip:u%u@northwind.localhost>\r\nCall-ID: c%u@bench\r\n"
		"CSeq: %u REGISTER\r\nContact: <sip:u%u@127.0.0.1:%u>;expires=3600\r\n%s"
		"User-Agent: bench phone 1.0\r\nAllow: INVITE, ACK, BYE, CANCEL, OPTIONS\r\n"
		"Content-Length: 0\r\n\r\n",
		phone.port, i, cseq, i, i, i, i, i, cseq, i, phone.port, auth);
}

static void wait_code(unsigned want)
{
	while (!phone_take(&phone))
		;
	if ((unsigned)atoi(phone.text + 8) != want)
		fail_msg("%u expected:\n%s", want, phone.text);
}

static const char *signed_line(unsigned i)
{
	static char line[600];
	struct digest_params d = {.alg = DIGEST_SHA256};
	static const struct pl met = PL("REGISTER"), realm = PL("northwind.localhost");
	char ha1[TEXT_SHA256], response[TEXT_SHA256];

	pl_set_str(&d.nonce, phone_between(&phone, "nonce=\"", "\""));
	pl_set_str(&d.uri, "sip:northwind.localhost");
	pl_set_str(&d.nc, "00000001");
	pl_set_str(&d.cnonce, "cafe");
	pl_set_str(&d.qop, "auth");
	digest_ha1(ha1, d.alg, "same", &realm, "demo");
	assert_true(digest_response(response, &d, &met, ha1));
	(void)re_snprintf(line, sizeof(line),
			  "Authorization: Digest username=\"u%u\", realm=\"northwind.localhost\", "
			  "nonce=\"%r\", uri=\"sip:northwind.localhost\", response=\"%s\", "
			  "algorithm=SHA-256, qop=auth, nc=00000001, cnonce=\"cafe\"\r\n",
			  i, &d.nonce, response);
	return line;
}

static void register_one(unsigned i)
{
	send_register(i, 1, "");
	wait_code(401);
	send_register(i, 2, signed_line(i));
	wait_code(200);
}

static void bench_registrations(void)
{
	size_t before = rss_kb();
	uint64_t ns = server_cpu_ns();

	for (unsigned i = 0; i < phones; i++)
		register_one(i);
	ns = server_cpu_ns() - ns;
	assert_int_equal(server.count, phones);
	bench_line("sip registration, challenge and digest", (double)ns / 1000 / phones, "us", 200);
	bench_line("memory of a binding, its transaction included",
		   (double)(rss_kb() - before) / phones, "KiB", 0);
}

static void bench_flood(void)
{
	size_t before = rss_kb();
	uint64_t ns = server_cpu_ns();

	for (unsigned i = 0; i < FLOOD; i += WINDOW) {
		for (unsigned j = 0; j < WINDOW; j++)
			send_register(1000000 + i + j, 1, "");
		for (unsigned j = 0; j < WINDOW; j++)
			wait_code(401);
	}
	ns = server_cpu_ns() - ns;
	bench_line("sip request without a password", (double)ns / 1000 / FLOOD, "us", 0);
	bench_line("memory of 20,000 of them", (double)rss_kb() - (double)before, "KiB", 0);
}

int main(int argc, char **argv)
{
	struct stack_handlers h = {.domain_h = rig_domain_h, .account_h = many_account_h};

	if (argc > 1)
		phones = (unsigned)strtoul(argv[1], NULL, 10);
	rig_conf.register_min_s = 60;
	rig_conf.register_max_s = 3600;
	server_start(&h, bindings_h);
	phone_open(&phone, false, "127.0.0.1", stack_port(stack));
	bench_registrations();
	bench_flood();
	server_stop();
	phone_close(&phone);
	return 0;
}
