/**
 * @file udptl.c  UDPTL: how T.38 packets travel in datagrams (ITU-T T.38 section 9)
 */
#include <errno.h>
#include <string.h>
#include "udptl.h"

enum {
	LONG_LENGTH = 0x80, /* two octets                                       */
	FRAGMENTED = 0x40,  /* more than 16383 octets: never in a datagram      */
	PARITY = 0x80,	    /* error recovery is parity, else copies            */
	STRAYS = 8,	    /* so many from far behind, and the peer began anew */
};

/** What remains of a datagram */
struct octets {
	const uint8_t *p, *end;
};

/** One packet inside a datagram */
struct piece {
	const uint8_t *p;
	size_t size;
};

/** A datagram taken apart */
struct parts {
	uint16_t seq;
	struct piece primary;
	bool parity;
	unsigned span, count;
	struct piece extra[UDPTL_COPIES];
};

/**
 * Begins anew, in both directions
 *
 * @param u            What keeps the numbers
 * @param max_datagram Longest datagram that the peer takes, octets; capped to UDPTL_DATAGRAM
 * @param fec          Send parity, because the peer asked for it
 */
void udptl_init(struct udptl *u, size_t max_datagram, bool fec)
{
	memset(u, 0, sizeof(*u));
	u->max_datagram = max_datagram < UDPTL_DATAGRAM ? max_datagram : UDPTL_DATAGRAM;
	u->fec = fec;
}

static struct udptl_slot *slot(struct udptl_slot *ring, uint32_t seq)
{
	return &ring[seq % UDPTL_RING];
}

static const struct udptl_slot *find(struct udptl_slot *ring, uint32_t seq)
{
	const struct udptl_slot *s = slot(ring, seq);

	return s->full && s->seq == seq ? s : NULL;
}

static void keep(struct udptl_slot *ring, uint32_t seq, const uint8_t *ifp, size_t n)
{
	struct udptl_slot *s = slot(ring, seq);

	s->seq = seq;
	s->full = true;
	s->size = (uint16_t)n;
	memcpy(s->ifp, ifp, n);
}

/* An open type of the packed encoding rules: its length in one or two octets, then itself */
static size_t put_piece(uint8_t *out, const uint8_t *p, size_t n)
{
	size_t at = 0;

	if (n >= 0x80)
		out[at++] = (uint8_t)(LONG_LENGTH | n >> 8);
	out[at++] = (uint8_t)n;
	memcpy(out + at, p, n);
	return at + n;
}

static size_t piece_size(size_t n)
{
	return n + (n < 0x80 ? 1 : 2);
}

/* Newest first. What does not fit is left out, from the oldest: the peer needs the new packet more
 */
static size_t put_copies(struct udptl *u, uint32_t seq, uint8_t *out, size_t room)
{
	size_t at = 2;
	uint8_t count = 0;

	for (uint32_t i = 1; i <= UDPTL_REDUNDANCY; i++) {
		const struct udptl_slot *s = find(u->out, seq - i);

		if (!s || at + piece_size(s->size) > room)
			break;
		at += put_piece(out + at, s->ifp, s->size);
		count++;
	}
	out[0] = 0;
	out[1] = count;
	return at;
}

/* XOR of `span` packets, `entries` apart, from `seq` on; 0 if not all are there */
static size_t parity(struct udptl_slot *ring, uint32_t seq, unsigned span, unsigned entries,
		     uint8_t sum[UDPTL_IFP])
{
	size_t size = 0;

	memset(sum, 0, UDPTL_IFP);
	for (unsigned k = 0; k < span; k++) {
		const struct udptl_slot *s = find(ring, seq + k * entries);

		if (!s)
			return 0;
		for (size_t i = 0; i < s->size; i++)
			sum[i] ^= s->ifp[i];
		size = s->size > size ? s->size : size;
	}
	return size;
}

static size_t put_parity(struct udptl *u, uint32_t seq, uint8_t *out, size_t room)
{
	uint8_t sum[UDPTL_IFP];
	size_t at = 4;
	uint8_t count = 0;

	for (unsigned m = 0; m < UDPTL_FEC_ENTRIES; m++) {
		size_t n = parity(u->out, seq - UDPTL_FEC_SPAN * UDPTL_FEC_ENTRIES + m,
				  UDPTL_FEC_SPAN, UDPTL_FEC_ENTRIES, sum);

		if (!n || at + piece_size(n) > room)
			break;
		at += put_piece(out + at, sum, n);
		count++;
	}
	/* A peer relates a parity to packets by the number of entries, so it is all or none. */
	if (count < UDPTL_FEC_ENTRIES) {
		at = 4;
		count = 0;
	}
	memcpy(out, (uint8_t[]){PARITY, 1, count ? UDPTL_FEC_SPAN : 0, count}, 4);
	return at;
}

/**
 * Puts a new packet into a datagram. To repeat it, send the same datagram again.
 *
 * @param u        What keeps the numbers
 * @param datagram Buffer
 * @param size     Its size, octets; UDPTL_DATAGRAM always suffices
 * @param ifp      The packet
 * @param n        Its size, 1 to UDPTL_IFP
 *
 * @return Size of the datagram, or -1 if the packet is empty, too long or does not fit
 */
int udptl_encode(struct udptl *u, uint8_t *datagram, size_t size, const uint8_t *ifp, size_t n)
{
	size_t limit = size < u->max_datagram ? size : u->max_datagram, at = 2;
	uint32_t seq = u->out_seq;

	/* A peer that names less than one packet needs means packets, not datagrams. */
	if (limit < n + 10)
		limit = n + 10;
	if (!n || n > UDPTL_IFP || size < limit)
		return -1;
	u->out_seq++;
	keep(u->out, seq, ifp, n);
	datagram[0] = (uint8_t)(seq >> 8);
	datagram[1] = (uint8_t)seq;
	at += put_piece(datagram + at, ifp, n);
	at += (u->fec ? put_parity : put_copies)(u, seq, datagram + at, limit - at);
	return (int)at;
}

static int get_octet(struct octets *o, unsigned *v)
{
	if (o->p == o->end)
		return EBADMSG;
	*v = *o->p++;
	return 0;
}

static int get_length(struct octets *o, size_t *n)
{
	unsigned high, low;

	if (get_octet(o, &high))
		return EBADMSG;
	*n = high;
	if (!(high & LONG_LENGTH))
		return 0;
	if (high & FRAGMENTED || get_octet(o, &low))
		return EBADMSG;
	*n = (size_t)(high & 0x3f) << 8 | low;
	return 0;
}

static int get_piece(struct octets *o, struct piece *piece)
{
	if (get_length(o, &piece->size) || piece->size > (size_t)(o->end - o->p) ||
	    piece->size > UDPTL_IFP)
		return EBADMSG;
	piece->p = o->p;
	o->p += piece->size;
	return 0;
}

static int get_parity_head(struct octets *o, struct parts *parts)
{
	unsigned octets, span, count;

	if (get_octet(o, &octets) || octets != 1 || get_octet(o, &span) || get_octet(o, &count))
		return EBADMSG;
	parts->span = span;
	parts->count = count;
	return span * count < UDPTL_RING ? 0 : EBADMSG;
}

static int get_extras(struct octets *o, struct parts *parts)
{
	unsigned kind;
	size_t count;

	if (get_octet(o, &kind))
		return EBADMSG;
	parts->parity = kind & PARITY;
	if (parts->parity) {
		if (get_parity_head(o, parts))
			return EBADMSG;
	} else {
		if (get_length(o, &count) || count > UDPTL_COPIES)
			return EBADMSG;
		parts->count = (unsigned)count;
	}
	if (parts->count > UDPTL_COPIES)
		return EBADMSG;
	for (unsigned i = 0; i < parts->count; i++) {
		if (get_piece(o, &parts->extra[i]))
			return EBADMSG;
	}
	return 0;
}

static int take_apart(struct parts *parts, const uint8_t *datagram, size_t n)
{
	struct octets o = {datagram + 2, datagram + n};

	if (n < 5 || n > UDPTL_DATAGRAM)
		return EBADMSG;
	parts->seq = (uint16_t)(datagram[0] << 8 | datagram[1]);
	if (get_piece(&o, &parts->primary) || !parts->primary.size || get_extras(&o, parts))
		return EBADMSG;
	return o.p == o.end ? 0 : EBADMSG;
}

/* The first number is put far from zero, so that those before it have a place too */
static void start(struct udptl *u, const struct parts *parts)
{
	uint32_t seq = 0x10000u + parts->seq;

	memset(u->in, 0, sizeof(u->in));
	u->started = true;
	u->strays = 0;
	u->next = parts->parity ? seq : seq - parts->count;
}

/* Old ones are repeats. Far older ones, counting upwards, are a peer that began anew. */
static bool began_anew(struct udptl *u, const struct parts *parts, uint32_t seq)
{
	if (u->next - seq <= UDPTL_RING) {
		u->strays = 0;
		return false;
	}
	u->strays = parts->seq == (uint16_t)(u->stray + 1) ? u->strays + 1 : 1;
	u->stray = parts->seq;
	return u->strays >= STRAYS;
}

static void recover_copies(struct udptl *u, const struct parts *parts, uint32_t seq)
{
	for (unsigned i = 0; i < parts->count; i++) {
		uint32_t older = seq - 1 - i;
		const struct piece *copy = &parts->extra[i];

		if ((int32_t)(older - u->next) < 0)
			break;
		if (copy->size && !find(u->in, older)) {
			keep(u->in, older, copy->p, copy->size);
			u->recovered++;
		}
	}
}

/* A parity brings back a packet if it is the only one missing under it */
static void recover_parity(struct udptl *u, const struct parts *parts, uint32_t first,
			   const struct piece *sum)
{
	uint32_t missing = 0;
	unsigned misses = 0;
	uint8_t ifp[UDPTL_IFP];

	for (unsigned k = 0; k < parts->span; k++) {
		if (!find(u->in, first + k * parts->count)) {
			missing = first + k * parts->count;
			misses++;
		}
	}
	if (misses != 1 || (int32_t)(missing - u->next) < 0 || !sum->size)
		return;
	memcpy(ifp, sum->p, sum->size);
	for (unsigned k = 0; k < parts->span; k++) {
		const struct udptl_slot *s = find(u->in, first + k * parts->count);

		for (size_t i = 0; s && i < s->size && i < sum->size; i++)
			ifp[i] ^= s->ifp[i];
	}
	keep(u->in, missing, ifp, sum->size);
	u->recovered++;
}

static void deliver(struct udptl *u, uint32_t seq, udptl_ifp_h *h, void *arg)
{
	for (; (int32_t)(seq - u->next) >= 0; u->next++) {
		const struct udptl_slot *s = find(u->in, u->next);

		if (s)
			h(s->ifp, s->size, (uint16_t)u->next, arg);
		else
			u->lost++;
	}
}

/* What is too far back for the ring is lost at once */
static void skip(struct udptl *u, uint32_t seq)
{
	uint32_t ahead = seq - u->next;

	if (ahead < UDPTL_RING)
		return;
	u->lost += ahead - (UDPTL_RING - 1);
	u->next = seq - (UDPTL_RING - 1);
}

/**
 * Takes a datagram and hands on what is new in it
 *
 * @param u        What keeps the numbers
 * @param datagram What came, from the peer's address only
 * @param n        Its size
 * @param h        Gets each packet once, in order, before this returns
 * @param arg      Its argument
 *
 * @return 0, also for a repeat, or EBADMSG if it is malformed and nothing of it was used
 */
int udptl_decode(struct udptl *u, const uint8_t *datagram, size_t n, udptl_ifp_h *h, void *arg)
{
	struct parts parts = {.span = 0};
	uint32_t seq;

	if (take_apart(&parts, datagram, n)) {
		u->malformed++;
		return EBADMSG;
	}
	u->packets++;
	if (!u->started)
		start(u, &parts);
	seq = u->next + (uint32_t)(int16_t)(parts.seq - (uint16_t)u->next);
	if ((int32_t)(seq - u->next) < 0) {
		if (!began_anew(u, &parts, seq)) {
			u->late++;
			return 0;
		}
		start(u, &parts);
		seq = 0x10000u + parts.seq;
	}
	skip(u, seq);
	keep(u->in, seq, parts.primary.p, parts.primary.size);
	if (!parts.parity)
		recover_copies(u, &parts, seq);
	for (unsigned m = 0; parts.parity && m < parts.count; m++)
		recover_parity(u, &parts, seq - parts.span * parts.count + m, &parts.extra[m]);
	deliver(u, seq, h, arg);
	return 0;
}
