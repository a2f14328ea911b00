/**
 * @file push_push.c  Web Push: what is sealed, how it is signed, where it may go
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <string.h>
#include "own.h"
#include "push_private.h"

enum { VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING };

/* RFC 8291 section 5 and appendix A */
static const char text[] = "When I grow up, I want to be a watermelon",
		  ua_public[] =
			  "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZ"
			  "GH6SRpkNtoIAiw4",
		  ua_auth[] = "BTBZMqHH6r4Tts7J_aSIgg",
		  as_private[] = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
		  as_public[] =
			  "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8w"
			  "EqKK6PBru3jl7A8",
		  salt[] = "DGv6ra1nlYgDCS1FRnbzlw",
		  sealed[] =
			  "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIg"
			  "Dll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVB"
			  "St2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";

static void bytes(uint8_t *out, size_t size, const char *word)
{
	size_t n;

	assert_int_equal(sodium_base642bin(out, size, word, strlen(word), NULL, &n, NULL, VARIANT),
			 0);
	assert_int_equal(n, size);
}

static void target(struct push_target *t)
{
	assert_true(push_target_read(t, "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4",
				     ua_public, ua_auth));
}

static void seals_as_the_rfc(void **state)
{
	struct push_target t;
	struct push_dice dice;
	uint8_t body[PUSH_BODY];
	char word[2 * PUSH_BODY];
	size_t n;

	target(&t);
	bytes(dice.key, sizeof(dice.key), as_private);
	bytes(dice.salt, sizeof(dice.salt), salt);
	assert_int_equal(push_seal(body, &n, &t, &dice, text, strlen(text)), 0);
	push_word(word, sizeof(word), body, n);
	assert_string_equal(word, sealed);
}

static void length_tells_nothing(void **state)
{
	struct push_target t;
	struct push_dice dice = {.salt = {1}};
	uint8_t body[PUSH_BODY];
	char longest[PUSH_TEXT + 2];
	size_t a, b;

	target(&t);
	assert_int_equal(push_key_make(dice.key), 0);
	assert_int_equal(push_seal(body, &a, &t, &dice, "a", 512), 0);
	assert_int_equal(push_seal(body, &b, &t, &dice, text, 512), 0);
	assert_int_equal(a, b);
	memset(longest, 'x', sizeof(longest));
	longest[PUSH_TEXT] = '\0';
	assert_int_equal(push_seal(body, &a, &t, &dice, longest, PUSH_TEXT), 0);
	assert_int_equal(a, PUSH_BODY);
	assert_int_equal(push_seal(body, &a, &t, &dice, longest, 512), EMSGSIZE);
	assert_int_equal(push_seal(body, &a, &t, &dice, "", PUSH_TEXT + 1), EMSGSIZE);
}

static void public_of_a_private_key(void **state)
{
	uint8_t key[PUSH_PRIVATE], point[PUSH_PUBLIC], none[PUSH_PRIVATE] = {0};
	char word[PUSH_WORD];

	bytes(key, sizeof(key), as_private);
	assert_int_equal(push_public(point, key), 0);
	push_word(word, sizeof(word), point, sizeof(point));
	assert_string_equal(word, as_public);
	assert_int_equal(push_public(point, none), EIO);
}

/* A subscription of which something is wrong is none. */
static void targets_that_are_none(void **state)
{
	struct push_target t;
	char off[sizeof(ua_public)], url[PUSH_ENDPOINT + 8] = "https://a.example/";

	memcpy(off, ua_public, sizeof(off));
	off[20] ^= 1; /* a point beside the curve */
	assert_false(push_target_read(&t, "https://a.example/x", off, ua_auth));
	assert_false(push_target_read(&t, "https://a.example/x", ua_auth, ua_auth));
	assert_false(push_target_read(&t, "https://a.example/x", ua_public, "BTBZ"));
	assert_false(push_target_read(&t, "https://a.example/x", ua_public, ua_public));
	assert_false(push_target_read(&t, "http://a.example/x", ua_public, ua_auth));
	assert_false(push_target_read(&t, "https://me:pw@a.example/x", ua_public, ua_auth));
	assert_false(push_target_read(&t, "https://a.example/\"x", ua_public, ua_auth));
	assert_false(push_target_read(&t, "https://a.example/\r\nX: y", ua_public, ua_auth));
	assert_false(push_target_read(&t, "", ua_public, ua_auth));
	memset(url + 18, 'x', PUSH_ENDPOINT - 18);
	assert_false(push_target_read(&t, url, ua_public, ua_auth));
	url[PUSH_ENDPOINT - 1] = '\0';
	assert_true(push_target_read(&t, url, ua_public, ua_auth));
}

static void verify(const char *jwt, const uint8_t point[PUSH_PUBLIC])
{
	const char *dot = strrchr(jwt, '.');
	uint8_t raw[64], der[80], *p = der;
	ECDSA_SIG *sig = ECDSA_SIG_new();
	EVP_PKEY *pkey = push_pkey(NULL, point);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int n;

	bytes(raw, sizeof(raw), dot + 1);
	assert_true(ECDSA_SIG_set0(sig, BN_bin2bn(raw, 32, NULL), BN_bin2bn(raw + 32, 32, NULL)));
	n = i2d_ECDSA_SIG(sig, &p);
	assert_true(EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, pkey) > 0);
	assert_int_equal(
		EVP_DigestVerify(ctx, der, (size_t)n, (const uint8_t *)jwt, (size_t)(dot - jwt)),
		1);
	ECDSA_SIG_free(sig);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
}

static void token_is_signed(void **state)
{
	static const char claims[] = "{\"aud\":\"https://push.example.net\",\"exp\":1453523768,"
				     "\"sub\":\"mailto:push@example.com\"}";
	uint8_t key[PUSH_PRIVATE], point[PUSH_PUBLIC];
	char jwt[PUSH_JWT], word[PUSH_JWT];
	const char *dot;

	bytes(key, sizeof(key), as_private);
	bytes(point, sizeof(point), as_public);
	for (int i = 0; i < 300; i++) { /* also with numbers that begin with zeros */
		assert_int_equal(push_jwt(jwt, key, "https://push.example.net",
					  "mailto:push@example.com", 1453523768),
				 0);
		verify(jwt, point);
	}
	/* header of RFC 8292 section 2.4 */
	dot = strchr(jwt, '.') + 1;
	assert_memory_equal(jwt, "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.", dot - jwt);
	push_word(word, sizeof(word), claims, strlen(claims));
	assert_memory_equal(dot, word, strlen(word));
	assert_int_equal(dot[strlen(word)], '.');
}

static void origin_of_an_endpoint(void **state)
{
	char origin[PUSH_ORIGIN];

	assert_true(push_origin(origin, "https://push.example.net/push/JzLQ"));
	assert_string_equal(origin, "https://push.example.net");
	assert_true(push_origin(origin, "https://push.example.net:443/x"));
	assert_string_equal(origin, "https://push.example.net");
	assert_true(push_origin(origin, "https://push.example.net:8443/x"));
	assert_string_equal(origin, "https://push.example.net:8443");
	assert_false(push_origin(origin, "file:///etc/passwd"));
	assert_false(push_origin(origin, "https://"));
}

static bool outside(const char *address)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

	if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
		return push_outside((struct sockaddr *)&v4);
	assert_int_equal(inet_pton(AF_INET6, address, &v6.sin6_addr), 1);
	return push_outside((struct sockaddr *)&v6);
}

static void addresses_of_ours(void **state)
{
	static const char *const inside[] = {"0.0.0.0",
					     "10.1.2.3",
					     "100.64.0.1",
					     "100.127.255.255",
					     "127.0.0.1",
					     "127.9.9.9",
					     "169.254.169.254",
					     "172.16.0.1",
					     "172.31.255.255",
					     "192.168.0.1",
					     "192.0.0.8",
					     "198.18.0.1",
					     "224.0.0.1",
					     "255.255.255.255",
					     "::",
					     "::1",
					     "::ffff:10.0.0.1",
					     "fc00::1",
					     "fe80::1",
					     "ff02::1",
					     "2002:a00:1::",
					     "2001:0:a00::1",
					     "64:ff9b::a00:1"};
	static const char *const outer[] = {
		"8.8.8.8",   "100.63.255.255", "100.128.0.1",	  "172.15.0.1",	  "172.32.0.1",
		"192.0.1.1", "198.20.0.1",     "223.255.255.255", "2a00:1450::1", "2001:db8::1"};

	for (size_t i = 0; i < COUNT(inside); i++)
		assert_false(outside(inside[i]));
	for (size_t i = 0; i < COUNT(outer); i++)
		assert_true(outside(outer[i]));
}

static void endpoints_that_are_taken(void **state)
{
	struct push_conf conf = {
		.contact = "mailto:a@b.example", .ca = "", .inside = "127.0.0.1:9443  push.lan"};
	struct pusher *p;

	assert_int_equal(push_key_make(conf.key), 0);
	assert_int_equal(pusher_alloc(&p, &conf), 0);
	assert_true(pusher_takes(p, "https://push.example.net/x"));
	assert_true(pusher_takes(p, "https://push.example.net:443/x"));
	assert_true(pusher_takes(p, "https://127.0.0.1:9443/x"));
	assert_true(pusher_takes(p, "https://push.lan/x"));
	assert_false(pusher_takes(p, "https://push.example.net:25/x"));
	assert_false(pusher_takes(p, "https://127.0.0.1/x"));
	assert_false(pusher_takes(p, "https://127.0.0.1:9444/x"));
	assert_false(pusher_takes(p, "https://0x7f000001/x"));
	assert_false(pusher_takes(p, "https://2130706433/x"));
	assert_false(pusher_takes(p, "https://[::1]/x"));
	assert_false(pusher_takes(p, "http://push.example.net/x"));
	mem_deref(p);
}

static void topic_says_nothing(void **state)
{
	char a[PUSH_TOPIC], b[PUSH_TOPIC];

	push_topic(a, "01890000-0000-7000-8000-000000000001");
	push_topic(b, "01890000-0000-7000-8000-000000000002");
	assert_int_equal(strlen(a), PUSH_TOPIC - 1);
	assert_string_not_equal(a, b);
	assert_null(strstr(a, "0189"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(seals_as_the_rfc),
		cmocka_unit_test(length_tells_nothing),
		cmocka_unit_test(public_of_a_private_key),
		cmocka_unit_test(targets_that_are_none),
		cmocka_unit_test(token_is_signed),
		cmocka_unit_test(origin_of_an_endpoint),
		cmocka_unit_test(addresses_of_ours),
		cmocka_unit_test(endpoints_that_are_taken),
		cmocka_unit_test(topic_says_nothing),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
