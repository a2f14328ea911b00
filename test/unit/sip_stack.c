/**
 * @file sip_stack.c  Tests of the stack: transports, OPTIONS, the way of a request
 */
#include "sip_rig.h"

static struct phone phone;

static void options_from_anybody_is_answered_by_udp_and_tcp(void **state)
{
	for (int stream = 0; stream < 2; stream++) {
		phone_open(&phone, stream, "127.0.0.1", stack_port(stack));
		assert_int_equal(phone_options(&phone), 200);
		assert_true(phone_has(&phone, "Allow: INVITE"));
		assert_true(phone_has(&phone, "Supported: replaces"));
		assert_true(phone_has(&phone, "Server: carillon/test"));
		phone_close(&phone);
	}
}

static struct ask invite_ask(void)
{
	struct ask a = {.method = "INVITE",
			.uri = "sip:1002@northwind.localhost",
			.user = "1001",
			.domain = "northwind.localhost"};

	a.to_user = "1002";
	a.call_id = rig_call_id();
	a.cseq = 1;
	return a;
}

static void invite_is_challenged_and_then_handed_over(void **state)
{
	struct ask a = invite_ask();

	phone_open(&phone, false, "127.0.0.1", stack_port(stack));
	assert_int_equal(ask_signed(&phone, &a, true), 486);
	assert_int_equal(fake.invites, 1);
	assert_false(fake.sender.is_trunk);
	assert_string_equal(fake.sender.account.aor_user, "1001");
	assert_int_equal(fake.sender.account.tenant, 1);
	assert_int_equal(sa_port(&fake.sender.flow.peer), phone.port);
	phone_close(&phone);
}

static void invite_of_a_trunk_needs_no_password(void **state)
{
	struct ask a = invite_ask();

	above.trunk = true;
	a.user = "anonymous";
	a.domain = "provider.example";
	phone_open(&phone, false, "127.0.0.1", stack_port(stack));
	ask_send(&phone, &a);
	assert_int_equal(phone_wait(&phone, 2000), 486);
	assert_true(fake.sender.is_trunk);
	assert_int_equal(fake.sender.trunk.id, 77);
	phone_close(&phone);
}

static void a_registered_phone_is_no_trunk(void **state)
{
	struct ask a = invite_ask();

	above.trunk = true;
	phone_open(&phone, false, "127.0.0.1", stack_port(stack));
	assert_int_equal(phone_register(&phone, "1001", phone_contact(&phone, "1001", "")), 200);
	ask_send(&phone, &a);
	assert_int_equal(phone_wait(&phone, 2000), 401);
	assert_int_equal(fake.invites, 0);
	phone_close(&phone);
}

static void refusal_of_a_new_call_by_capacity_and_drain(void **state)
{
	struct ask a = invite_ask();

	phone_open(&phone, false, "127.0.0.1", stack_port(stack));
	above.admit = 503;
	assert_int_equal(ask_signed(&phone, &a, true), 503);
	assert_true(phone_has(&phone, "Retry-After: "));
	above.admit = 0;
	stack_close(stack);
	a = invite_ask();
	assert_int_equal(ask_signed(&phone, &a, true), 503);
	assert_int_equal(fake.invites, 0);
	phone_close(&phone);
}

/* What waits behind a call tells how long it would take. */
static void in_a_crowd_a_call_is_refused_before_it_is_challenged(void **state)
{
	static struct phone crowd;
	struct ask a = invite_ask();

	phone_open(&phone, false, "127.0.0.1", stack_port(stack));
	phone_open(&crowd, false, "127.0.0.1", stack_port(stack));
	ask_send(&phone, &a);
	for (unsigned i = 0; i < 3000; i++)
		phone_send(&crowd, "SIP/2.0 200 OK\r\nX: %u\r\n\r\n", i);
	above.admit = 503;
	assert_false(stack_crowded(stack)); /* a burst, so far */
	clock_advance(WIRE_CROWD_MS);
	assert_true(stack_crowded(stack));
	assert_int_equal(phone_wait(&phone, 2000), 503);
	assert_true(phone_has(&phone, "Retry-After: "));
	assert_int_equal(phone_options(&crowd), 200);
	assert_false(stack_crowded(stack));
	a = invite_ask();
	ask_send(&phone, &a);
	assert_int_equal(phone_wait(&phone, 2000), 401);
	phone_close(&crowd);
	phone_close(&phone);
}

/* Hands a text to hurried() as if it came from the phone; what it answered is then in phone.text */
static bool hurries(const char *method, const char *via, const char *to_tag, const char *more)
{
	AUTO struct mbuf *mb = mbuf_alloc(1024);
	struct sa src;
	ssize_t n;
	bool done;

	assert_int_equal(sa_set_str(&src, phone.ip, phone.port), 0);
	assert_int_equal(
		mbuf_printf(mb,
			    "%s sip:1002@northwind.localhost SIP/2.0\r\nVia: SIP/2.0/UDP %s\r\n"
			    "v: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKbelow\r\nMax-Forwards: 70\r\n"
			    "f: <sip:1001@x.localhost>;tag=f\r\nTo: <sip:1002@x.localhost>%s\r\n"
			    "Call-ID: hurry@rig\r\nCSeq: 1 %s\r\n%sContent-Length: 0\r\n\r\n",
			    method, via, to_tag, method, more),
		0);
	mb->pos = 0;
	done = hurried(stack, &src, mb);
	n = recv(phone.fd, phone.text, sizeof(phone.text) - 1, MSG_DONTWAIT);
	phone.text[n > 0 ? n : 0] = '\0';
	phone.size = n > 0 ? (size_t)n : 0;
	return done;
}

/* Nothing is read from the socket meanwhile */
static void crowd_lasts(struct phone *crowd)
{
	phone_open(crowd, false, "127.0.0.1", stack_port(stack));
	for (unsigned i = 0; i < 3000; i++)
		phone_send(crowd, "SIP/2.0 200 OK\r\nX: %u\r\n\r\n", i);
	assert_false(stack_crowded(stack));
	clock_advance(WIRE_CROWD_MS);
	assert_true(stack_crowded(stack));
}

static void in_a_crowd_only_what_is_plain_is_refused_by_its_text(void **state)
{
	static const struct {
		const char *params, *to_tag, *more;
		bool elsewhere, refused;
	} row[] = {
		{";branch=z9hG4bK1;rport", "", "", false, true},
		{";rport;branch=z9hG4bK1", "", "", true, true},
		{";branch=z9hG4bK1", "", "", false, true},
		{";branch=z9hG4bK1", "", "", true, false}, /* where to? libre works it out */
		{";branch=z9hG4bK1;rport=9", "", "", false, false},
		{";branch=z9hG4bK1;rport;maddr=127.0.0.9", "", "", false, false},
		{";branch=1;rport", "", "", false, false}, /* RFC 2543 */
		{";branch=z9hG4bK1;rport, SIP/2.0/UDP x", "", "", false, false},
		{";branch=z9hG4bK1;rport", ";tag=t", "", false, false},
		{";branch=z9hG4bK1;rport", "", "Authorization: Digest x\r\n", false, false},
		{";branch=z9hG4bK1;rport", "", "To: <sip:x@y>\r\n", false, false},
		{";branch=z9hG4bK1;rport", "", "Subject: a\r\n folded\r\n", false, false},
	};
	static struct phone crowd;
	char via[128];

	above.admit = 503;
	phone_open(&phone, false, "127.0.0.1", stack_port(stack));
	assert_false(hurries("INVITE", "127.0.0.1;branch=z9hG4bK1;rport", "", ""));
	crowd_lasts(&crowd);
	for (size_t i = 0; i < COUNT(row); i++) {
		(void)text_printf(via, sizeof(via), "127.0.0.1:%u%s",
				  row[i].elsewhere ? 9 : phone.port, row[i].params);
		assert_int_equal(hurries("INVITE", via, row[i].to_tag, row[i].more),
				 row[i].refused);
		assert_int_equal(phone_has(&phone, "SIP/2.0 503 "), row[i].refused);
	}
	assert_false(hurries("OPTIONS", "127.0.0.1;branch=z9hG4bK1;rport", "", ""));
	fake.known = true; /* of a call that was let in it is the same INVITE once more */
	assert_false(hurries("INVITE", "127.0.0.1;branch=z9hG4bK1;rport", "", ""));
	fake.known = false;
	above.admit = 0; /* a call for help */
	assert_false(hurries("INVITE", "127.0.0.1;branch=z9hG4bK1;rport", "", ""));
	phone_close(&crowd);
	phone_close(&phone);
}

static void a_hurried_refusal_is_as_whole_as_any_other(void **state)
{
	static const char via[] = "10.1.2.3:9;branch=z9hG4bK1;rport;x=y";
	static struct phone crowd;
	char tag[64], text[128];

	above.admit = 503;
	phone_open(&phone, false, "127.0.0.1", stack_port(stack));
	crowd_lasts(&crowd);
	assert_true(hurries("INVITE", via, "", ""));
	(void)text_printf(
		text, sizeof(text),
		"Via: SIP/2.0/UDP 10.1.2.3:9;branch=z9hG4bK1;rport=%u;received=127.0.0.1;x=y"
		"\r\nv: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKbelow\r\n",
		phone.port);
	assert_true(phone_has(&phone, text));
	assert_true(phone_has(&phone, "\r\nf: <sip:1001@x.localhost>;tag=f\r\n"));
	assert_true(phone_has(&phone, "\r\nCall-ID: hurry@rig\r\nCSeq: 1 INVITE\r\nRetry-After: "));
	(void)text_printf(tag, sizeof(tag), ";tag=%s",
			  phone_between(&phone, "1002@x.localhost>;tag=", "\r\n"));
	assert_int_equal(strlen(tag), 5 + 16);
	assert_true(hurries("INVITE", via, "", ""));
	assert_true(phone_has(&phone, tag));
	assert_true(hurries("ACK", via, tag, ""));
	assert_int_equal(phone.size, 0);
	/* the ACK for an answer that a transaction gave, or for another call */
	assert_false(hurries("ACK", via, ";tag=0123456789abcdef", ""));
	assert_false(hurries("ACK", "10.1.2.3:9;branch=z9hG4bK2;rport", tag, ""));
	phone_close(&crowd);
	phone_close(&phone);
}

static void the_same_invite_by_two_ways_is_a_loop(void **state)
{
	struct ask a = invite_ask();

	above.trunk = true;
	phone_open(&phone, false, "127.0.0.1", stack_port(stack));
	ask_send(&phone, &a);
	assert_int_equal(phone_wait(&phone, 2000), 486);
	ask_send(&phone, &a);
	assert_int_equal(phone_wait(&phone, 2000), 482);
	assert_int_equal(fake.invites, 1);
	phone_close(&phone);
}

static void a_cancel_from_elsewhere_ends_nothing(void **state)
{
	struct ask a = invite_ask();
	static struct phone stranger;

	above.trunk = fake.ring = true;
	phone_open(&phone, false, "127.0.0.1", stack_port(stack));
	phone_open(&stranger, false, "127.0.0.9", stack_port(stack));
	ask_send(&phone, &a);
	assert_int_equal(phone_wait(&phone, 2000), 180);
	a.method = "CANCEL";
	/* the same branch and sent-by, from another address */
	(void)text_printf(stranger.ip, sizeof(stranger.ip), "%s", phone.ip);
	stranger.port = phone.port;
	--rig_serial;
	ask_send(&stranger, &a);
	assert_int_equal(phone_options(&stranger), 481);
	assert_non_null(fake.msg);
	rig_serial -= 3;
	ask_send(&phone, &a);
	assert_int_equal(phone_wait(&phone, 2000), 200);
	assert_int_equal(phone_wait(&phone, 2000), 487);
	assert_null(fake.msg);
	phone_close(&stranger);
	phone_close(&phone);
}

static void every_other_method_has_no_effect(void **state)
{
	static const struct {
		const char *method;
		unsigned code;
	} row[] = {
		{"MESSAGE", 405}, {"PUBLISH", 405}, {"NEWMETHOD", 405}, {"BYE", 481},
		{"INFO", 481},	  {"UPDATE", 481},  {"PRACK", 481},	{"NOTIFY", 481},
		{"CANCEL", 481},  {"REFER", 401},   {"SUBSCRIBE", 401}, {"REGISTER", 401},
	};

	phone_open(&phone, false, "127.0.0.1", stack_port(stack));
	for (size_t i = 0; i < COUNT(row); i++) {
		struct ask a = {.method = row[i].method,
				.uri = "sip:northwind.localhost",
				.user = "1001",
				.domain = "northwind.localhost"};

		a.call_id = rig_call_id();
		a.cseq = 1;
		ask_send(&phone, &a);
		assert_int_equal(phone_wait(&phone, 2000), row[i].code);
		if (row[i].code == 405)
			assert_true(phone_has(&phone, "Allow: INVITE"));
	}
	assert_int_equal(fake.invites + fake.requests, 0);
	phone_close(&phone);
}

static void a_refer_outside_a_call_is_refused_even_with_a_password(void **state)
{
	struct ask a = {.method = "REFER",
			.uri = "sip:1002@northwind.localhost",
			.user = "1001",
			.domain = "northwind.localhost"};

	a.call_id = rig_call_id();
	a.cseq = 1;
	phone_open(&phone, false, "127.0.0.1", stack_port(stack));
	assert_int_equal(ask_signed(&phone, &a, true), 403);
	phone_close(&phone);
}

static void in_dialog_requests_go_to_the_dialogs(void **state)
{
	struct ask a = {.method = "BYE",
			.uri = "sip:1002@northwind.localhost",
			.user = "1001",
			.domain = "northwind.localhost"};

	a.call_id = rig_call_id();
	a.cseq = 5;
	a.to_tag = "mine";
	phone_open(&phone, false, "127.0.0.1", stack_port(stack));
	ask_send(&phone, &a);
	assert_int_equal(phone_wait(&phone, 2000), 481);
	fake.known = true;
	ask_send(&phone, &a);
	assert_int_equal(phone_wait(&phone, 2000), 200);
	assert_int_equal(fake.requests, 2);
	a.method = "ACK";
	ask_send(&phone, &a);
	assert_int_equal(phone_options(&phone), 200);
	assert_int_equal(fake.requests, 3);
	phone_close(&phone);
}

static void an_answer_without_transaction_repeats_its_tag(void **state)
{
	struct ask a = invite_ask();
	char tag[64];

	phone_open(&phone, false, "127.0.0.1", stack_port(stack));
	ask_send(&phone, &a);
	assert_int_equal(phone_wait(&phone, 2000), 401);
	(void)text_printf(tag, sizeof(tag), "%s", phone_between(&phone, "localhost>;tag=", "\r\n"));
	--rig_serial; /* the same branch: a retransmission */
	ask_send(&phone, &a);
	assert_int_equal(phone_wait(&phone, 2000), 401);
	assert_true(tag[0]);
	assert_true(phone_has(&phone, tag));
	phone_close(&phone);
}

static void ping_by_udp_and_tcp_gets_its_pong(void **state)
{
	for (int stream = 0; stream < 2; stream++) {
		phone_open(&phone, stream, "127.0.0.1", stack_port(stack));
		phone_send(&phone, "\r\n\r\n");
		assert_true(rig_run(&phone, 2000));
		assert_int_equal(recv(phone.fd, phone.text, sizeof(phone.text), 0), 2);
		assert_memory_equal(phone.text, "\r\n", 2);
		phone_close(&phone);
	}
}

static void a_stun_request_tells_the_address(void **state)
{
	static const uint8_t ask[20] = {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4};
	uint16_t port;

	phone_open(&phone, false, "127.0.0.1", stack_port(stack));
	phone_send_raw(&phone, ask, sizeof(ask));
	assert_true(rig_run(&phone, 2000));
	assert_true(recv(phone.fd, phone.text, sizeof(phone.text), 0) >= 32);
	assert_memory_equal(phone.text, "\x01\x01", 2);
	/* XOR-MAPPED-ADDRESS comes first */
	assert_memory_equal(phone.text + 20, "\x00\x20\x00\x08\x00\x01", 6);
	memcpy(&port, phone.text + 26, sizeof(port));
	assert_int_equal(ntohs(port) ^ 0x2112, phone.port);
	phone_close(&phone);
}

static void newlines_before_a_message_are_skipped(void **state)
{
	phone_open(&phone, false, "127.0.0.1", stack_port(stack));
	phone_send(&phone,
		   "\r\n\r\nOPTIONS sip:a@b.example SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%u;"
		   "branch=z9hG4bKn;rport\r\nMax-Forwards: 7\r\nFrom: <sip:a@b>;tag=1\r\n"
		   "To: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n",
		   phone.port);
	assert_int_equal(phone_wait(&phone, 2000), 200);
	phone_close(&phone);
}

static void a_stranger_on_the_edge_port_is_cut_off(void **state)
{
	struct ask a = {.method = "OPTIONS",
			.uri = "sip:northwind.localhost",
			.user = "x",
			.domain = "y.example"};

	a.call_id = rig_call_id();
	a.cseq = 1;
	above.edge_off = true;
	phone_open(&phone, true, "127.0.0.1", stack_edge_port(stack));
	ask_send(&phone, &a);
	assert_int_equal(phone_wait(&phone, 300), 0);
	assert_int_equal(recv(phone.fd, phone.text, 9, 0), 0);
	phone_close(&phone);
}

static void a_browser_has_the_address_the_edge_tells(void **state)
{
	struct ask a = invite_ask();
	char uri[128];

	phone_open(&phone, true, "127.0.0.1", stack_edge_port(stack));
	assert_int_equal(ask_signed(&phone, &a, false), 486);
	assert_true(fake.sender.flow.ws);
	assert_int_equal(sa_port(&fake.sender.client), 4444);
	assert_true(stack_contact(uri, sizeof(uri), stack, &fake.sender.flow, "1001"));
	assert_non_null(strstr(uri, "sip:1001@127.0.0.1:"));
	assert_non_null(strstr(uri, ";transport=ws"));
	phone_close(&phone);
}

static void a_port_in_use_is_told(void **state)
{
	struct stack_conf conf = rig_conf;
	const struct stack_handlers none = {0};
	struct stack *other = NULL;

	conf.sip_port = stack_port(stack);
	assert_int_equal(stack_alloc(&other, &conf, &none), EADDRINUSE);
	assert_null(other);
	conf.sip_port = 0;
	conf.edge_port = stack_edge_port(stack);
	assert_int_equal(stack_alloc(&other, &conf, &none), EADDRINUSE);
	assert_null(other);
}

static void it_works_on_an_ipv6_address(void **state)
{
	const struct stack_handlers h = {.domain_h = rig_domain_h, .account_h = rig_account_h};
	struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct stack_conf conf = rig_conf;
	struct stack *six = NULL;
	struct flow flow = {.tp = SIP_TRANSP_TLS};
	char uri[128];
	int err;

	assert_int_equal(sa_set_str(&conf.bind, "::1", 0), 0);
	conf.sips_port = 5061;
	err = stack_alloc(&six, &conf, &h);
	if (err == EADDRNOTAVAIL || err == EAFNOSUPPORT)
		skip();
	assert_int_equal(err, 0);
	assert_true(stack_contact(uri, sizeof(uri), six, &flow, "a"));
	assert_string_equal(uri, "sip:a@[::1]:5061;transport=tls");
	memset(&phone, 0, sizeof(phone));
	phone.fd = socket(AF_INET6, SOCK_DGRAM, 0);
	to.sin6_port = htons(stack_port(six));
	assert_int_equal(connect(phone.fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(fcntl(phone.fd, F_SETFL, O_NONBLOCK), 0);
	(void)text_printf(phone.ip, sizeof(phone.ip), "[::1]");
	phone.port = 5999;
	assert_int_equal(phone_options(&phone), 200);
	assert_true(phone_has(&phone, ";received=::1"));
	phone_close(&phone);
	mem_deref(six);
}

static unsigned got_code;

static void options_h(int err, const struct sip_msg *msg, void *arg)
{
	got_code = msg ? msg->scode : 1;
	re_cancel();
}

static struct mbuf *options_text(void)
{
	struct mbuf *mb = mbuf_alloc(512);

	assert_int_equal(mbuf_write_str(mb, "Max-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\n"
					    "To: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n"
					    "Content-Length: 0\r\n\r\n"),
			 0);
	mb->pos = 0;
	return mb;
}

static void a_request_rides_the_flow_whatever_its_uri_says(void **state)
{
	struct ask a = invite_ask();
	struct sip_request *req = NULL;
	AUTO struct mbuf *mb = options_text();

	phone_open(&phone, true, "127.0.0.1", stack_edge_port(stack));
	assert_int_equal(ask_signed(&phone, &a, false), 486);
	assert_int_equal(stack_request(&req, stack, &fake.sender.flow, true, "OPTIONS",
				       "sip:x@abc.invalid;transport=ws", mb, options_h, NULL),
			 0);
	assert_int_equal(phone_wait(&phone, 2000), 1);
	assert_true(phone_has(&phone, "OPTIONS sip:x@abc.invalid;transport=ws SIP/2.0"));
	phone_send(&phone,
		   "SIP/2.0 200 OK\r\nVia:%s\r\nFrom: <sip:a@b>;tag=1\r\n"
		   "To: <sip:a@b>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n"
		   "Content-Length: 0\r\n\r\n",
		   phone_between(&phone, "Via:", "\r\n"));
	(void)rig_run(NULL, 2000);
	assert_int_equal(got_code, 200);
	phone_close(&phone);
}

static void the_advertised_address_stands_in_via_and_contact(void **state)
{
	struct flow flow = {.tp = SIP_TRANSP_UDP};
	AUTO struct mbuf *mb = options_text();
	char uri[128];

	phone_open(&phone, false, "127.0.0.1", stack_port(stack));
	assert_int_equal(sa_set_str(&flow.peer, "127.0.0.1", phone.port), 0);
	strcpy(stack->conf.advertise, "198.51.100.4");
	strcpy(stack->host, "198.51.100.4");
	assert_int_equal(
		stack_request(NULL, stack, &flow, false, "OPTIONS", "sip:x@y", mb, NULL, NULL), 0);
	assert_int_equal(phone_wait(&phone, 2000), 1);
	assert_true(phone_has(&phone, "\r\nVia: SIP/2.0/UDP 198.51.100.4:"));
	assert_true(phone_has(&phone, ";rport\r\nMax-Forwards: 70\r\n"));
	assert_true(stack_contact(uri, sizeof(uri), stack, &flow, ""));
	assert_non_null(strstr(uri, "sip:198.51.100.4:"));
	phone_close(&phone);
}

static bool phone_cut(struct phone *p)
{
	char c;

	(void)rig_run(p, 1000);
	return recv(p->fd, &c, 1, MSG_PEEK) == 0;
}

/* A connection that ended gives its place to another */
static void a_source_has_its_share_of_connections(void **state)
{
	static struct phone p[4], edge;

	for (unsigned i = 0; i < 3; i++) {
		phone_open(&p[i], true, "127.0.0.1", stack_port(stack));
		assert_int_equal(phone_options(&p[i]), 200);
	}
	phone_open(&p[3], true, "127.0.0.1", stack_port(stack));
	assert_true(phone_cut(&p[3]));
	phone_close(&p[3]);
	phone_open(&p[3], true, "127.0.0.2", stack_port(stack)); /* somebody else's */
	assert_int_equal(phone_options(&p[3]), 200);
	phone_open(&edge, true, "127.0.0.1", stack_edge_port(stack));
	assert_int_equal(phone_options(&edge), 200);
	phone_close(&edge);
	phone_close(&p[0]);
	(void)rig_run(NULL, 20);
	clock_advance(1000);
	phone_open(&p[0], true, "127.0.0.1", stack_port(stack));
	assert_int_equal(phone_options(&p[0]), 200);
	for (unsigned i = 0; i < 4; i++)
		phone_close(&p[i]);
}

/* Many sources together leave descriptors for the rest of the program */
static void all_sources_leave_room(void **state)
{
	static struct phone p[5];
	char ip[16];

	for (unsigned i = 0; i < 5; i++) {
		(void)text_printf(ip, sizeof(ip), "127.0.0.%u", i + 2);
		phone_open(&p[i], true, ip, stack_port(stack));
		if (i < 4)
			assert_int_equal(phone_options(&p[i]), 200);
		else
			assert_true(phone_cut(&p[i]));
	}
	phone_close(&p[4]);
	phone_close(&p[0]);
	(void)rig_run(NULL, 20);
	clock_advance(1000);
	phone_open(&p[0], true, "127.0.0.9", stack_port(stack));
	assert_int_equal(phone_options(&p[0]), 200);
	for (unsigned i = 0; i < 4; i++)
		phone_close(&p[i]);
}

static int open_room(void **state)
{
	int err;

	rig_conf.conns_most = 4;
	err = rig_open(state);
	rig_conf.conns_most = 0;
	return err;
}

static int open_share(void **state)
{
	int err;

	rig_conf.conns_per_source = 3;
	err = rig_open(state);
	rig_conf.conns_per_source = 0;
	return err;
}

static void a_response_nobody_waits_for_is_swallowed(void **state)
{
	phone_open(&phone, false, "127.0.0.1", stack_port(stack));
	phone_send(&phone, "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKq\r\n"
			   "From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: 1\r\n"
			   "CSeq: 1 INVITE\r\n\r\n");
	assert_int_equal(phone_options(&phone), 200);
	assert_int_equal(fake.responses, 1);
	phone_close(&phone);
}

#define T(f) cmocka_unit_test_setup_teardown(f, rig_open, rig_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(options_from_anybody_is_answered_by_udp_and_tcp),
		T(invite_is_challenged_and_then_handed_over),
		T(invite_of_a_trunk_needs_no_password),
		T(a_registered_phone_is_no_trunk),
		T(refusal_of_a_new_call_by_capacity_and_drain),
		T(in_a_crowd_a_call_is_refused_before_it_is_challenged),
		T(in_a_crowd_only_what_is_plain_is_refused_by_its_text),
		T(a_hurried_refusal_is_as_whole_as_any_other),
		T(the_same_invite_by_two_ways_is_a_loop),
		T(a_cancel_from_elsewhere_ends_nothing),
		T(every_other_method_has_no_effect),
		T(a_refer_outside_a_call_is_refused_even_with_a_password),
		T(in_dialog_requests_go_to_the_dialogs),
		T(an_answer_without_transaction_repeats_its_tag),
		T(ping_by_udp_and_tcp_gets_its_pong),
		T(a_stun_request_tells_the_address),
		T(newlines_before_a_message_are_skipped),
		T(a_stranger_on_the_edge_port_is_cut_off),
		T(a_browser_has_the_address_the_edge_tells),
		T(a_port_in_use_is_told),
		T(it_works_on_an_ipv6_address),
		T(a_request_rides_the_flow_whatever_its_uri_says),
		T(the_advertised_address_stands_in_via_and_contact),
		T(a_response_nobody_waits_for_is_swallowed),
		cmocka_unit_test_setup_teardown(a_source_has_its_share_of_connections, open_share,
						rig_close),
		cmocka_unit_test_setup_teardown(all_sources_leave_room, open_room, rig_close),
	};

	return cmocka_run_group_tests(tests, rig_init, rig_exit);
}
