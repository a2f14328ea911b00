/**
 * @file sip_validate.c  Tests of what is refused before anybody looks at a request
 */
#include "sip_phone.h"

/* A good OPTIONS, each line of which a row may replace */
static const char *const good[] = {
	"OPTIONS sip:northwind.localhost SIP/2.0",
	"Via: SIP/2.0/UDP 127.0.0.1:5999;branch=z9hG4bKgood;rport",
	"Max-Forwards: 70",
	"From: <sip:a@b.example>;tag=1",
	"To: <sip:a@b.example>",
	"Call-ID: one",
	"CSeq: 1 OPTIONS",
	"Content-Length: 0",
};

static unsigned send_with(size_t line, const char *text, const char *more)
{
	static char msg[RIG_SIZE];
	size_t n = 0;

	for (size_t i = 0; i < COUNT(good); i++) {
		const char *s = i == line ? text : good[i];

		if (s)
			n += (size_t)snprintf(msg + n, sizeof(msg) - n, "%s\r\n", s);
	}
	n += (size_t)snprintf(msg + n, sizeof(msg) - n, "%s\r\n", more);
	phone_send_raw(&phone, msg, n);
	return phone_wait(&phone, 300);
}

static void the_good_request_is_answered(void **state)
{
	assert_int_equal(send_with(99, NULL, ""), 200);
}

static void each_fault_has_its_answer(void **state)
{
	static const struct {
		size_t line;
		const char *text;
		unsigned code;
		const char *has;
	} row[] = {
		{0, "OPTIONS sip:northwind.localhost SIP/7.0", 505, NULL},
		{0, "OPTIONS sip:northwind.localhost SIP/3.0", 505, NULL},
		{0, "OPTIONS tel:+14155550110 SIP/2.0", 416, NULL},
		{0, "OPTIONS http://northwind.localhost/ SIP/2.0", 416, NULL},
		{0, "OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0", 416, NULL},
		{0, "OPTIONS <sip:northwind.localhost> SIP/2.0", 400, NULL},
		{0, "OPTIONS sip:a@b.example?Route=%3Csip:x%3E SIP/2.0", 400, NULL},
		{0, "OPTIONS  sip:northwind.localhost  SIP/2.0", 400, NULL},
		{0, "options sip:northwind.localhost SIP/2.0", 400, NULL},
		{1, NULL, 0, NULL},
		{1, "Via: SIP/2.0/UDP 127.0.0.1:5999;branch=z9hG4bKx;maddr=127.0.0.9", 0, NULL},
		{1, "Via: nonsense", 400, NULL},
		{1, "Via: SIP/2.0/UDP 127.0.0.1:5999", 400, NULL},
		{2, NULL, 400, "Max-Forwards"},
		{2, "Max-Forwards: 0", 483, NULL},
		{2, "Max-Forwards: 300", 400, NULL},
		{2, "Max-Forwards: -1", 400, NULL},
		{2, "Max-Forwards: 70\r\nMax-Forwards: 70", 400, NULL},
		{3, NULL, 400, "From"},
		{3, "From: <sip:a@b.example>", 400, "From Tag"},
		{3, "From: \"open <sip:a@b.example>;tag=1", 400, NULL},
		{3, "From: <sip:a@b.example>;tag=1\r\nFrom: <sip:c@b.example>;tag=2", 400, NULL},
		{3, "From: <sip:a\r\n @b.example>;tag=1", 400, NULL},
		{4, "To: <sip:a@b.\r\n example>", 400, NULL},
		{5, "Call-ID: a\r\n b", 400, NULL},
		{4, NULL, 400, "To"},
		{4, "To: \"open <sip:a@b.example>", 400, NULL},
		{5, NULL, 400, "Call-ID"},
		{5, "Call-ID: one\r\nCall-ID: two", 400, NULL},
		{6, NULL, 400, "CSeq"},
		{6, "CSeq: 1 INVITE", 400, NULL},
		{6, "CSeq: 2147483648 OPTIONS", 400, NULL},
		{6, "CSeq: 36893488147419103232 OPTIONS", 400, NULL},
		{6, "CSeq: -1 OPTIONS", 400, NULL},
		{6, "CSeq: OPTIONS", 400, NULL},
		{7, "Content-Length: 5", 400, NULL},
		{7, "Content-Length: -999", 400, NULL},
		{7, "Content-Length: 0\r\nContent-Length: 1", 400, NULL},
		{7, "Content-Length: 99999999999999", 400, NULL},
		{7, "Require: replaces, magic", 420, "Unsupported: magic"},
		{7, "Proxy-Require: fly, swim", 420, "Unsupported: fly, swim"},
		{7, "Require: replaces, timer", 200, NULL},
		{7, NULL, 200, NULL},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		unsigned code = send_with(row[i].line, row[i].text, "");

		if (code != row[i].code)
			fail_msg("row %zu (%s): %u", i, row[i].text, code);
		if (row[i].has && !phone_has(&phone, row[i].has))
			fail_msg("row %zu: no '%s' in\n%s", i, row[i].has, phone.text);
	}
	assert_int_equal(send_with(99, NULL, ""), 200);
}

static const char *repeat(const char *line, unsigned n)
{
	static char text[RIG_SIZE];
	size_t l = strlen(line);

	assert_true(n * l < sizeof(text));
	for (unsigned i = 0; i < n; i++)
		memcpy(text + i * l, line, l);
	text[n * l] = '\0';
	return text;
}

static void numbers_of_headers_are_bounded(void **state)
{
	assert_int_equal(send_with(99, NULL, repeat("X: 1\r\n", 248)), 200);
	assert_int_equal(send_with(99, NULL, repeat("X: 1\r\n", 260)), 400);
	assert_int_equal(send_with(99, NULL, repeat("Via: SIP/2.0/UDP h;branch=z\r\n", 63)), 200);
	assert_int_equal(send_with(99, NULL, repeat("Via: SIP/2.0/UDP h;branch=z\r\n", 64)), 400);
	assert_int_equal(send_with(99, NULL, repeat("Route: <sip:h>\r\n", 65)), 400);
	assert_int_equal(send_with(99, NULL, repeat("Contact: <sip:h>\r\n", 65)), 400);
	/* all of them in one line */
	assert_int_equal(send_with(7, repeat("Contact: <sip:h>,<sip:h>,<sip:h>\r\n", 30), ""), 400);
	assert_int_equal(send_with(7, repeat(",", 2000), ""), 400);
	assert_int_equal(send_with(99, NULL, ""), 200);
}

static void a_datagram_of_sixty_kilobytes_is_read(void **state)
{
	static char text[61000];

	memset(text, 'x', sizeof(text));
	memcpy(text, "X: ", 3);
	memcpy(text + sizeof(text) - 3, "\r\n", 3);
	assert_int_equal(send_with(99, NULL, text), 200);
}

static void a_body_longer_than_it_says_is_cut(void **state)
{
	struct ask a = {.method = "BYE",
			.uri = "sip:x@northwind.localhost",
			.user = "1001",
			.domain = "northwind.localhost"};

	a.call_id = rig_call_id();
	a.cseq = 1;
	a.to_tag = "t";
	fake.known = true;
	ask_send(&phone, &a);
	assert_int_equal(phone_wait(&phone, 1000), 200);
	assert_int_equal(send_with(7, "Content-Length: 3", "\r\nabcdef"), 200);
}

static void no_answer_to_a_bad_ack_or_response(void **state)
{
	phone_send(&phone, "ACK sip:x SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n\r\n");
	assert_int_equal(phone_wait(&phone, 100), 0);
	phone_send(&phone, "SIP/2.0 OK\r\nVia: SIP/2.0/UDP h\r\n\r\n");
	assert_int_equal(phone_wait(&phone, 100), 0);
	phone_send(&phone, "hello");
	assert_int_equal(phone_wait(&phone, 100), 0);
	assert_int_equal(send_with(99, NULL, ""), 200);
}

/* A stream is cut when its head never ends, and good phones do not notice */
static void an_endless_head_by_tcp_is_cut(void **state)
{
	static struct phone tcp;
	static char junk[16384];
	ssize_t n = 1;

	memset(junk, 'x', sizeof(junk));
	phone_open(&tcp, true, "127.0.0.1", stack_port(stack));
	phone_send(&tcp, "OPTIONS sip:a SIP/2.0\r\nX: ");
	for (unsigned i = 0; i < 40 && n > 0; i++) {
		n = send(tcp.fd, junk, sizeof(junk), MSG_NOSIGNAL);
		assert_int_equal(send_with(99, NULL, ""), 200);
		if (n < 0 && errno == EAGAIN)
			n = 1;
	}
	if (n > 0)
		(void)rig_run(&tcp, 1000);
	assert_true(n < 0 || recv(tcp.fd, junk, 1, 0) <= 0);
	phone_close(&tcp);
}

static void many_headers_by_tcp_are_cut(void **state)
{
	static struct phone tcp;

	phone_open(&tcp, true, "127.0.0.1", stack_port(stack));
	phone_send(&tcp, "OPTIONS sip:a SIP/2.0\r\n%s", repeat("X: 1\r\n", 400));
	assert_int_equal(send_with(99, NULL, ""), 200);
	assert_int_equal(phone_wait(&tcp, 300), 0);
	assert_true(recv(tcp.fd, tcp.text, 9, 0) <= 0);
	phone_close(&tcp);
}

static void two_messages_in_one_segment_are_both_answered(void **state)
{
	static struct phone tcp;
	struct ask a = {.method = "OPTIONS", .uri = "sip:x@y", .user = "u", .domain = "d"};

	a.cseq = 1;
	phone_open(&tcp, true, "127.0.0.1", stack_port(stack));
	a.call_id = "first";
	ask_send(&tcp, &a);
	a.call_id = "second";
	ask_send(&tcp, &a);
	assert_int_equal(phone_wait(&tcp, 1000), 200);
	assert_true(phone_has(&tcp, "Call-ID: first"));
	assert_int_equal(phone_wait(&tcp, 1000), 200);
	assert_true(phone_has(&tcp, "Call-ID: second"));
	phone_close(&tcp);
}

#define T(f) cmocka_unit_test_setup_teardown(f, open_phone, close_phone)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_good_request_is_answered),
		T(each_fault_has_its_answer),
		T(numbers_of_headers_are_bounded),
		T(a_datagram_of_sixty_kilobytes_is_read),
		T(a_body_longer_than_it_says_is_cut),
		T(no_answer_to_a_bad_ack_or_response),
		T(an_endless_head_by_tcp_is_cut),
		T(many_headers_by_tcp_are_cut),
		T(two_messages_in_one_segment_are_both_answered),
	};

	return cmocka_run_group_tests(tests, rig_init, rig_exit);
}
