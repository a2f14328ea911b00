/**
 * @file snapshot_sounds.c  The music and the prompts of a tenant's own in its snapshot
 */
#include <errno.h>
#include <string.h>
#include "arena.h"
#include "snapshot_parts.h"

struct build {
	struct tenant *t;
	int64_t room;
};

static int sound_h(const struct own_sound *s, void *arg)
{
	struct build *b = arg;
	struct tenant_sound *x = &b->t->sounds[b->t->sound_count];

	if (b->t->sound_count == b->room)
		return DB_STOP;
	x->id = arena_text(b->t->arena, s->id);
	x->blob = arena_text(b->t->arena, s->blob);
	x->replaces = arena_text(b->t->arena, s->chosen ? "music" : s->replaces);
	++b->t->sound_count;
	return x->id && x->blob && x->replaces ? 0 : ENOMEM;
}

/** Reads them; 0, ENOMEM or errno */
int sounds_build(struct tenant *t, struct db *db)
{
	struct build b = {.t = t};
	int err = db_number(db, &b.room, "SELECT count(*) FROM own_sound WHERE tenant_id = $1", "i",
			    t->id);

	if (err)
		return err;
	t->sounds = arena_get(t->arena, ((size_t)b.room + 1) * sizeof(*t->sounds));
	return t->sounds ? own_sound_list(db, t->id, NULL, 0, sound_h, &b) : ENOMEM;
}

/** The blob that is played for a sound's name, such as "music" or "own/ID"; NULL: the program's */
const char *tenant_sound(const struct tenant *t, const char *name)
{
	const size_t n = strlen(OWN_SOUND);
	const char *id = strncmp(name, OWN_SOUND, n) ? NULL : name + n;

	for (uint32_t i = 0; i < t->sound_count; i++) {
		const struct tenant_sound *s = &t->sounds[i];

		if (!strcmp(id ? s->id : s->replaces, id ? id : name))
			return s->blob;
	}
	return NULL;
}
