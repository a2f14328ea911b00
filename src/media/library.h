/**
 * @file library.h  Where the sounds of a play come from: tones, prompts, music, files
 *
 * The cache belongs to the disk thread; library_quick() touches only what never changes and may be
 * called on the core thread.
 */
#ifndef CARILLON_MEDIA_LIBRARY_H
#define CARILLON_MEDIA_LIBRARY_H

#include "sound.h"
#include "worker.h"

enum { WHAT_SIZE = 1024, SOUNDS_MAX = 32 };

struct library;

int library_alloc(struct library **lp, const char *sounds, const char *music);
bool library_quick(struct library *lib, const char *what);
int library_find(struct library *lib, struct order *o, const char *what);
int library_post(struct library *lib, struct actor *disk, struct order *o, const char *what);

#endif
