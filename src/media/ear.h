/**
 * @file ear.h  What a party says: decoded, what is lost made up, evened out
 *
 * The order of packets and ticks alone says what comes out, so that whoever keeps both may listen
 * later, on another thread. Belongs to one thread.
 */
#ifndef CARILLON_MEDIA_EAR_H
#define CARILLON_MEDIA_EAR_H

#include "codec.h"
#include "jitter.h"
#include "rtp.h"

struct ear {
	struct decoder decoder;
	struct jitter *jitter; /* NULL: nothing is kept for a tick  */
	uint32_t ts, ssrc;     /* of the last packet that was decoded */
	uint16_t seq;
	bool any;
};

/** Hears at once what was decoded */
typedef void(ear_h)(const int16_t *pcm, size_t n, void *arg);

int ear_ready(struct ear *e, enum codec_id codec, uint32_t rate);
int ear_keep(struct ear *e);
void ear_forget(struct ear *e);
void ear_packet(struct ear *e, bool kept, const struct rtp_packet *pkt, ear_h *h, void *arg);
void ear_close(struct ear *e);

#endif
