/**
 * @file birth.h  The two long orders: a stream is born, a stream learns of its peer
 *
 * Inside src/media: made by stream.c on the core thread, handled by party.c on the worker.
 */
#ifndef CARILLON_MEDIA_BIRTH_H
#define CARILLON_MEDIA_BIRTH_H

#include "stats.h"
#include "worker.h"

struct birth {
	struct order order;
	struct stream_local local;
	int fds[2];		 /* owned until taken         */
	struct stats_cell *cell; /* a shared reference        */
};

struct update {
	struct order order;
	struct stream_remote remote;
};

/** A stream gets a socket to another process */
struct piped {
	struct order order;
	int fd; /* owned until taken */
};

bool stream_alive(const struct wires *wires, uint32_t id);

#endif
