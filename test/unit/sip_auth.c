/**
 * @file sip_auth.c  Tests of digest authentication, both directions
 */
#include <ctype.h>
#include "sip_phone.h"

static struct ask register_ask(void)
{
	struct ask a = {.method = "REGISTER",
			.uri = "sip:northwind.localhost",
			.user = "1001",
			.domain = "northwind.localhost"};

	a.call_id = rig_call_id();
	a.cseq = 1;
	return a;
}

/* Gets a challenge into phone.text */
static void challenge_get(struct ask *a)
{
	a->auth = NULL;
	ask_send(&phone, a);
	assert_int_equal(phone_wait(&phone, 2000), 401);
	++a->cseq;
}

static unsigned try(struct ask *a, const char *auth)
{
	a->auth = auth;
	ask_send(&phone, a);
	++a->cseq;
	return phone_wait(&phone, 2000);
}

static unsigned try_password(struct ask *a, const char *user, const char *password)
{
	challenge_get(a);
	return try(a, answer_line(&phone, a, user, password, true, "00000001"));
}

static void the_examples_of_rfc_7616_come_out(void **state)
{
	static const char *const want[] = {
		"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
		"8ca523f5e9506fed4657c9700eebdbec",
	};
	static const struct pl header = PL(
		"Digest username=\"Mufasa\", realm=\"http-auth@example.org\", "
		"uri=\"/dir/index.html\", algorithm=SHA-256, "
		"nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "
		"cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, "
		"response=\"753927fa\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"");
	static const struct pl get = PL("GET");
	char ha1[TEXT_SHA256], response[TEXT_SHA256];
	struct digest_params p;

	assert_true(digest_parse(&p, &header));
	assert_int_equal(p.alg, DIGEST_SHA256);
	assert_int_equal(pl_strcmp(&p.response, "753927fa"), 0);
	assert_int_equal(pl_strcmp(&p.opaque, "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"), 0);
	for (int alg = DIGEST_SHA256; alg <= DIGEST_MD5; alg++) {
		p.alg = alg;
		digest_ha1(ha1, alg, "Mufasa", &p.realm, "Circle of Life");
		assert_true(digest_response(response, &p, &get, ha1));
		assert_string_equal(response, want[alg]);
	}
}

static void malformed_credentials_are_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"Digest",
		"Digest ",
		"Basic dXNlcjpwYXNz",
		"Digest realm=\"x",
		"Digest realm",
		"Digest realm=\"x\"",
		"Digest nonce=\"x\"",
		"Digest ,,,,=,=\"\"",
		"Digest realm=\"a\\\"",
		"NoOneKnowsThisScheme opaque-data=here",
	};
	struct digest_params p;
	struct pl pl;

	for (size_t i = 0; i < COUNT(bad); i++) {
		pl_set_str(&pl, bad[i]);
		assert_false(digest_parse(&p, &pl));
	}
	pl_set_str(&pl, "digest\trealm = x ,, nonce=\"y\",algorithm=FOO");
	assert_true(digest_parse(&p, &pl));
	assert_int_equal(p.alg, DIGEST_UNKNOWN);
}

static void sha_256_is_offered_before_md5(void **state)
{
	struct ask a = register_ask();
	const char *sha, *md;

	challenge_get(&a);
	sha = strstr(phone.text, "algorithm=SHA-256");
	md = strstr(phone.text, "algorithm=MD5");
	assert_true(sha && md && sha < md);
	assert_int_equal(strlen(phone_between(&phone, "nonce=\"", "\"")), 56);
	assert_true(phone_has(&phone, "qop=\"auth\""));
	assert_false(phone_has(&phone, "stale"));
}

static void md5_can_be_switched_off(void **state)
{
	struct ask a = register_ask();

	above.md5_off = true;
	challenge_get(&a);
	assert_false(phone_has(&phone, "algorithm=MD5"));
	assert_int_equal(try(&a, answer_line(&phone, &a, "1001", "demo-1001", false, "00000001")),
			 401);
	assert_int_equal(try_password(&a, "1001", "demo-1001"), 200);
}

static void a_browser_is_offered_md5_alone(void **state)
{
	struct ask a = register_ask();

	phone_close(&phone);
	phone_open(&phone, true, "127.0.0.1", stack_edge_port(stack));
	above.md5_off = true;
	challenge_get(&a);
	assert_false(phone_has(&phone, "SHA-256"));
	assert_int_equal(try(&a, answer_line(&phone, &a, "1001", "demo-1001", false, "00000001")),
			 200);
}

static void a_phone_that_chokes_on_sha_256_is_offered_md5_alone(void **state)
{
	struct ask a = register_ask();

	a.headers = "User-Agent: baresip v1.0.0 (x86_64/linux)\r\n";
	challenge_get(&a);
	assert_false(phone_has(&phone, "SHA-256"));
	assert_true(phone_has(&phone, "algorithm=MD5"));
	phone_send(&phone,
		   "REGISTER sip:northwind.localhost SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%u;"
		   "branch=z9hG4bK-12-3-0;rport\r\nMax-Forwards: 70\r\nFrom: <sip:1001@"
		   "northwind.localhost>;tag=1\r\nTo: <sip:1001@northwind.localhost>\r\n"
		   "Call-ID: 1-12\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n",
		   phone.port);
	assert_int_equal(phone_wait(&phone, 1000), 401);
	assert_false(phone_has(&phone, "SHA-256"));
	above.md5_off = true; /* then it cannot be helped */
	challenge_get(&a);
	assert_true(phone_has(&phone, "SHA-256"));
	assert_false(phone_has(&phone, "algorithm=MD5"));
}

/* All that may differ between two answers made equal */
static void answer_mask(char *text)
{
	static const char *const from[] = {"nonce=\"", "branch=", "tag=", "1001", "9999", "CSeq: "};

	for (size_t i = 0; i < COUNT(from); i++) {
		for (char *p = text; (p = strstr(p, from[i]));) {
			char *end = p + strlen(from[i]) +
				    strspn(p + strlen(from[i]), "0123456789abcdefghinrzKG@");
			memset(p, '#', (size_t)(end - p));
			p = end;
		}
	}
}

static void an_unknown_user_gets_the_same_answers(void **state)
{
	static char known[2][4096];
	struct ask a = register_ask(), b = register_ask();

	b.user = "9999";
	for (int i = 0; i < 2; i++) {
		struct ask *x = i ? &b : &a;

		x->call_id = "same@rig";
		assert_int_equal(try_password(x, x->user, "wrong"), 401);
		(void)text_printf(known[i], sizeof(known[i]), "%s", phone.text);
		answer_mask(known[i]);
	}
	assert_true(strlen(known[0]) > 200);
	assert_string_equal(known[0], known[1]);
	assert_non_null(strstr(known[0], "WWW-Authenticate: Digest realm"));
}

static void a_wrong_password_is_challenged_anew_without_stale(void **state)
{
	struct ask a = register_ask();

	assert_int_equal(try_password(&a, "1001", "demo-1002"), 401);
	assert_false(phone_has(&phone, "stale"));
	assert_int_equal(registrar_count(stack), 0);
}

static void a_digest_for_another_method_is_wrong(void **state)
{
	struct ask a = register_ask(), invite = register_ask();

	invite.method = "INVITE";
	challenge_get(&a);
	assert_int_equal(
		try(&a, answer_line(&phone, &invite, "1001", "demo-1001", true, "00000001")), 401);
}

/* RFC 7616 section 3.4.6, as far as proxies leave it to be compared */
static void a_digest_for_another_uri_is_refused(void **state)
{
	static const struct {
		const char *signed_uri;
		unsigned code;
	} row[] = {
		{"sip:1003@northwind.localhost", 400},
		{"sip:1002@harbor.localhost", 400},
		{"rubbish", 400},
		{"sip:1002@northwind.localhost", 486},
		{"sip:1002@127.0.0.1:5060;transport=tcp", 486},
		{"sips:1002@NORTHWIND.localhost", 486},
		{"sip:127.0.0.1:5060", 486}, /* SIPp names its server */
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct ask a = register_ask(), other;

		a.method = "INVITE";
		a.uri = "sip:1002@northwind.localhost";
		a.to_user = "1002";
		a.headers = "Contact: <sip:x@127.0.0.1>\r\n";
		other = a;
		other.uri = row[i].signed_uri;
		challenge_get(&a);
		assert_int_equal(
			try(&a, answer_line(&phone, &other, "1001", "demo-1001", true, "00000001")),
			row[i].code);
		assert_int_equal(fake.invites, i < 3 ? 0 : i - 2);
	}
}

static void an_old_nonce_is_stale(void **state)
{
	struct ask a = register_ask();
	const char *line;

	challenge_get(&a);
	line = answer_line(&phone, &a, "1001", "demo-1001", true, "00000001");
	clock_advance(302000);
	assert_int_equal(try(&a, line), 401);
	assert_true(phone_has(&phone, "stale=true"));
	assert_int_equal(try(&a, answer_line(&phone, &a, "1001", "demo-1001", true, "00000001")),
			 200);
}

static void no_replay_is_accepted(void **state)
{
	struct ask a = register_ask();
	char line[1024];

	challenge_get(&a);
	(void)text_printf(line, sizeof(line), "%s",
			  answer_line(&phone, &a, "1001", "demo-1001", true, "00000001"));
	assert_int_equal(try(&a, line), 200);
	for (int i = 0; i < 15; i++) {
		assert_int_equal(try(&a, line), 401);
		assert_true(phone_has(&phone, "stale=true"));
	}
}

static void the_next_count_of_a_nonce_is_accepted_once(void **state)
{
	struct ask a = register_ask();
	static struct phone first;
	char line[1024];

	challenge_get(&a);
	first = phone;
	assert_int_equal(try(&a, answer_line(&first, &a, "1001", "demo-1001", true, "00000003")),
			 200);
	(void)text_printf(line, sizeof(line), "%s",
			  answer_line(&first, &a, "1001", "demo-1001", true, "00000002"));
	assert_int_equal(try(&a, line), 200); /* overtaken, but new */
	assert_int_equal(try(&a, line), 401);
	assert_int_equal(try(&a, answer_line(&first, &a, "1001", "demo-1001", true, "000001a0")),
			 200);
	assert_int_equal(try(&a, answer_line(&first, &a, "1001", "demo-1001", true, "00000004")),
			 401); /* too far behind to know */
	assert_int_equal(try(&a, answer_line(&first, &a, "1001", "demo-1001", true, "00000000")),
			 401);
}

static void an_invented_nonce_is_stale(void **state)
{
	static const struct pl r = PL("northwind.localhost"), other = PL("harbor.localhost");
	char nonce[64];
	struct pl pl;

	auth_nonce(stack->auth, nonce, sizeof(nonce), &r);
	pl_set_str(&pl, nonce);
	assert_int_equal(auth_nonce_check(stack->auth, &pl, &r), NONCE_GOOD);
	assert_int_equal(auth_nonce_check(stack->auth, &pl, &other), NONCE_STALE);
	nonce[55] = nonce[55] == '0' ? '1' : '0';
	assert_int_equal(auth_nonce_check(stack->auth, &pl, &r), NONCE_STALE);
	pl_set_str(&pl, "zz");
	assert_int_equal(auth_nonce_check(stack->auth, &pl, &r), NONCE_STALE);
}

static void forgotten_nonces_are_stale_not_replayable(void **state)
{
	static const struct pl r = PL("northwind.localhost");
	char first[64], nonce[64];
	struct pl pl, pl1;

	auth_nonce(stack->auth, first, sizeof(first), &r);
	pl_set_str(&pl1, first);
	assert_true(auth_count_check(stack->auth, &pl1, 1));
	clock_advance(5000);
	for (unsigned i = 0; i < 65536; i++) {
		auth_nonce(stack->auth, nonce, sizeof(nonce), &r);
		pl_set_str(&pl, nonce);
		assert_true(auth_count_check(stack->auth, &pl, 1));
	}
	assert_int_equal(auth_nonce_check(stack->auth, &pl1, &r), NONCE_STALE);
	assert_int_equal(auth_nonce_check(stack->auth, &pl, &r), NONCE_GOOD);
}

static void ten_wrong_tries_close_the_door_for_this_source_only(void **state)
{
	static struct phone owner;
	struct ask a = register_ask();

	for (unsigned i = 0; i < THROTTLE_TRIES; i++)
		assert_int_equal(try_password(&a, "1001", "guess"), 401);
	assert_int_equal(above.throttled, 1);
	assert_string_equal(phone.ip, "127.0.0.1");
	assert_int_equal(try_password(&a, "1001", "demo-1001"), 403);
	phone_open(&owner, false, "127.0.0.2", stack_port(stack));
	assert_int_equal(phone_register(&owner, "1001", phone_contact(&owner, "1001", "")), 200);
	phone_close(&owner);
	clock_advance(THROTTLE_DELAY_MS + 1000);
	assert_int_equal(try_password(&a, "1001", "demo-1001"), 200);
}

static void an_unknown_name_closes_the_door_as_well(void **state)
{
	struct ask a = register_ask();

	for (unsigned i = 0; i < THROTTLE_TRIES; i++)
		assert_int_equal(try_password(&a, "9999", "guess"), 401);
	assert_int_equal(try_password(&a, "9999", "guess"), 403);
}

static void a_domain_that_is_not_ours_is_refused(void **state)
{
	struct ask a = register_ask();

	a.domain = "elsewhere.example";
	a.uri = "sip:elsewhere.example";
	ask_send(&phone, &a);
	assert_int_equal(phone_wait(&phone, 2000), 403);
}

static void upper_case_digits_and_domains_are_understood(void **state)
{
	struct ask a = register_ask();
	static char line[1024];
	char *p;

	a.domain = "NORTHWIND.localhost";
	challenge_get(&a);
	assert_true(phone_has(&phone, "realm=\"northwind.localhost\""));
	(void)text_printf(line, sizeof(line), "%s",
			  answer_line(&phone, &a, "1001", "demo-1001", true, "00000001"));
	for (p = strstr(line, "response=\"") + 10; *p != '"'; p++)
		*p = (char)toupper((unsigned char)*p);
	assert_int_equal(try(&a, line), 200);
}

/* --- our own answers ---------------------------------------------------------------------------
 */

static struct sip_msg *challenge_msg(const char *headers, unsigned code)
{
	struct mbuf *mb = mbuf_alloc(1024);
	struct sip_msg *msg = NULL;

	assert_int_equal(
		mbuf_printf(mb,
			    "SIP/2.0 %u No\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKx\r\n"
			    "From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: 1\r\n"
			    "CSeq: 1 INVITE\r\n%s\r\n",
			    code, headers),
		0);
	mb->pos = 0;
	assert_int_equal(sip_msg_decode(&msg, mb), 0);
	mem_deref(mb);
	return msg;
}

#define SHA                                                                                        \
	"WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n1\", qop=\"auth-int,auth\", "        \
	"algorithm=SHA-256, opaque=\"o\"\r\n"
#define MD "WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n2\"\r\n"

static int answer_text(char *text, size_t size, const char *headers, unsigned code,
		       const char *realm)
{
	AUTO struct sip_msg *msg = challenge_msg(headers, code);
	AUTO struct mbuf *mb = mbuf_alloc(512);
	int err = auth_answer(mb, msg, "INVITE", "sip:1@c", "me", "secret", realm);

	(void)text_copy_pl(text, size, &(struct pl){(char *)mb->buf, mb->end});
	return err;
}

static void our_answer_takes_the_stronger_algorithm(void **state)
{
	static const struct pl invite = PL("INVITE");
	char text[1024], ha1[TEXT_SHA256], want[TEXT_SHA256];
	struct digest_params p;
	struct pl pl;

	assert_int_equal(answer_text(text, sizeof(text), MD SHA, 401, "carrier"), 0);
	assert_int_equal(strncmp(text, "Authorization: ", 15), 0);
	pl_set_str(&pl, text + 15);
	pl.l -= 2;
	assert_true(digest_parse(&p, &pl));
	assert_int_equal(p.alg, DIGEST_SHA256);
	assert_int_equal(pl_strcmp(&p.qop, "auth"), 0);
	assert_int_equal(pl_strcmp(&p.opaque, "o"), 0);
	digest_ha1(ha1, p.alg, "me", &p.realm, "secret");
	assert_true(digest_response(want, &p, &invite, ha1));
	assert_int_equal(pl_strcmp(&p.response, want), 0);
}

static void our_answer_without_qop_is_the_older_form(void **state)
{
	char text[1024];

	assert_int_equal(answer_text(text, sizeof(text), MD, 401, ""), 0);
	/* MD5(MD5(me:carrier:secret):n2:MD5(INVITE:sip:1@c)) */
	assert_non_null(strstr(text, "response=\"347702207dfd596c92d1b2af7d001e19\""));
	assert_null(strstr(text, "qop"));
}

static void only_the_qop_auth_is_answered_as_such(void **state)
{
	static const struct {
		const char *qop;
		bool auth;
	} row[] = {{"auth", true},	{"auth,auth-int", true}, {"auth-int, auth", true},
		   {"auth-int", false}, {"foo,auth-int", false}, {"", false}};
	char header[128], text[1024];

	for (size_t i = 0; i < COUNT(row); i++) {
		(void)text_printf(
			header, sizeof(header),
			"WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"%s\"\r\n",
			row[i].qop);
		assert_int_equal(answer_text(text, sizeof(text), header, 401, ""), 0);
		assert_int_equal(strstr(text, "qop=auth, nc=00000001") != NULL, row[i].auth);
	}
}

static void no_answer_leaks_to_another_realm(void **state)
{
	char text[1024];

	assert_int_equal(answer_text(text, sizeof(text), MD SHA, 401, "other"), ENOENT);
	assert_string_equal(text, "");
	assert_int_equal(answer_text(text, sizeof(text), "", 401, ""), ENOENT);
	/* a WWW-Authenticate in a 407 is not what was asked */
	assert_int_equal(answer_text(text, sizeof(text), MD, 407, ""), ENOENT);
	assert_int_equal(answer_text(text, sizeof(text),
				     "Proxy-Authenticate: Digest realm=\"c\", nonce=\"n\", "
				     "qop=\"auth\", algorithm=MD5\r\n",
				     407, "c"),
			 0);
	assert_int_equal(strncmp(text, "Proxy-Authorization: Digest username=\"me\"", 40), 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, open_phone, close_phone)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_of_rfc_7616_come_out),
		cmocka_unit_test(malformed_credentials_are_refused),
		T(sha_256_is_offered_before_md5),
		T(md5_can_be_switched_off),
		T(a_browser_is_offered_md5_alone),
		T(a_phone_that_chokes_on_sha_256_is_offered_md5_alone),
		T(an_unknown_user_gets_the_same_answers),
		T(a_wrong_password_is_challenged_anew_without_stale),
		T(a_digest_for_another_method_is_wrong),
		T(a_digest_for_another_uri_is_refused),
		T(an_old_nonce_is_stale),
		T(no_replay_is_accepted),
		T(the_next_count_of_a_nonce_is_accepted_once),
		T(an_invented_nonce_is_stale),
		T(forgotten_nonces_are_stale_not_replayable),
		T(ten_wrong_tries_close_the_door_for_this_source_only),
		T(an_unknown_name_closes_the_door_as_well),
		T(a_domain_that_is_not_ours_is_refused),
		T(upper_case_digits_and_domains_are_understood),
		cmocka_unit_test(our_answer_takes_the_stronger_algorithm),
		cmocka_unit_test(our_answer_without_qop_is_the_older_form),
		cmocka_unit_test(only_the_qop_auth_is_answered_as_such),
		cmocka_unit_test(no_answer_leaks_to_another_realm),
	};

	return cmocka_run_group_tests(tests, rig_init, rig_exit);
}
