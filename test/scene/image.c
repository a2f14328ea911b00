/**
 * @file image.c  A phone's T.38
 */
#include <string.h>
#include "image.h"

enum { DATAGRAM = 1400, LATE_MS = 1000, MOST_COPIES = 15, NEW = 0x8000 };

static void destructor(void *arg)
{
	struct image *i = arg;

	tmr_cancel(&i->tmr);
	mem_deref(i->us);
}

/* T.38 9.1: an open type is its length, in one octet or two, and itself */
static int piece_write(struct mbuf *mb, const struct image_packet *p)
{
	int err = p->n < 0x80 ? mbuf_write_u8(mb, (uint8_t)p->n)
			      : mbuf_write_u16(mb, htons((uint16_t)(0x8000 | p->n)));

	return err ? err : mbuf_write_mem(mb, p->ifp, p->n);
}

static bool piece_read(struct image_packet *p, struct mbuf *mb)
{
	if (!mbuf_get_left(mb))
		return false;
	p->n = mbuf_read_u8(mb);
	if (p->n & 0x80 && !mbuf_get_left(mb))
		return false;
	if (p->n & 0x80)
		p->n = (p->n & 0x3f) << 8 | mbuf_read_u8(mb);
	return p->n <= sizeof(p->ifp) && !mbuf_read_mem(mb, p->ifp, p->n);
}

/* The one behind in the numbers is there already: late, or a copy */
static void deliver(struct image *i, const struct image_packet *p, uint16_t seq)
{
	if ((uint16_t)(seq - i->next) >= NEW)
		return;
	i->next = (uint16_t)(seq + 1);
	if (i->user.ifp_h)
		i->user.ifp_h(p->ifp, p->n, seq, i->user.arg);
}

static bool datagram_read(struct image *i, struct mbuf *mb)
{
	struct image_packet first, copies[MOST_COPIES];
	uint16_t seq;
	unsigned n = 0;

	if (mbuf_get_left(mb) < 2)
		return false;
	seq = ntohs(mbuf_read_u16(mb));
	if (!piece_read(&first, mb) || mbuf_get_left(mb) < 2 || mbuf_read_u8(mb))
		return false;
	n = mbuf_read_u8(mb);
	if (n > MOST_COPIES)
		return false;
	for (unsigned k = 0; k < n; k++) {
		if (!piece_read(&copies[k], mb))
			return false;
	}
	while (n--)
		deliver(i, &copies[n], (uint16_t)(seq - n - 1));
	deliver(i, &first, seq);
	return !mbuf_get_left(mb);
}

static void received(const struct sa *src, struct mbuf *mb, void *arg)
{
	struct image *i = arg;

	if (!datagram_read(i, mb))
		i->bad++;
}

static void tick(void *arg)
{
	struct image *i = arg;
	uint64_t now = tmr_jiffies();

	tmr_start(&i->tmr, IMAGE_MS / 2, tick, i);
	if (now > i->due + LATE_MS)
		i->due = now;
	for (; i->user.tick_h && i->due <= now; i->due += IMAGE_MS)
		i->user.tick_h(i->user.arg);
}

/**
 * Opens the socket of a phone's T.38
 *
 * @param ip    The new one
 * @param local Address; the port is the system's
 *
 * @return 0 or errno
 */
int image_alloc(struct image **ip, const struct sa *local)
{
	struct image *i = mem_zalloc(sizeof(*i), destructor);
	struct sa any = *local;
	int err;

	if (!i)
		return ENOMEM;
	sa_set_port(&any, 0);
	err = udp_listen(&i->us, &any, received, i);
	if (!err)
		err = udp_local_get(i->us, &i->local);
	if (err)
		mem_deref(i);
	else
		*ip = i;
	return err;
}

/** Sends from now on, and gives away what comes */
void image_begin(struct image *i, const struct sa *peer, const struct image_user *user)
{
	i->peer = *peer;
	i->user = *user;
	i->due = tmr_jiffies();
	tmr_start(&i->tmr, 0, tick, i);
}

/** Sends no more, and whoever used it hears nothing more */
void image_end(struct image *i)
{
	tmr_cancel(&i->tmr);
	memset(&i->user, 0, sizeof(i->user));
}

static int datagram_write(struct mbuf *mb, const struct image *i, const struct image_packet *p)
{
	uint8_t n = i->seq < IMAGE_COPIES ? (uint8_t)i->seq : IMAGE_COPIES;
	int err = mbuf_write_u16(mb, htons(i->seq));

	if (!err)
		err = piece_write(mb, p);
	if (!err)
		err = mbuf_write_u8(mb, 0); /* copies, no parity */
	if (!err)
		err = mbuf_write_u8(mb, n);
	for (unsigned k = 0; k < n && !err; k++)
		err = piece_write(mb, &i->sent[k]);
	return err;
}

/** Sends a packet so many times under one number */
int image_send(struct image *i, const uint8_t *ifp, size_t n, unsigned times)
{
	struct mbuf *mb = mbuf_alloc(DATAGRAM);
	struct image_packet p = {.n = n};
	int err = mb && n <= sizeof(p.ifp) ? 0 : EINVAL;

	if (!err) {
		memcpy(p.ifp, ifp, n);
		err = datagram_write(mb, i, &p);
	}
	while (!err && times--) {
		mb->pos = 0;
		err = udp_send(i->us, &i->peer, mb);
	}
	mem_deref(mb);
	memmove(i->sent + 1, i->sent, sizeof(i->sent) - sizeof(i->sent[0]));
	i->sent[0] = p;
	i->seq++;
	return err;
}
