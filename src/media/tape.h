/**
 * @file tape.h  A recording's file: written on the disk thread, filled by a worker
 *
 * A tape is shared (base/own.h): the worker hands blocks of half a second to the disk thread, which
 * alone touches the file. It grows as "path.part" and gets its name when it is complete; only then
 * does the core hear of the end. What a killed process left behind is completed by tape_repair().
 */
#ifndef CARILLON_MEDIA_TAPE_H
#define CARILLON_MEDIA_TAPE_H

#include "reel.h"
#include "worker.h"

int tape_alloc(struct tape **tp, const char *path, uint16_t parts);
bool tape_failed(const struct tape *t);
uint16_t tape_parts(const struct tape *t);

struct block *block_alloc(struct tape *t, uint64_t at);
int tape_write(struct tape *t, struct actor *disk, struct block *b);
int tape_close(struct tape *t, struct actor *disk, struct wires *wires, uint32_t party,
	       const struct stream_event *ev);

#endif
