/**
 * @file extension_settings.c  What an extension does with its calls
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "exit.h"
#include "extension.h"
#include "extension_settings.h"
#include "number.h"
#include "own.h"
#include "tenant.h"
#include "text.h"

enum { SETTINGS_COLUMNS = 15 };

#define COLUMNS                                                                                    \
	"tenant_id, extension_id, dnd, dnd_until, dnd_by, dnd_at, follow, follow_by, follow_at, "  \
	"version, agent, paused, pause_reason, agent_by, agent_at"

static const struct {
	const char *name, *member, *label;
} kinds[FORWARD_MAX] = {
#define X(kind, exit, member, label) {#kind, member, label},
#include "tbl/forwards.h"
#undef X
};

/** Name as stored, such as "noanswer" */
const char *forward_kind_name(enum forward_kind kind)
{
	return kinds[kind].name;
}

/** Name in the API: "forwardNoAnswer" */
const char *forward_kind_member(enum forward_kind kind)
{
	return kinds[kind].member;
}

/** Which calls are passed on, as people read it: "calls nobody answers" */
const char *forward_kind_label(enum forward_kind kind)
{
	return kinds[kind].label;
}

/** The kind of a name; EINVAL when there is none */
int forward_kind_parse(enum forward_kind *kind, const char *name)
{
	for (int i = 0; i < FORWARD_MAX; i++) {
		if (!strcmp(kinds[i].name, name)) {
			*kind = (enum forward_kind)i;
			return 0;
		}
	}
	return EINVAL;
}

static void settings_read(struct extension_settings *s, const struct db_row *row)
{
	memset(s, 0, sizeof(*s));
	s->tenant = db_int(row, 0);
	db_copy(s->extension_id, sizeof(s->extension_id), row, 1);
	s->dnd = db_int(row, 2);
	s->dnd_until = db_int(row, 3);
	db_copy(s->dnd_mark.by, sizeof(s->dnd_mark.by), row, 4);
	s->dnd_mark.at = db_int(row, 5);
	s->follow = db_int(row, 6);
	db_copy(s->follow_mark.by, sizeof(s->follow_mark.by), row, 7);
	s->follow_mark.at = db_int(row, 8);
	s->version = db_int(row, 9);
	s->agent = db_int(row, 10);
	s->paused = db_int(row, 11);
	db_copy(s->pause_reason, sizeof(s->pause_reason), row, 12);
	db_copy(s->agent_mark.by, sizeof(s->agent_mark.by), row, 13);
	s->agent_mark.at = db_int(row, 14);
}

static int settings_one(const struct db_row *row, void *arg)
{
	settings_read(arg, row);
	return 0;
}

#define FORWARD_COLUMNS "kind, active, number, until_at, set_by, set_at"

/* The columns of a forward, of which the first stands at `at` */
static int forward_read(struct extension_settings *s, const struct db_row *row, int at)
{
	struct extension_forward *f;
	enum forward_kind kind;
	int err = forward_kind_parse(&kind, db_text(row, at));

	if (err)
		return err;
	f = &s->forward[kind];
	f->on = db_int(row, at + 1);
	db_copy(f->number, sizeof(f->number), row, at + 2);
	f->until = db_int(row, at + 3);
	db_copy(f->mark.by, sizeof(f->mark.by), row, at + 4);
	f->mark.at = db_int(row, at + 5);
	return 0;
}

static int forward_one(const struct db_row *row, void *arg)
{
	return forward_read(arg, row, 0);
}

/**
 * The settings of an extension; of one that never set anything, everything off and version 0
 *
 * @return 0, ENOENT when the tenant has no such extension, or what the database said
 */
int extension_settings_get(struct extension_settings *s, struct db *db, int64_t tenant,
			   const char *extension_id)
{
	struct extension e;
	int err = extension_get(&e, db, tenant, extension_id);

	if (err)
		return err;
	memset(s, 0, sizeof(*s));
	s->tenant = tenant;
	str_ncpy(s->extension_id, e.id, sizeof(s->extension_id));
	err = db_find(db, settings_one, s,
		      "SELECT " COLUMNS " FROM extension_settings WHERE tenant_id = $1 AND "
		      "extension_id = $2",
		      "is", tenant, extension_id);
	if (err)
		return err == ENOENT ? 0 : err;
	return db_query(db, forward_one, s,
			"SELECT " FORWARD_COLUMNS " FROM extension_forward WHERE tenant_id = $1 "
			"AND extension_id = $2",
			"is", tenant, extension_id);
}

static int forward_check(struct field_errors *fe, struct db *db, struct extension_settings *s,
			 const struct extension *own, enum forward_kind kind)
{
	struct extension_forward *f = &s->forward[kind];
	char name[FIELD_NAME];

	(void)text_printf(name, sizeof(name), "%sNumber", kinds[kind].member);
	if (!f->number[0]) {
		if (f->on)
			field_error(fe, name, "says where the calls are to go: it must be there");
		return 0;
	}
	if (!strcmp(f->number, own->number)) {
		field_error(fe, name, "is the extension itself");
		return 0;
	}
	return number_check(fe, name, db, s->tenant, f->number);
}

/**
 * Checks settings before they are changed, and brings numbers into the form in which they are kept
 *
 * @return 0, ENOENT when there is no such extension, or what the database said; what is wrong is in
 *         fe
 */
int extension_settings_check(struct field_errors *fe, struct db *db, struct extension_settings *s)
{
	struct extension own;
	int err = extension_get(&own, db, s->tenant, s->extension_id);

	for (int i = 0; i < FORWARD_MAX && !err; i++)
		err = forward_check(fe, db, s, &own, (enum forward_kind)i);
	s->paused = s->paused && s->agent;
	if (!s->paused)
		s->pause_reason[0] = '\0';
	field_text(fe, "pauseReason", s->pause_reason, 0, sizeof(s->pause_reason));
	return err;
}

static void mark_set(struct setting_mark *m, const struct setting_mark *old, bool same,
		     const char *by, int64_t now)
{
	*m = *old;
	if (same)
		return;
	str_ncpy(m->by, by, sizeof(m->by));
	m->at = now;
}

static void marks_set(struct extension_settings *s, const struct extension_settings *old,
		      const char *by)
{
	int64_t now = clock_wall_ms();

	mark_set(&s->dnd_mark, &old->dnd_mark, s->dnd == old->dnd && s->dnd_until == old->dnd_until,
		 by, now);
	mark_set(&s->agent_mark, &old->agent_mark,
		 s->agent == old->agent && s->paused == old->paused, by, now);
	mark_set(&s->follow_mark, &old->follow_mark, s->follow == old->follow, by, now);
	for (int i = 0; i < FORWARD_MAX; i++) {
		struct extension_forward *f = &s->forward[i];
		const struct extension_forward *o = &old->forward[i];

		mark_set(&f->mark, &o->mark,
			 f->on == o->on && f->until == o->until && !strcmp(f->number, o->number),
			 by, now);
	}
}

static int forward_write(struct db *db, const struct extension_settings *s, enum forward_kind kind)
{
	const struct extension_forward *f = &s->forward[kind];

	return db_exec(db,
		       "INSERT INTO extension_forward (tenant_id, extension_id, " FORWARD_COLUMNS
		       ") VALUES "
		       "($1, $2, $3, $4, $5, $6, $7, $8) "
		       "ON CONFLICT (tenant_id, extension_id, kind) DO UPDATE SET active = $4, "
		       "number = $5, until_at = $6, set_by = $7, set_at = $8",
		       "issdsisi", s->tenant, s->extension_id, kinds[kind].name, f->on, f->number,
		       f->until, f->mark.by, f->mark.at);
}

/**
 * Changes the settings of an extension, checked before; notes who changed which part, and when
 *
 * @param db Writer's connection
 * @param s  Settings; the version is 0 for "whatever it is" or the one that was read, and is set to
 *           the new one
 * @param by Who, as people read it: "Ana Souza", "Ana Souza by phone"
 *
 * @return 0, ENOENT, or ESTALE when somebody else changed them meanwhile
 */
int extension_settings_change(struct db *db, struct extension_settings *s, const char *by)
{
	struct extension_settings old;
	int err = extension_settings_get(&old, db, s->tenant, s->extension_id);

	if (err)
		return err;
	if (s->version && s->version != old.version)
		return ESTALE;
	s->version = old.version + 1;
	marks_set(s, &old, by);
	err = db_exec(db,
		      "INSERT INTO extension_settings (" COLUMNS ") VALUES "
		      "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) "
		      "ON CONFLICT (tenant_id, extension_id) DO UPDATE SET dnd = $3, "
		      "dnd_until = $4, dnd_by = $5, dnd_at = $6, follow = $7, follow_by = $8, "
		      "follow_at = $9, version = $10, agent = $11, paused = $12, "
		      "pause_reason = $13, agent_by = $14, agent_at = $15",
		      "isdisidsiiddssi", s->tenant, s->extension_id, s->dnd, s->dnd_until,
		      s->dnd_mark.by, s->dnd_mark.at, s->follow, s->follow_mark.by,
		      s->follow_mark.at, s->version, s->agent, s->paused, s->pause_reason,
		      s->agent_mark.by, s->agent_mark.at);
	for (int i = 0; i < FORWARD_MAX && !err; i++)
		err = forward_write(db, s, (enum forward_kind)i);
	return err ? err : tenant_touch_but(db, s->tenant, TENANT_BULK);
}

/* Both tables are read in the order of their extensions, side by side. */
struct side_by_side {
	extension_settings_h *h;
	void *arg;
	struct extension_settings s;
};

static int list_show(struct side_by_side *l)
{
	int err = l->s.extension_id[0] ? l->h(&l->s, l->arg) : 0;

	memset(&l->s, 0, sizeof(l->s));
	return err;
}

static int list_row(const struct db_row *row, void *arg)
{
	struct side_by_side *l = arg;
	int err = 0;

	if (strcmp(db_text(row, 1), l->s.extension_id)) {
		err = list_show(l);
		settings_read(&l->s, row);
	}
	if (!err && !db_null(row, SETTINGS_COLUMNS))
		err = forward_read(&l->s, row, SETTINGS_COLUMNS);
	return err;
}

/** Shows the settings of every extension of a tenant that ever set anything; 0 or errno */
int extension_settings_list(struct db *db, int64_t tenant, extension_settings_h *h, void *arg)
{
	struct side_by_side l = {h, arg, {0}};
	int err = db_query(
		db, list_row, &l,
		"SELECT s.tenant_id, s.extension_id, s.dnd, s.dnd_until, s.dnd_by, s.dnd_at, "
		"s.follow, s.follow_by, s.follow_at, s.version, s.agent, s.paused, "
		"s.pause_reason, s.agent_by, s.agent_at, f.kind, f.active, "
		"f.number, f.until_at, f.set_by, f.set_at FROM extension_settings s LEFT JOIN "
		"extension_forward f ON f.tenant_id = s.tenant_id AND "
		"f.extension_id = s.extension_id WHERE s.tenant_id = $1 ORDER BY s.extension_id",
		"i", tenant);

	return err ? err : list_show(&l);
}
