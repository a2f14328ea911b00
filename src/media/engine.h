/**
 * @file engine.h  The core's side: streams, and the way back from the workers
 *
 * Inside src/media, on the core thread.
 */
#ifndef CARILLON_MEDIA_ENGINE_H
#define CARILLON_MEDIA_ENGINE_H

#include "dtls.h"
#include "library.h"
#include "media.h"
#include "port.h"
#include "stats.h"
#include "worker.h"

enum { WORKERS_MAX = 64 };

struct engine {
	struct ports ports;
	struct wires *wires;
	struct dtls_identity *identity;
	struct actor *disk;
	struct library *library;
	struct worker *workers[WORKERS_MAX];
	unsigned count;
	bool stopped;
	void (*taped_h)(const struct taped *t, void *arg);
	void *taped_arg;
	bool (*sound_h)(char *what, size_t size, uint32_t affinity, const char *name, void *arg);
	void *sound_arg;
	struct hash *streams; /* by id                          */
	unsigned alive;
	uint32_t next_id;
};

struct stream {
	struct le le;
	struct engine *engine; /* a reference                   */
	struct worker *worker;
	uint32_t affinity;
	uint32_t id;
	struct stream_local local;
	struct stats_cell *cell;
	stream_event_h *h;
	void *arg;
	uint32_t plays; /* last id given                 */
};

struct stream *engine_stream(const struct engine *e, uint32_t id);
uint32_t engine_id(struct engine *e);

#endif
