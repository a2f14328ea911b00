/**
 * @file snapshot_sounds.c  The music and the prompts of a tenant's own in its snapshot
 */
#include <string.h>
#include "snapshot_parts.h"

static int sound_h(const struct own_sound *s, void *arg)
{
	struct part *b = arg;
	struct tenant_sound *x = &b->t->sounds[b->t->sound_count];

	if (b->t->sound_count == b->room)
		return DB_STOP;
	x->id = part_keep(b, s->id);
	x->blob = part_keep(b, s->blob);
	x->replaces = part_keep(b, s->chosen ? "music" : s->replaces);
	++b->t->sound_count;
	return b->err;
}

/** Reads them; 0, ENOMEM or errno */
int sounds_build(struct tenant *t, struct db *db)
{
	struct part b = {.t = t, .arena = t->arena};

	t->sounds = part_rows(&b, db, "SELECT count(*) FROM own_sound WHERE tenant_id = $1",
			      sizeof(*t->sounds));
	return t->sounds ? own_sound_list(db, t->id, NULL, 0, sound_h, &b) : b.err;
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
