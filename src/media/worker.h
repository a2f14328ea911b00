/**
 * @file worker.h  A media worker: one thread, its parties, their packets and the 20 ms tick
 *
 * Inside src/media. Everything in struct worker and struct party belongs to the worker's thread,
 * but for what struct wires says.
 */
#ifndef CARILLON_MEDIA_WORKER_H
#define CARILLON_MEDIA_WORKER_H

#include <pthread.h>
#include <stdatomic.h>
#include "actor.h"
#include "codec.h"
#include "media.h"

enum {
	RX_HEAD = 64,  /* room before a datagram for a header of ours             */
	RX_MAX = 2048, /* longest datagram                                        */
	RX_TAIL = 64,  /* room behind it for a tag                                */
	BEATS = 50,    /* ticks in a second: each party is looked after in one     */
	SAMPLES_MAX = FRAME_WIDE,
	IDS_SIZE = 1024,
};

struct party;
struct dtls_identity;
struct sound;
struct stats_cell;

/** The way from the workers and the disk thread to the core thread; shared, lives longest */
struct wires {
	struct actor *core;
	struct engine *engine; /* core thread only; NULL once the engine is gone    */
};

struct worker {
	uint32_t taped; /* last number of party.taped */
	pthread_t thread;
	bool started;
	struct actor *inbox;
	struct actor *disk;
	struct wires *wires;
	const struct dtls_identity *identity;
	struct sa bind;
	uint64_t silence_limit;
	int epoll, timer;
	bool stop, inbox_ready;
	uint64_t now_us; /* real, for pacing                                  */
	uint64_t now_ms; /* movable, for silence                              */
	unsigned beat;
	struct hash *parties; /* by id                                             */
	struct hash *mixes;
	struct list beats[BEATS];
	struct list ticking; /* who needs the tick: plays, records, mixes ...     */
	struct list shaking; /* who is in a DTLS handshake                        */
	struct list mixing;
	uint8_t rx[RX_HEAD + RX_MAX + RX_TAIL];
};

/** What the core asks of a party: handed to the worker whole */
struct order {
	struct worker *w;
	uint32_t party, other; /* ids; other may be 0                               */
	uint32_t id, a, b;
	bool on;
	char text[20];
	struct sound **sounds; /* play: shared objects, counted by a                */
	void *obj;	       /* record: shared tape                               */
	stream_stats_h *stats_h;
	void *arg;
};

int worker_alloc(struct worker **wp, struct wires *wires, struct actor *disk,
		 const struct dtls_identity *identity, const struct engine_conf *conf,
		 unsigned number);
struct order *order_alloc(struct worker *w, uint32_t party);
int worker_post(struct worker *w, actor_h *h, struct order *o);
struct party *worker_party(const struct worker *w, uint32_t id);
void wires_event(struct wires *wires, uint32_t party, const struct stream_event *ev);
void wires_taped(struct wires *wires, const struct taped *t);

#endif
