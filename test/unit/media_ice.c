/**
 * @file media_ice.c  Tests the STUN reader's strictness and the book of valid addresses
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include "ice.h"

static const struct ice_keys keys = {"ours", "password", "theirs"};
static struct ice ice;
static uint8_t reply[ICE_REPLY];
static size_t reply_size;

static int setup(void **state)
{
	memset(&ice, 0, sizeof(ice));
	return 0;
}

static struct sa address(uint16_t port)
{
	struct sa sa;

	sa_set_str(&sa, "127.0.0.1", port);
	return sa;
}

static size_t request(uint8_t *p, const char *user, const char *pwd, bool nominate, bool fp)
{
	struct mbuf *mb = mbuf_alloc(256);
	uint8_t tid[12] = {1, 2, 3};
	size_t n;

	assert_int_equal(stun_msg_encode(mb, STUN_METHOD_BINDING, STUN_CLASS_REQUEST, tid, NULL,
					 (const uint8_t *)pwd, strlen(pwd), fp, 0, 2,
					 STUN_ATTR_USERNAME, user, STUN_ATTR_USE_CAND,
					 nominate ? &nominate : NULL),
			 0);
	n = mb->end;
	memcpy(p, mb->buf, n);
	mem_deref(mb);
	return n;
}

static int check(const uint8_t *p, size_t n, uint16_t port, uint64_t now)
{
	struct sa from = address(port);

	return ice_check(&ice, &keys, p, n, &from, now, reply, &reply_size);
}

static void who_passes(void **state)
{
	uint8_t p[1300];
	struct sa first = address(1), second = address(2);
	size_t n = request(p, "ours:theirs", "password", false, true);

	assert_int_equal(check(p, n, 1, 0), 0);
	assert_true(ice_valid(&ice, &first) && !ice_valid(&ice, &second));
	assert_true(sa_cmp(&ice.chosen, &first, SA_ALL));
	/* Another valid one is chosen only when it is nominated. */
	assert_int_equal(check(p, n, 2, 0), 0);
	assert_true(ice_valid(&ice, &second));
	assert_true(sa_cmp(&ice.chosen, &first, SA_ALL));
	n = request(p, "ours:theirs", "password", true, true);
	assert_int_equal(check(p, n, 2, 0), 0);
	assert_true(sa_cmp(&ice.chosen, &second, SA_ALL));
	n = request(p, "ours:theirs", "password", false, false);
	assert_int_equal(check(p, n, 3, 0), 0);
	n = request(p, "ours:theirs", "other", true, true);
	assert_int_equal(check(p, n, 4, 0), EACCES);
	n = request(p, "ours:other", "password", true, true);
	assert_int_equal(check(p, n, 4, 0), EACCES);
	n = request(p, "ours", "password", true, true);
	assert_int_equal(check(p, n, 4, 0), EACCES);
	n = request(p, "theirs:ours", "password", true, true);
	assert_int_equal(check(p, n, 4, 0), EACCES);
	first = address(4);
	assert_false(ice_valid(&ice, &first));
}

/* Every flipped bit and every cut of a good check is refused; but for the FINGERPRINT's own type,
 * which is not signed: without it a check passes, too. */
static void damaged(void **state)
{
	uint8_t p[1300], copy[1300];
	size_t n = request(p, "ours:theirs", "password", true, true);

	for (size_t i = 0; i < 8 * n; i++) {
		if (i / 8 == n - 8 || i / 8 == n - 7)
			continue;
		memcpy(copy, p, n);
		copy[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_not_equal(check(copy, n, 1, 0), 0);
	}
	for (size_t m = 0; m < n; m++)
		assert_int_not_equal(check(p, m, 1, 0), 0);
	assert_int_equal(ice.count, 0);
	assert_int_equal(check(p, n, 1, 0), 0);
}

static void unsigned_tail(void **state)
{
	uint8_t p[1300];
	size_t n = request(p, "ours:theirs", "password", false, false);

	/* USE-CANDIDATE behind the signature is not looked at. */
	memcpy(p + n, (uint8_t[]){0, 0x25, 0, 0}, 4);
	p[3] = (uint8_t)(p[3] + 4);
	assert_int_equal(check(p, n + 4, 1, 0), 0);
	assert_false(ice.nominated);
}

static void other_messages(void **state)
{
	uint8_t p[1300] = {0};
	size_t n = request(p, "ours:theirs", "password", true, true);

	p[0] = 1;
	assert_int_equal(check(p, n, 1, 0), ENOTSUP);
	p[0] = 0;
	p[1] = 0x11;
	assert_int_equal(check(p, n, 1, 0), ENOTSUP);
	/* More attributes than anybody needs. */
	memset(p + 20, 0, sizeof(p) - 20);
	p[1] = 1;
	p[2] = (1200 - 20) >> 8;
	p[3] = (1200 - 20) & 0xff;
	assert_int_equal(check(p, 1200, 1, 0), EBADMSG);
	assert_int_equal(check(p, 1204, 1, 0), EBADMSG);
}

static void bounded_and_forgotten(void **state)
{
	uint8_t p[1300];
	size_t n = request(p, "ours:theirs", "password", true, true);
	struct sa sa;

	for (uint16_t port = 1; port <= 100; port++)
		assert_int_equal(check(p, n, port, port), 0);
	assert_int_equal(ice.count, ICE_ADDRESSES);
	sa = address(92);
	assert_false(ice_valid(&ice, &sa));
	sa = address(93);
	assert_true(ice_valid(&ice, &sa));
	ice_touch(&ice, &sa, 20000);
	ice_expire(&ice, 101 + ICE_CONSENT_MS);
	assert_int_equal(ice.count, 1);
	assert_true(ice_valid(&ice, &sa));
	/* The chosen one is gone: nothing is sent until somebody passes again. */
	assert_false(sa_isset(&ice.chosen, SA_ALL));
	assert_int_equal(check(p, n, 7, 50000), 0);
	assert_true(sa_isset(&ice.chosen, SA_ALL));
}

static void answer_v6(void **state)
{
	uint8_t p[1300];
	size_t n = request(p, "ours:theirs", "password", true, true);
	struct stun_unknown_attr ua;
	struct stun_msg *msg = NULL;
	struct mbuf *mb = mbuf_alloc(256);
	struct stun_attr *a;
	struct sa from;

	sa_set_str(&from, "2001:db8::7", 4567);
	assert_int_equal(ice_check(&ice, &keys, p, n, &from, 0, reply, &reply_size), 0);
	mbuf_write_mem(mb, reply, reply_size);
	mb->pos = 0;
	assert_int_equal(stun_msg_decode(&msg, mb, &ua), 0);
	assert_int_equal(stun_msg_chk_mi(msg, (const uint8_t *)"password", 8), 0);
	assert_int_equal(stun_msg_chk_fingerprint(msg), 0);
	a = stun_msg_attr(msg, STUN_ATTR_XOR_MAPPED_ADDR);
	assert_non_null(a);
	assert_true(sa_cmp(&a->v.xor_mapped_addr, &from, SA_ALL));
	mem_deref(msg);
	mem_deref(mb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(who_passes, setup),
		cmocka_unit_test_setup(damaged, setup),
		cmocka_unit_test_setup(unsigned_tail, setup),
		cmocka_unit_test_setup(other_messages, setup),
		cmocka_unit_test_setup(bounded_and_forgotten, setup),
		cmocka_unit_test_setup(answer_v6, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
