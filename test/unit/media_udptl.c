/**
 * @file media_udptl.c  Tests UDPTL: every packet once and in order, whatever the network does
 */
#include <errno.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "udptl.h"

enum { MANY = 400 };

struct wire {
	struct udptl from, to;
	uint8_t datagram[MANY][UDPTL_DATAGRAM];
	size_t size[MANY];
	unsigned sent;

	unsigned got;
	uint16_t last;
	bool out_of_order, wrong;
};

static struct wire w;

/* A packet tells its own number, so that what comes out can be held against it */
static size_t ifp_make(uint8_t *ifp, uint32_t number)
{
	size_t n = 3 + number * 7 % 50;

	for (size_t i = 0; i < n; i++)
		ifp[i] = (uint8_t)(number >> (i % 2 * 8));
	return n;
}

static void wire_init(size_t max, bool fec, uint32_t first)
{
	memset(&w, 0, sizeof(w));
	udptl_init(&w.from, max, fec);
	udptl_init(&w.to, max, fec);
	w.from.out_seq = first;
}

static void wire_send(unsigned count)
{
	while (count--) {
		uint8_t ifp[UDPTL_IFP];
		size_t n = ifp_make(ifp, w.from.out_seq & 0xffff);
		int size = udptl_encode(&w.from, w.datagram[w.sent], UDPTL_DATAGRAM, ifp, n);

		assert_true(size > 0);
		w.size[w.sent++] = (size_t)size;
	}
}

static void got_h(const uint8_t *ifp, size_t n, uint16_t seq, void *arg)
{
	uint8_t expected[UDPTL_IFP] = {0};
	size_t size = ifp_make(expected, seq);

	/* parity does not tell the length: what it brings back may have zeros behind it */
	w.wrong |= n < size || memcmp(ifp, expected, size);
	w.out_of_order |= w.got && (int16_t)(seq - w.last) <= 0;
	w.last = seq;
	w.got++;
}

static int take(unsigned i)
{
	return udptl_decode(&w.to, w.datagram[i], w.size[i], got_h, NULL);
}

static void assert_got(unsigned count)
{
	assert_false(w.wrong);
	assert_false(w.out_of_order);
	assert_int_equal(w.got, count);
}

static void nothing_lost(bool fec)
{
	wire_init(UDPTL_DATAGRAM, fec, 0);
	wire_send(MANY);
	for (unsigned i = 0; i < MANY; i++)
		assert_int_equal(take(i), 0);
	assert_got(MANY);
	assert_int_equal(w.to.lost + w.to.late + w.to.recovered, 0);
}

static void all_arrive_once_in_order(void **state)
{
	nothing_lost(false);
	nothing_lost(true);
}

static void three_in_a_row_are_brought_back_by_copies(void **state)
{
	wire_init(UDPTL_DATAGRAM, false, 0);
	wire_send(MANY);
	for (unsigned i = 0; i < MANY; i += 4)
		assert_int_equal(take(i + 3), 0);
	assert_got(MANY);
	assert_int_equal(w.to.recovered, MANY / 4 * 3);
}

static void four_in_a_row_are_one_gap(void **state)
{
	wire_init(UDPTL_DATAGRAM, false, 0);
	wire_send(20);
	for (unsigned i = 0; i < 20; i++) {
		if (i < 8 || i > 11)
			assert_int_equal(take(i), 0);
	}
	assert_got(19);
	assert_int_equal(w.to.lost, 1);
}

static void three_in_a_row_are_brought_back_by_parity(void **state)
{
	wire_init(UDPTL_DATAGRAM, true, 0);
	wire_send(MANY);
	for (unsigned i = 0; i < MANY; i++) {
		if (i < 20 || i % 20 > 2)
			assert_int_equal(take(i), 0);
	}
	assert_got(MANY);
}

static void a_lost_one_is_brought_back_by_the_next_parity(void **state)
{
	wire_init(UDPTL_DATAGRAM, true, 0);
	wire_send(40);
	for (unsigned i = 0; i < 40; i++) {
		if (i != 21)
			assert_int_equal(take(i), 0);
	}
	assert_got(40);
	assert_int_equal(w.to.recovered, 1);
}

static void repeats_are_dropped(void **state)
{
	wire_init(UDPTL_DATAGRAM, false, 0);
	wire_send(100);
	for (unsigned i = 0; i < 100; i++) {
		for (unsigned k = 0; k < 3; k++)
			assert_int_equal(take(i), 0);
	}
	assert_got(100);
	assert_int_equal(w.to.late, 200);
}

static void swapped_ones_come_out_in_order(void **state)
{
	wire_init(UDPTL_DATAGRAM, false, 0);
	wire_send(100);
	for (unsigned i = 0; i < 100; i += 2) {
		assert_int_equal(take(i + 1), 0);
		assert_int_equal(take(i), 0);
	}
	assert_got(100);
}

static void numbers_run_over(void **state)
{
	wire_init(UDPTL_DATAGRAM, false, 65400);
	wire_send(MANY);
	for (unsigned i = 0; i < MANY; i++) {
		if (i % 3 != 1)
			assert_int_equal(take(i), 0);
	}
	assert_got(MANY);
}

static void a_random_tenth_lost_and_shuffled(void **state)
{
	unsigned order[MANY], seed = 7;

	for (unsigned round = 0; round < 20; round++) {
		wire_init(UDPTL_DATAGRAM, round & 1, round * 3000);
		wire_send(MANY);
		for (unsigned i = 0; i < MANY; i++)
			order[i] = i;
		for (unsigned i = 0; i + 3 < MANY; i++) {
			unsigned k = i + (unsigned)rand_r(&seed) % 3, keep = order[i];

			order[i] = order[k];
			order[k] = keep;
		}
		for (unsigned i = 0; i < MANY; i++) {
			if (rand_r(&seed) % 10)
				assert_int_equal(take(order[i]), 0);
		}
		assert_false(w.wrong);
		assert_false(w.out_of_order);
		assert_true(w.got > MANY * 9 / 10);
	}
}

static void a_peer_that_begins_anew_is_heard_again(void **state)
{
	wire_init(UDPTL_DATAGRAM, false, 30000);
	wire_send(20);
	w.from.out_seq = 5;
	wire_send(20);
	for (unsigned i = 0; i < 40; i++)
		assert_int_equal(take(i), 0);
	assert_false(w.wrong);
	assert_true(w.got > 20 + 10);
}

static void a_small_peer_gets_fewer_copies(void **state)
{
	wire_init(72, false, 0);
	wire_send(50);
	for (unsigned i = 0; i < 50; i++) {
		assert_true(w.size[i] <= 72);
		assert_int_equal(take(i), 0);
	}
	assert_got(50);
}

static void too_long_or_empty_is_not_sent(void **state)
{
	uint8_t ifp[UDPTL_IFP + 1] = {0}, out[UDPTL_DATAGRAM];

	wire_init(UDPTL_DATAGRAM, false, 0);
	assert_int_equal(udptl_encode(&w.from, out, sizeof(out), ifp, 0), -1);
	assert_int_equal(udptl_encode(&w.from, out, sizeof(out), ifp, UDPTL_IFP + 1), -1);
	assert_int_equal(udptl_encode(&w.from, out, 20, ifp, 30), -1);
	assert_int_equal(w.from.out_seq, 0);
}

static void malformed_ones_are_refused_whole(void **state)
{
	static const struct {
		uint8_t p[12];
		size_t n;
	} bad[] = {
		{{0, 1}, 2},			     /* no packet                  */
		{{0, 1, 0, 0, 0}, 5},		     /* an empty one               */
		{{0, 1, 5, 1, 2, 3}, 6},	     /* longer than the datagram   */
		{{0, 1, 1, 9, 0}, 5},		     /* no count                   */
		{{0, 1, 1, 9, 0, 1}, 6},	     /* a copy is missing          */
		{{0, 1, 1, 9, 0, 0, 7}, 7},	     /* something behind           */
		{{0, 1, 1, 9, 0, 16}, 6},	     /* too many copies            */
		{{0, 1, 0xc1, 9, 0, 0}, 6},	     /* fragmented                 */
		{{0, 1, 1, 9, 0x80, 2, 3, 3}, 8},    /* span of two octets         */
		{{0, 1, 1, 9, 0x80, 1, 200, 3}, 8},  /* span beyond all bounds     */
		{{0, 1, 1, 9, 0x80, 1, 3, 3, 1}, 9}, /* parities missing           */
		{{0, 1, 0x82, 0, 0, 0}, 6},	     /* 512 octets                 */
	};

	wire_init(UDPTL_DATAGRAM, false, 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(udptl_decode(&w.to, bad[i].p, bad[i].n, got_h, NULL), EBADMSG);
	assert_int_equal(w.got, 0);
	assert_int_equal(w.to.malformed, sizeof(bad) / sizeof(*bad));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_arrive_once_in_order),
		cmocka_unit_test(three_in_a_row_are_brought_back_by_copies),
		cmocka_unit_test(four_in_a_row_are_one_gap),
		cmocka_unit_test(three_in_a_row_are_brought_back_by_parity),
		cmocka_unit_test(a_lost_one_is_brought_back_by_the_next_parity),
		cmocka_unit_test(repeats_are_dropped),
		cmocka_unit_test(swapped_ones_come_out_in_order),
		cmocka_unit_test(numbers_run_over),
		cmocka_unit_test(a_random_tenth_lost_and_shuffled),
		cmocka_unit_test(a_peer_that_begins_anew_is_heard_again),
		cmocka_unit_test(a_small_peer_gets_fewer_copies),
		cmocka_unit_test(too_long_or_empty_is_not_sent),
		cmocka_unit_test(malformed_ones_are_refused_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
