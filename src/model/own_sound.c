/**
 * @file own_sound.c  Music and prompts of a tenant's own
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "own.h"
#include "own_sound.h"
#include "row.h"
#include "tenant.h"
#include "text.h"

#define COLUMNS                                                                                    \
	"tenant_id, id, kind, name, replaces, chosen, blob, duration_ms, created_at, version"

static int sound_read(const struct db_row *row, void *arg)
{
	struct own_sound *s = arg;

	memset(s, 0, sizeof(*s));
	s->tenant = db_int(row, 0);
	db_copy(s->id, sizeof(s->id), row, 1);
	s->music = !strcmp(db_text(row, 2), "music");
	db_copy(s->name, sizeof(s->name), row, 3);
	db_copy(s->replaces, sizeof(s->replaces), row, 4);
	s->chosen = db_int(row, 5);
	db_copy(s->blob, sizeof(s->blob), row, 6);
	s->duration_ms = db_int(row, 7);
	s->created_at = db_int(row, 8);
	s->version = db_int(row, 9);
	(void)text_printf(s->target, sizeof(s->target), OWN_SOUND "%s", s->id);
	return 0;
}

/** One of the tenant's by its id; ENOENT */
int own_sound_get(struct own_sound *s, struct db *db, int64_t tenant, const char *id)
{
	return db_find(db, sound_read, s,
		       "SELECT " COLUMNS " FROM own_sound WHERE tenant_id = $1 AND id = $2", "is",
		       tenant, id);
}

struct list_arg {
	own_sound_h *h;
	void *arg;
};

static int sound_each(const struct db_row *row, void *arg)
{
	const struct list_arg *l = arg;
	struct own_sound s;
	int err = sound_read(row, &s);

	return err ? err : l->h(&s, l->arg);
}

/** Shows the tenant's, oldest first, after an id; limit 0 for all; 0 or errno */
int own_sound_list(struct db *db, int64_t tenant, const char *after, unsigned limit, own_sound_h *h,
		   void *arg)
{
	struct list_arg l = {h, arg};

	return db_query(db, sound_each, &l,
			"SELECT " COLUMNS " FROM own_sound WHERE tenant_id = $1 AND id > $2 "
			"ORDER BY id LIMIT $3",
			"isi", tenant, after ? after : "", row_limit(limit));
}

static bool replaces_good(const char *s)
{
	return strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_/") == strlen(s) && s[0] != '/' &&
	       strncmp(s, OWN_SOUND, strlen(OWN_SOUND));
}

/** Checks one before it is added (id "") or changed; 0 or what the database said */
int own_sound_check(struct field_errors *fe, struct db *db, struct own_sound *s)
{
	int64_t n = 0;
	int err = 0;

	field_text(fe, "name", s->name, 1, sizeof(s->name));
	if (!replaces_good(s->replaces) || (s->music && s->replaces[0]))
		field_error(fe, "replaces", "must name a prompt");
	if (s->chosen && !s->music)
		field_error(fe, "chosen", "is only for music");
	if (!s->id[0])
		err = db_number(db, &n, "SELECT count(*) FROM own_sound WHERE tenant_id = $1", "i",
				s->tenant);
	if (n >= OWN_SOUNDS_MAX)
		field_error(fe, "name", "cannot be added: there are %d already", OWN_SOUNDS_MAX);
	return err;
}

/** Checks what callers are to hear, under the name "musicId"; "" is what the tenant chose; 0 or
 * what the database said */
int own_music_check(struct field_errors *fe, struct db *db, int64_t tenant, const char *id)
{
	struct own_sound s;
	int err = id[0] ? own_sound_get(&s, db, tenant, id) : 0;

	if (err == ENOENT || (!err && id[0] && !s.music))
		field_error(fe, "musicId", "is no music of yours");
	return err == ENOENT ? 0 : err;
}

/* What was chosen before, or stood for the same prompt, gives way. */
static int others_yield(struct db *db, const struct own_sound *s)
{
	int err = 0;

	if (s->chosen)
		err = db_exec(db,
			      "UPDATE own_sound SET chosen = 0, version = version + 1 WHERE "
			      "tenant_id = $1 AND id <> $2 AND chosen = 1",
			      "is", s->tenant, s->id);
	if (!err && s->replaces[0])
		err = db_exec(db,
			      "UPDATE own_sound SET replaces = '', version = version + 1 WHERE "
			      "tenant_id = $1 AND id <> $2 AND replaces = $3",
			      "iss", s->tenant, s->id, s->replaces);
	return err ? err : tenant_touch_but(db, s->tenant, TENANT_BULK);
}

/** Adds one and fills in its id, time and version; 0 or errno */
int own_sound_add(struct db *db, struct own_sound *s)
{
	int err;

	str_ncpy(s->id, id_new().s, sizeof(s->id));
	s->created_at = clock_wall_ms();
	s->version = 1;
	err = db_exec(db,
		      "INSERT INTO own_sound (" COLUMNS ") VALUES "
		      "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		      "issssdsiii", s->tenant, s->id, s->music ? "music" : "prompt", s->name,
		      s->replaces, s->chosen, s->blob, s->duration_ms, s->created_at, s->version);
	return err ? err : others_yield(db, s);
}

/** Changes name and use; 0, ENOENT, or ESTALE when somebody else changed it meanwhile */
int own_sound_change(struct db *db, struct own_sound *s)
{
	struct own_sound old;
	int err = own_sound_get(&old, db, s->tenant, s->id);

	if (err)
		return err;
	if (s->version && s->version != old.version)
		return ESTALE;
	s->version = old.version + 1;
	err = db_change(db,
			"UPDATE own_sound SET name = $3, replaces = $4, chosen = $5, version = $6 "
			"WHERE tenant_id = $1 AND id = $2",
			"isssdi", s->tenant, s->id, s->name, s->replaces, s->chosen, s->version);
	return err ? err : others_yield(db, s);
}

/** Removes one; ENOENT, EBUSY while a ring group or a queue plays it. Its file is the caller's */
int own_sound_remove(struct db *db, int64_t tenant, const char *id)
{
	int64_t n = 0;
	int err = db_number(db, &n,
			    "SELECT (SELECT count(*) FROM ring_group WHERE tenant_id = $1 AND "
			    "music_id = $2) + (SELECT count(*) FROM queue WHERE tenant_id = $1 AND "
			    "music_id = $2)",
			    "is", tenant, id);

	if (!err && n)
		err = EBUSY;
	if (!err)
		err = db_change(db, "DELETE FROM own_sound WHERE tenant_id = $1 AND id = $2", "is",
				tenant, id);
	return err ? err : tenant_touch_but(db, tenant, TENANT_BULK);
}
