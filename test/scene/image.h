/**
 * @file image.h  A phone's T.38: UDPTL by hand over a socket of its own
 *
 * With every packet go copies of the three before it; what was lost comes out of them. Inside
 * libre's loop.
 */
#ifndef SCENE_IMAGE_H
#define SCENE_IMAGE_H

#include <re.h>

enum { IMAGE_IFP = 300, IMAGE_COPIES = 3, IMAGE_MS = 20 };

/** Who sends and takes the packets (IFP) */
struct image_user {
	void (*ifp_h)(const uint8_t *ifp, size_t n, uint16_t seq, void *arg);
	void (*tick_h)(void *arg); /* every IMAGE_MS */
	void *arg;
};

struct image_packet {
	uint8_t ifp[IMAGE_IFP];
	size_t n;
};

struct image {
	struct udp_sock *us;
	struct sa local, peer;
	struct tmr tmr;
	uint64_t due;
	struct image_packet sent[IMAGE_COPIES]; /* newest first */
	uint16_t seq, next;			/* of what is sent; of what is awaited */
	uint64_t bad;
	struct image_user user;
};

int image_alloc(struct image **ip, const struct sa *local);
void image_begin(struct image *i, const struct sa *peer, const struct image_user *user);
void image_end(struct image *i);
int image_send(struct image *i, const uint8_t *ifp, size_t n, unsigned times);

#endif
