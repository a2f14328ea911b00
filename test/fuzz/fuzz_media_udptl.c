/**
 * @file fuzz_media_udptl.c  Datagrams of a T.38 peer, cut, flipped and spliced, in exact buffers
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "own.h"
#include "udptl.h"

enum { STREAMS = 3000, DATAGRAMS = 60 };

static unsigned seed = 1;
static uint64_t got;
static uint16_t last;
static bool any;

static unsigned rnd(unsigned below)
{
	return (unsigned)rand_r(&seed) % below;
}

static void got_h(const uint8_t *ifp, size_t n, uint16_t seq, void *arg)
{
	volatile uint8_t sum = 0;

	CHECK(n >= 1 && n <= UDPTL_IFP);
	for (size_t i = 0; i < n; i++)
		sum = (uint8_t)(sum + ifp[i]);
	any = true;
	last = seq;
	got++;
}

static void mutate(uint8_t *p, size_t *n)
{
	for (unsigned changes = rnd(4); changes; changes--) {
		switch (rnd(4)) {
		case 0:
			p[rnd((unsigned)*n)] = (uint8_t)rnd(256);
			break;
		case 1:
			p[rnd((unsigned)*n)] ^= (uint8_t)(1 << rnd(8));
			break;
		case 2:
			*n = 1 + rnd((unsigned)*n);
			break;
		default:
			*n = *n < 600 ? *n + rnd(40) : *n;
		}
	}
}

static void stream(void)
{
	static struct udptl from, to;

	udptl_init(&from, 100 + rnd(1400), rnd(2));
	udptl_init(&to, 400, false);
	from.out_seq = rnd(65536);
	for (unsigned i = 0; i < DATAGRAMS; i++) {
		uint8_t ifp[UDPTL_IFP], out[UDPTL_DATAGRAM] = {0}, *exact;
		size_t n = 1 + rnd(rnd(20) ? 60 : UDPTL_IFP);
		int size;

		memset(ifp, (int)i, sizeof(ifp));
		size = udptl_encode(&from, out, sizeof(out), ifp, n);
		CHECK(size > 0);
		n = (size_t)size;
		mutate(out, &n);
		exact = malloc(n);
		CHECK(exact != NULL);
		memcpy(exact, out, n);
		udptl_decode(&to, exact, n, got_h, NULL);
		free(exact);
	}
}

int main(int argc, char **argv)
{
	if (argc > 1)
		seed = (unsigned)strtoul(argv[1], NULL, 10);
	for (unsigned i = 0; i < STREAMS; i++)
		stream();
	printf("%llu packets came through\n", (unsigned long long)got);
	CHECK(any && got > STREAMS);
	return 0;
}
