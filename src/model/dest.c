/**
 * @file dest.c  Kinds of dests, and whether a dest is there
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "dest.h"
#include "extension.h"
#include "own.h"
#include "own_sound.h"
#include "ring_group.h"
#include "text.h"

enum target {
	TARGET_NOTHING,
	TARGET_EXTENSION,
	TARGET_COLLEAGUE, /* an extension, or "" for whoever it may be */
	TARGET_NUMBER,
	TARGET_PROMPT,
	TARGET_DELAY,
	TARGET_MAILBOX,
	TARGET_CODE,
	TARGET_PLACE,
	TARGET_GROUP,
	TARGET_QUEUE,
	TARGET_HOURS,
	TARGET_CALLFLOW,
	TARGET_TURN,
	TARGET_ROOM,
};
enum { DELAY_MAX_MS = 10000, ROOM_DIGITS = 8 };

static const struct {
	const char *name, *label;
	enum target target;
} rows[DEST_MAX] = {
#define X(kind, target, label) {#kind, label, TARGET_##target},
#include "tbl/dest_kinds.h"
#undef X
};

/** Name as stored and as the API says it, such as "extension" */
const char *dest_kind_name(enum dest_kind kind)
{
	return rows[kind].name;
}

/** Name as people read it */
const char *dest_kind_label(enum dest_kind kind)
{
	return rows[kind].label;
}

/** The kind of a name; EINVAL when there is none */
int dest_kind_parse(enum dest_kind *kind, const char *name)
{
	for (int i = 0; i < DEST_MAX; i++) {
		if (!strcmp(rows[i].name, name)) {
			*kind = (enum dest_kind)i;
			return 0;
		}
	}
	return EINVAL;
}

/** True when both are the same kind and target */
bool dest_same(const struct dest *a, const struct dest *b)
{
	return a->kind == b->kind && !strcmp(a->target, b->target);
}

/* A prompt is a file name below the folder of prompts: words, digits, "/" within. */
static bool prompt_good(const char *s)
{
	return s[0] && s[0] != '/' && !strstr(s, "//") && s[strlen(s) - 1] != '/' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_/") == strlen(s);
}

/* Milliseconds, 0 to DELAY_MAX_MS. */
static bool delay_good(const char *s)
{
	size_t n = strlen(s);

	return n && n <= 5 && strspn(s, "0123456789") == n && atoi(s) <= DELAY_MAX_MS;
}

static bool room_good(const char *s)
{
	size_t n = strlen(s);

	return n && n <= ROOM_DIGITS && strspn(s, "0123456789") == n;
}

/* A place for parked calls, or "" for a free one. */
static bool place_good(const char *s)
{
	return !s[0] || (strlen(s) == 2 && strspn(s, "0123456789") == 2 && strcmp(s, "00"));
}

static int extension_there(struct field_errors *fe, struct db *db, int64_t tenant, const char *s)
{
	struct extension e;
	int err = extension_by_number(&e, db, tenant, s);

	if (err == ENOENT) {
		field_error(fe, "dest", "is extension %s, which does not exist", s);
		err = 0;
	}
	return err;
}

static int own_sound_there(struct field_errors *fe, struct db *db, int64_t tenant, const char *id)
{
	struct own_sound s;
	int err = own_sound_get(&s, db, tenant, id);

	if (err == ENOENT)
		field_error(fe, "dest", "is an announcement that does not exist");
	return err == ENOENT ? 0 : err;
}

static int queue_there(struct field_errors *fe, struct db *db, int64_t tenant, const char *s)
{
	int64_t n = 0;
	int err =
		db_number(db, &n, "SELECT count(*) FROM queue WHERE tenant_id = $1 AND number = $2",
			  "is", tenant, s);

	if (!err && !n)
		field_error(fe, "dest", "is queue %s, which does not exist", s);
	return err;
}

static int group_there(struct field_errors *fe, struct db *db, int64_t tenant, const char *s)
{
	int64_t n = 0;
	int err = db_number(db, &n,
			    "SELECT count(*) FROM ring_group WHERE tenant_id = $1 AND number = $2",
			    "is", tenant, s);

	if (!err && !n)
		field_error(fe, "dest", "is ring group %s, which does not exist", s);
	return err;
}

static int hours_there(struct field_errors *fe, struct db *db, int64_t tenant, const char *s)
{
	int64_t n = 0;
	int err = db_number(db, &n, "SELECT count(*) FROM hours WHERE tenant_id = $1 AND id = $2",
			    "is", tenant, s);

	if (!err && !n)
		field_error(fe, "dest", "is a time condition that does not exist");
	return err;
}

static int flow_there(struct field_errors *fe, struct db *db, int64_t tenant, const char *by,
		      const char *s)
{
	int64_t n = 0;
	int err = db_number(db, &n,
			    !strcmp(by, "id") ? "SELECT count(*) FROM call_flow WHERE tenant_id = "
						"$1 AND id = $2"
					      : "SELECT count(*) FROM call_flow WHERE tenant_id = "
						"$1 AND number = $2",
			    "is", tenant, s);

	if (!err && !n)
		field_error(fe, "dest", "is a call flow that does not exist");
	return err;
}

static int name_row(const struct db_row *row, void *arg)
{
	db_copy(arg, MODEL_NAME, row, 0);
	return 0;
}

/**
 * Checks that a tenant's dest is there
 *
 * @param fe     Filled with what is wrong, under the name "dest"
 * @param db     Connection
 * @param tenant Whose
 * @param d      Dest
 *
 * @return 0 or what the database said
 */
int dest_check(struct field_errors *fe, struct db *db, int64_t tenant, const struct dest *d)
{
	char e164[PHONE_SIZE];

	switch (rows[d->kind].target) {
	case TARGET_EXTENSION:
		return extension_there(fe, db, tenant, d->target);
	case TARGET_MAILBOX: /* "" is the caller's own, "any" is asked for */
		return !d->target[0] || !strcmp(d->target, "any")
			       ? 0
			       : extension_there(fe, db, tenant, d->target);
	case TARGET_COLLEAGUE:
		return d->target[0] ? extension_there(fe, db, tenant, d->target) : 0;
	case TARGET_GROUP:
		return group_there(fe, db, tenant, d->target);
	case TARGET_QUEUE:
		return queue_there(fe, db, tenant, d->target);
	case TARGET_CALLFLOW:
		return flow_there(fe, db, tenant, "id", d->target);
	case TARGET_TURN:
		return flow_there(fe, db, tenant, "number", d->target);
	case TARGET_HOURS:
		return hours_there(fe, db, tenant, d->target);
	case TARGET_PLACE:
		if (!place_good(d->target))
			field_error(fe, "dest", "must be a place from 01 to 99, or none");
		break;
	case TARGET_NUMBER:
		if (!phone_e164(e164, sizeof(e164), d->target, "") || strcmp(e164, d->target))
			field_error(fe, "dest", "must be a number such as +14155550110");
		break;
	case TARGET_PROMPT:
		if (!strncmp(d->target, OWN_SOUND, strlen(OWN_SOUND)))
			return own_sound_there(fe, db, tenant, d->target + strlen(OWN_SOUND));
		if (!prompt_good(d->target))
			field_error(fe, "dest", "must name a prompt");
		break;
	case TARGET_ROOM:
		if (!room_good(d->target))
			field_error(fe, "dest", "must be the number of a room, up to %d digits",
				    ROOM_DIGITS);
		break;
	case TARGET_DELAY:
		if (!delay_good(d->target))
			field_error(fe, "dest", "must be a delay from 0 to %d ms", DELAY_MAX_MS);
		break;
	case TARGET_CODE:
		field_error(fe, "dest", "is only for whoever dials it");
		break;
	case TARGET_NOTHING:
		if (d->target[0])
			field_error(fe, "dest", "has no target");
		break;
	}
	return 0;
}

/** How people read a dest: "1001 Maya Chen", "+14155550110", "Hang up"; 0 or the database's error
 */
int dest_label(char *label, size_t size, struct db *db, int64_t tenant, const struct dest *d)
{
	char name[MODEL_NAME];
	struct ring_group g;
	struct extension e;
	int err = 0;

	(void)text_printf(label, size, "%s", d->target[0] ? d->target : rows[d->kind].label);
	if (rows[d->kind].target == TARGET_EXTENSION) {
		err = extension_by_number(&e, db, tenant, d->target);
		if (!err)
			(void)text_printf(label, size, "%s %s", e.number, e.name);
	}
	if (rows[d->kind].target == TARGET_GROUP) {
		err = ring_group_by_number(&g, db, tenant, d->target);
		if (!err)
			(void)text_printf(label, size, "%s %s", g.number, g.name);
	}
	if (rows[d->kind].target == TARGET_QUEUE) {
		err = db_find(db, name_row, name,
			      "SELECT name FROM queue WHERE tenant_id = $1 AND number = $2", "is",
			      tenant, d->target);
		if (!err)
			(void)text_printf(label, size, "%s %s", d->target, name);
	}
	if (rows[d->kind].target == TARGET_HOURS) {
		err = db_find(db, name_row, name,
			      "SELECT name FROM hours WHERE tenant_id = $1 AND id = $2", "is",
			      tenant, d->target);
		if (!err)
			(void)text_printf(label, size, "%s", name);
	}
	if (rows[d->kind].target == TARGET_PROMPT) {
		err = db_find(
			db, name_row, name,
			"SELECT name FROM own_sound WHERE tenant_id = $1 AND 'own/' || id = $2",
			"is", tenant, d->target);
		if (!err)
			(void)text_printf(label, size, "%s", name);
	}
	if (rows[d->kind].target == TARGET_CALLFLOW) {
		err = db_find(db, name_row, name,
			      "SELECT name FROM call_flow WHERE tenant_id = $1 AND id = $2", "is",
			      tenant, d->target);
		if (!err)
			(void)text_printf(label, size, "%s", name);
	}
	return err == ENOENT ? 0 : err;
}
