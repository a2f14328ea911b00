/**
 * @file own_sound.h  Music and prompts of a tenant's own: uploaded, or recorded by phone
 *
 * One piece of music may be chosen: everybody of the tenant who waits hears it. A prompt may stand
 * in the place of one of the program's. Either may be announced: as a dest its target is
 * OWN_SOUND and its id. Functions with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_OWN_SOUND_H
#define CARILLON_OWN_SOUND_H

#include "blob.h"
#include "dest.h"
#include "id.h"

#define OWN_SOUND "own/"

enum { OWN_SOUNDS_MAX = 100, OWN_SOUND_MS_MIN = 500, OWN_SOUND_MS_MAX = 1200000 };

struct own_sound {
	int64_t tenant;
	char id[ID_SIZE], name[MODEL_NAME], replaces[MODEL_WORD], blob[BLOB_KEY];
	char target[DEST_TARGET]; /* as a dest */
	bool music, chosen;
	int64_t duration_ms, created_at, version;
};

typedef int(own_sound_h)(const struct own_sound *s, void *arg);

int own_sound_get(struct own_sound *s, struct db *db, int64_t tenant, const char *id);
int own_sound_list(struct db *db, int64_t tenant, const char *after, unsigned limit, own_sound_h *h,
		   void *arg);
int own_sound_check(struct field_errors *fe, struct db *db, struct own_sound *s);
int own_music_check(struct field_errors *fe, struct db *db, int64_t tenant, const char *id);
int own_sound_add(struct db *db, struct own_sound *s);
int own_sound_change(struct db *db, struct own_sound *s);
int own_sound_remove(struct db *db, int64_t tenant, const char *id);

#endif
