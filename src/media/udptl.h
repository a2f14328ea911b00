/**
 * @file udptl.h  UDPTL: how T.38 packets travel in datagrams (ITU-T T.38 section 9)
 *
 * Each datagram carries one new packet (IFP) and copies of the three before it, or parity over
 * some of them. Received ones come out once each, in order; what neither copy nor parity brought
 * back is a gap in the numbers. A plain struct, no allocation, no socket: whoever owns it calls it,
 * on any one thread. The program itself never sees a T.38 packet: fax-worker links this file.
 */
#ifndef CARILLON_MEDIA_UDPTL_H
#define CARILLON_MEDIA_UDPTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	UDPTL_IFP = 400,       /* longest packet, longer ones are refused             */
	UDPTL_DATAGRAM = 1400, /* longest datagram we send or take                    */
	UDPTL_REDUNDANCY = 3,  /* copies of older packets in each datagram            */
	UDPTL_FEC_SPAN = 3,    /* packets under one parity                            */
	UDPTL_FEC_ENTRIES = 3, /* parities in a datagram                              */
	UDPTL_RING = 64,       /* packets kept for copies and parity; a power of two  */
	UDPTL_COPIES = 15,     /* most copies taken from one datagram                 */
};

struct udptl_slot {
	uint32_t seq; /* extended; the slot is empty while `full` is false       */
	bool full;
	uint16_t size;
	uint8_t ifp[UDPTL_IFP];
};

struct udptl {
	size_t max_datagram; /* the peer's                                       */
	bool fec;	     /* parity instead of copies                         */
	uint32_t out_seq;
	struct udptl_slot out[UDPTL_RING];

	bool started;
	uint32_t next;	 /* the number that is delivered next, extended         */
	uint32_t strays; /* in a row from far behind: the peer began anew       */
	uint16_t stray;	 /* the last of them                                    */
	struct udptl_slot in[UDPTL_RING];

	uint64_t packets, recovered, lost, late, malformed;
};

/** Gets each packet once, in order; `seq` is its number on the wire */
typedef void(udptl_ifp_h)(const uint8_t *ifp, size_t n, uint16_t seq, void *arg);

void udptl_init(struct udptl *u, size_t max_datagram, bool fec);
int udptl_encode(struct udptl *u, uint8_t *datagram, size_t size, const uint8_t *ifp, size_t n);
int udptl_decode(struct udptl *u, const uint8_t *datagram, size_t n, udptl_ifp_h *h, void *arg);

#endif
