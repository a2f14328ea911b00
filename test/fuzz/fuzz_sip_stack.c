/**
 * @file fuzz_sip_stack.c  Mutated SIP messages against the stack
 *
 * From a seed: messages of the torture corpus and some of our own are cut, spliced, repeated and
 * flipped. They go in by UDP, by TCP in pieces, and, because no mutation guesses a password,
 * straight into the registrar and the subscriptions as if they were authenticated. After each batch
 * an OPTIONS is answered.
 */
#include <dirent.h>
#include "unit/sip_rig.h"

enum { MESSAGES = 50000, BATCH = 40, CORPUS = 80, SIZE = 9000 };

static const char *const own[] = {
	"REGISTER sip:northwind.localhost SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK1;"
	"rport\r\nMax-Forwards: 70\r\nFrom: <sip:1001@northwind.localhost>;tag=1\r\nTo: "
	"<sip:1001@northwind.localhost>\r\nCall-ID: r\r\nCSeq: 1 REGISTER\r\nContact: "
	"<sip:1001@127.0.0.1:9>;expires=90;+sip.instance=\"<urn:uuid:1>\";reg-id=1\r\nPath: "
	"<sip:p;lr>\r\nExpires: 60\r\nSupported: path, outbound\r\nAuthorization: Digest "
	"username=\"1001\", realm=\"northwind.localhost\", nonce=\"00\", uri=\"sip:x\", "
	"response=\"00\", qop=auth, nc=00000001, cnonce=\"c\"\r\nContent-Length: 0\r\n\r\n",
	"SUBSCRIBE sip:1002@northwind.localhost SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch="
	"z9hG4bK2;rport\r\nMax-Forwards: 70\r\nFrom: <sip:1001@northwind.localhost>;tag=1\r\nTo: "
	"<sip:1002@northwind.localhost>\r\nCall-ID: s\r\nCSeq: 1 SUBSCRIBE\r\nEvent: "
	"dialog;id=4\r\n"
	"Record-Route: <sip:a;lr>, <sip:b;lr>\r\nContact: <sip:1001@127.0.0.1:9>\r\nExpires: "
	"600\r\n"
	"Content-Length: 0\r\n\r\n",
	"INVITE sip:1002@northwind.localhost SIP/2.0\r\nVia: SIP/2.0/UDP "
	"127.0.0.1:9;branch=z9hG4bK3"
	"\r\nMax-Forwards: 70\r\nFrom: <sip:1001@northwind.localhost>;tag=1\r\nTo: <sip:1002@"
	"northwind.localhost>\r\nCall-ID: i\r\nCSeq: 1 INVITE\r\nContact: <sip:1001@127.0.0.1>\r\n"
	"Require: replaces\r\nContent-Type: application/sdp\r\nContent-Length: 4\r\n\r\nv=0\n",
	"SIP/2.0 401 No\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK4\r\nFrom: <sip:a@b>;tag=1\r\n"
	"To: <sip:a@b>;tag=2\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nWWW-Authenticate: Digest "
	"realm=\"r\", nonce=\"n\", qop=\"auth,auth-int\", algorithm=SHA-256, opaque=\"o\"\r\n\r\n",
};

static const char *const words[] = {
	"\r\n",	      "\r\n\r\n", "\r\n ", ":",	      ",",	 ";",	    "<",	">",
	"\"",	      "\\",	  "@",	   "=",	      "%00",	 "*",	    "0",	"-1",
	"4294967296", "SIP/2.0",  "sip:",  "Via: ",   "From:",	 "To: ",    "\xff\xfe", "Contact: ",
	";tag=",      "expires=", "[::1]", ";maddr=", "Digest ", "Event: ", "z9hG4bK",	"\0",
};

static struct {
	char *p;
	size_t n;
} corpus[CORPUS];
static size_t corpora;
static uint64_t seed = 1;
static struct phone probe, tcp;

static uint32_t rnd(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return below ? (uint32_t)(seed >> 11) % below : 0;
}

static void corpus_add(const char *p, size_t n)
{
	assert_true(corpora < CORPUS && n < SIZE / 2);
	corpus[corpora].p = malloc(n);
	assert_non_null(corpus[corpora].p);
	memcpy(corpus[corpora].p, p, n);
	corpus[corpora++].n = n;
}

static void corpus_file(const char *dir, const char *name)
{
	static char buf[SIZE];
	char path[512];
	size_t n;
	FILE *f;

	(void)text_printf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	n = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	corpus_add(buf, n);
}

static void corpus_folder(const char *name)
{
	char path[256];
	struct dirent *e;
	DIR *d;

	(void)text_printf(path, sizeof(path), "%s/test/data/%s", TEST_SOURCE_DIR, name);
	d = opendir(path);
	assert_non_null(d);
	while ((e = readdir(d))) {
		if (e->d_name[0] != '.')
			corpus_file(path, e->d_name);
	}
	closedir(d);
}

/* Puts w between the first `at` bytes and the rest */
static size_t insert(char *buf, size_t n, size_t at, const char *w, size_t l)
{
	if (n + l > SIZE)
		return n;
	memmove(buf + at + l, buf + at, n - at);
	memcpy(buf + at, w, l);
	return n + l;
}

static size_t mutate_once(char *buf, size_t n)
{
	static char copy[SIZE];
	size_t at = rnd((uint32_t)n), l = 1 + rnd(rnd(4) ? 8 : 400), c = rnd((uint32_t)corpora);
	const char *w = words[rnd(COUNT(words))];

	switch (n < 2 ? 3 : rnd(6)) {
	case 0:
		buf[at] = (char)rnd(256);
		return n;
	case 1:
		l = MIN(l, n - at);
		memmove(buf + at, buf + at + l, n - at - l);
		return n - l;
	case 2:
		l = MIN(l, n - at);
		memcpy(copy, buf + at, l);
		return insert(buf, n, at, copy, l);
	case 3:
		return insert(buf, n, n ? at : 0, w, w[0] ? strlen(w) : 1);
	case 4:
		return rnd(8) ? n : at;
	default:
		l = MIN(l, corpus[c].n);
		return insert(buf, n, at, corpus[c].p + rnd((uint32_t)(corpus[c].n - l + 1)), l);
	}
}

/* Mostly another transaction, or libre would take it for a retransmission */
static size_t branch_anew(char *buf, size_t n)
{
	char *at = memmem(buf, n, "z9hG4bK", 7), text[16];

	if (!at || !rnd(8))
		return n;
	(void)text_printf(text, sizeof(text), "%u", rnd(1000000000));
	return insert(buf, n, (size_t)(at + 7 - buf), text, strlen(text));
}

static size_t mutate(char *buf)
{
	size_t c = rnd((uint32_t)(rnd(2) ? corpora : COUNT(own))), n = corpus[c].n;

	memcpy(buf, corpus[c].p, n);
	n = branch_anew(buf, n);
	for (uint32_t i = 1 + rnd(1 + rnd(6)); i; i--)
		n = mutate_once(buf, n);
	return n;
}

/* As if authenticated: what a phone with a password could do */
static void straight(const char *buf, size_t n)
{
	struct sip_account acc = {.tenant = 1,
				  .domain = "northwind.localhost",
				  .aor_user = "1001",
				  .device = "d1001"};
	AUTO struct mbuf *mb = mbuf_alloc(n + 1);
	AUTO struct mbuf *out = mbuf_alloc(64);
	struct sip_msg *msg = NULL;
	struct flow flow = {.tp = SIP_TRANSP_UDP};
	struct verdict v;

	assert_int_equal(mbuf_write_mem(mb, (const uint8_t *)buf, n), 0);
	mb->pos = 0;
	assert_int_equal(sa_set_str(&flow.peer, "127.0.0.1", probe.port), 0);
	if (!sip_msg_decode(&msg, mb)) {
		msg->src = flow.peer;
		msg->tp = SIP_TRANSP_UDP;
		v.scode = 1;
		if (msg->req)
			request_validate(&v, msg);
		if (!v.scode && rnd(2))
			registrar_request(stack, msg, &acc, &flow, &flow.peer);
		else if (!v.scode)
			subs_request(stack, msg, &acc, &flow);
		(void)auth_answer(out, msg, "INVITE", "sip:x", "u", "p", "");
		mem_deref(msg);
	}
}

static void by_tcp(const char *buf, size_t n)
{
	size_t half = rnd((uint32_t)n + 1);

	phone_open(&tcp, true, "127.0.0.1", stack_port(stack));
	(void)send(tcp.fd, buf, half, MSG_NOSIGNAL);
	(void)rig_run(NULL, 1);
	(void)send(tcp.fd, buf + half, n - half, MSG_NOSIGNAL);
	(void)rig_run(NULL, 1);
	phone_close(&tcp);
}

static void alive(void)
{
	struct ask a = {.method = "OPTIONS", .uri = "sip:x@y", .user = "u", .domain = "d"};
	char line[64];

	a.call_id = rig_call_id();
	a.cseq = 1;
	(void)text_printf(line, sizeof(line), "Call-ID: %s\r\n", a.call_id);
	ask_send(&probe, &a);
	while (phone_wait(&probe, 3000)) {
		if (phone_has(&probe, line))
			return;
	}
	fail_msg("no answer to OPTIONS");
}

static void mutated_messages_are_survived(void **state)
{
	static char buf[SIZE + 16];
	unsigned changes;

	above.trunk = true;
	phone_open(&probe, false, "127.0.0.1", stack_port(stack));
	for (unsigned i = 0; i < MESSAGES; i++) {
		size_t n = mutate(buf);

		switch (rnd(40)) {
		case 0:
			by_tcp(buf, n);
			break;
		case 1 ... 19:
			straight(buf, n);
			break;
		default:
			(void)send(probe.fd, buf, n, 0);
		}
		if (i % BATCH == 0) {
			alive();
			clock_advance(rnd(5000));
		}
	}
	alive();
	changes = above.changes[BINDING_ADDED] + above.changes[BINDING_REFRESHED];
	print_message("%u invites, %u registrations, %u bodies\n", fake.invites, changes,
		      above.bodies);
	/* it got past the gates */
	assert_true(fake.invites > 10 && changes > 100 && above.bodies > 100);
	phone_close(&probe);
}

static size_t as_ack(char *buf, size_t n)
{
	memcpy(buf, "ACK ", 4);
	memmove(buf + 4, buf + 7, n - 7);
	return n - 3;
}

/* Text that hurried() reads before anybody else; no answer may be longer than what it answers by
 * more than a status line, the tag and our headers */
static void mutated_calls_in_a_crowd_are_survived(void **state)
{
	enum { INVITE = 2, WAITING = 3000, ADDED = 256 };
	static char buf[SIZE + 16];
	unsigned refused = 0;
	struct sa src;

	above.admit = 503;
	phone_open(&probe, false, "127.0.0.1", stack_port(stack));
	assert_int_equal(sa_set_str(&src, "127.0.0.1", probe.port), 0);
	for (unsigned i = 0; i < WAITING; i++)
		phone_send(&probe, "SIP/2.0 200 OK\r\nX: %u\r\n\r\n", i);
	assert_false(stack_crowded(stack));
	clock_advance(WIRE_CROWD_MS);
	for (unsigned i = 0; i < MESSAGES; i++) {
		AUTO struct mbuf *mb = NULL;
		size_t n = corpus[INVITE].n;
		ssize_t got;

		memcpy(buf, corpus[INVITE].p, n);
		if (rnd(2))
			n = insert(buf, n, (size_t)(strstr(buf, "z9hG4bK3") + 8 - buf), ";rport",
				   6);
		for (uint32_t m = rnd(5); m; m--)
			n = mutate_once(buf, n);
		if (!rnd(4) && n > 6)
			n = as_ack(buf, n);
		mb = mbuf_alloc(n + 1);
		assert_int_equal(mbuf_write_mem(mb, (const uint8_t *)buf, n), 0);
		mb->pos = 0;
		refused += hurried(stack, &src, mb);
		while ((got = recv(probe.fd, probe.text, sizeof(probe.text), MSG_DONTWAIT)) >= 0)
			assert_true((size_t)got < n + ADDED);
	}
	print_message("%u refused\n", refused);
	assert_in_range(refused, MESSAGES / 20, MESSAGES);
	phone_close(&probe);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(mutated_messages_are_survived, rig_open, rig_close),
		cmocka_unit_test_setup_teardown(mutated_calls_in_a_crowd_are_survived, rig_open,
						rig_close),
	};
	int err;

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 0) | 1;
	for (size_t i = 0; i < COUNT(own); i++)
		corpus_add(own[i], strlen(own[i]));
	corpus_folder("rfc4475");
	corpus_folder("rfc5118");
	err = cmocka_run_group_tests(tests, rig_init, rig_exit);
	while (corpora)
		free(corpus[--corpora].p);
	return err;
}
