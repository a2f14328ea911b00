/**
 * @file ring_group.c  Ring groups and their members
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "dest_exit.h"
#include "dest_use.h"
#include "extension.h"
#include "number.h"
#include "own.h"
#include "own_sound.h"
#include "ring_group.h"
#include "row.h"
#include "tenant.h"
#include "text.h"

#define COLUMNS                                                                                    \
	"tenant_id, id, number, name, strategy, music, prefix, created_at, version, music_id"

static const char *const names[STRATEGY_MAX] = {
#define X(strategy, label) #strategy,
#include "tbl/strategies.h"
#undef X
};

/** Name as stored and as the API says it */
const char *strategy_name(enum strategy strategy)
{
	return names[strategy];
}

/** The strategy of a name; EINVAL when there is none */
int strategy_parse(enum strategy *strategy, const char *name)
{
	for (int i = 0; i < STRATEGY_MAX; i++) {
		if (!strcmp(names[i], name)) {
			*strategy = (enum strategy)i;
			return 0;
		}
	}
	return EINVAL;
}

static struct dest group_dest(const struct ring_group *g)
{
	struct dest d = {.kind = DEST_group};

	str_ncpy(d.target, g->number, sizeof(d.target));
	return d;
}

static int group_read(const struct db_row *row, void *arg)
{
	struct ring_group *g = arg;

	memset(g, 0, sizeof(*g));
	g->tenant = db_int(row, 0);
	db_copy(g->id, sizeof(g->id), row, 1);
	db_copy(g->number, sizeof(g->number), row, 2);
	db_copy(g->name, sizeof(g->name), row, 3);
	g->music = db_int(row, 5);
	db_copy(g->prefix, sizeof(g->prefix), row, 6);
	g->created_at = db_int(row, 7);
	g->version = db_int(row, 8);
	db_copy(g->music_id, sizeof(g->music_id), row, 9);
	return strategy_parse(&g->strategy, db_text(row, 4));
}

static int member_read(const struct db_row *row, void *arg)
{
	struct ring_group *g = arg;
	struct ring_member *m = &g->members[g->member_count];

	if (g->member_count == RING_MEMBERS)
		return DB_STOP;
	db_copy(m->number, sizeof(m->number), row, 0);
	m->delay_ms = db_int(row, 1);
	m->ring_ms = db_int(row, 2);
	m->confirm = db_int(row, 3);
	++g->member_count;
	return 0;
}

static int next_read(const struct dest_exit *row, void *arg)
{
	struct ring_group *g = arg;

	if (row->exit == EXIT_ANY) {
		g->has_next = true;
		g->next = row->next;
	}
	return 0;
}

/* The members, and what follows */
static int rest_read(struct ring_group *g, struct db *db)
{
	struct dest d = group_dest(g);
	int err = db_query(db, member_read, g,
			   "SELECT number, delay_ms, ring_ms, confirm FROM ring_group_member WHERE "
			   "tenant_id = $1 AND group_id = $2 ORDER BY place",
			   "is", g->tenant, g->id);

	return err ? err : dest_exit_list(db, g->tenant, &d, next_read, g);
}

/** One group of the tenant by its id; ENOENT */
int ring_group_get(struct ring_group *g, struct db *db, int64_t tenant, const char *id)
{
	int err = db_find(db, group_read, g,
			  "SELECT " COLUMNS " FROM ring_group WHERE tenant_id = $1 AND id = $2",
			  "is", tenant, id);

	return err ? err : rest_read(g, db);
}

/** One group of the tenant by its number; ENOENT */
int ring_group_by_number(struct ring_group *g, struct db *db, int64_t tenant, const char *number)
{
	int err = db_find(db, group_read, g,
			  "SELECT " COLUMNS " FROM ring_group WHERE tenant_id = $1 AND number = $2",
			  "is", tenant, number);

	return err ? err : rest_read(g, db);
}

static int member_check(struct field_errors *fe, struct db *db, struct ring_group *g,
			struct ring_member *m)
{
	if (m->delay_ms < 0 || m->delay_ms > RING_DELAY_MAX)
		field_error(fe, "members", "has a delay beyond %d seconds", RING_DELAY_MAX / 1000);
	if (m->ring_ms < RING_MEMBER_MS_MIN || m->ring_ms > RING_MEMBER_MS_MAX)
		field_error(fe, "members", "has a ring time beyond %d to %d seconds",
			    RING_MEMBER_MS_MIN / 1000, RING_MEMBER_MS_MAX / 1000);
	return number_check_one(fe, "members", db, g->tenant, m->number);
}

static int members_check(struct field_errors *fe, struct db *db, struct ring_group *g)
{
	int err = 0;

	if (!g->member_count)
		field_error(fe, "members", "must have at least one");
	for (unsigned i = 0; i < g->member_count && !err; i++) {
		err = member_check(fe, db, g, &g->members[i]);
		for (unsigned k = 0; k < i; k++) {
			if (!strcmp(g->members[k].number, g->members[i].number))
				field_error(fe, "members", "has %s twice", g->members[i].number);
		}
	}
	return err;
}

static int room_check(struct field_errors *fe, struct db *db, const struct ring_group *g)
{
	int64_t n = 0;
	int err =
		g->id[0] ? 0
			 : db_number(db, &n, "SELECT count(*) FROM ring_group WHERE tenant_id = $1",
				     "i", g->tenant);

	if (n >= RING_GROUPS)
		field_error(fe, "number", "cannot be added: there are %d groups already",
			    RING_GROUPS);
	return err;
}

/**
 * Checks a group before it is added (id "") or changed; outside members are brought into E.164 form
 *
 * @return 0 or what the database said; what is wrong is in fe
 */
int ring_group_check(struct field_errors *fe, struct db *db, struct ring_group *g)
{
	const struct dest self = group_dest(g);
	const struct dest_next next = {&self, "this group", g->has_next, &g->next};
	int err = extension_number_check(fe, db, g->tenant, g->number);

	if (err)
		return err;
	field_text(fe, "name", g->name, 1, sizeof(g->name));
	field_text(fe, "prefix", g->prefix, 0, sizeof(g->prefix));
	err = number_used(fe, db, g->tenant, g->number, g->id);
	if (!err)
		err = room_check(fe, db, g);
	if (!err)
		err = members_check(fe, db, g);
	if (!err)
		err = own_music_check(fe, db, g->tenant, g->music_id);
	return err ? err : dest_next_check(fe, "next", db, g->tenant, &next);
}

/* In place of what was there before */
static int rest_write(struct db *db, const struct ring_group *g)
{
	const struct dest self = group_dest(g);
	const struct dest_next next = {&self, "this group", g->has_next, &g->next};
	int err =
		db_exec(db, "DELETE FROM ring_group_member WHERE tenant_id = $1 AND group_id = $2",
			"is", g->tenant, g->id);

	for (unsigned i = 0; i < g->member_count && !err; i++) {
		const struct ring_member *m = &g->members[i];

		err = db_exec(db,
			      "INSERT INTO ring_group_member (tenant_id, group_id, place, number, "
			      "delay_ms, ring_ms, confirm) VALUES ($1, $2, $3, $4, $5, $6, $7)",
			      "isisiid", g->tenant, g->id, (int64_t)i, m->number, m->delay_ms,
			      m->ring_ms, m->confirm);
	}
	return err ? err : dest_next_write(db, g->tenant, EXIT_ANY, &next);
}

/** Adds a group and fills in its id, time and version; EEXIST when the number is taken */
int ring_group_add(struct db *db, struct ring_group *g)
{
	int err;

	g->created_at = clock_wall_ms();
	g->version = 1;
	str_ncpy(g->id, id_new().s, sizeof(g->id));
	err = db_exec(db,
		      "INSERT INTO ring_group (" COLUMNS ") VALUES "
		      "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		      "issssdsiis", g->tenant, g->id, g->number, g->name,
		      strategy_name(g->strategy), g->music, g->prefix, g->created_at, g->version,
		      g->music_id);
	return err ? err : rest_write(db, g);
}

/** Changes a group; 0, ENOENT, ESTALE when somebody else changed it meanwhile, EEXIST */
int ring_group_change(struct db *db, struct ring_group *g)
{
	AUTO struct ring_group *old = mem_zalloc(sizeof(*old), NULL);
	struct dest dest;
	int err = old ? ring_group_get(old, db, g->tenant, g->id) : ENOMEM;

	if (err)
		return err;
	if (g->version && g->version != old->version)
		return ESTALE;
	g->version = old->version + 1;
	err = db_change(db,
			"UPDATE ring_group SET number = $3, name = $4, strategy = $5, music = $6, "
			"prefix = $7, version = $8, music_id = $9 WHERE tenant_id = $1 AND id = $2",
			"issssdsis", g->tenant, g->id, g->number, g->name,
			strategy_name(g->strategy), g->music, g->prefix, g->version, g->music_id);
	dest = group_dest(old);
	if (!err && strcmp(old->number, g->number))
		err = dest_renamed(db, g->tenant, &dest, g->number);
	return err ? err : rest_write(db, g);
}

/** Removes a group; ENOENT. Whoever asks has looked whether something leads to it (dest_use.h) */
int ring_group_remove(struct db *db, int64_t tenant, const char *id)
{
	AUTO struct ring_group *g = mem_zalloc(sizeof(*g), NULL);
	struct dest dest;
	int err = g ? ring_group_get(g, db, tenant, id) : ENOMEM;

	if (err)
		return err;
	dest = group_dest(g);
	err = dest_exit_forget(db, tenant, &dest);
	if (!err)
		err = db_change(db, "DELETE FROM ring_group WHERE tenant_id = $1 AND id = $2", "is",
				tenant, id);
	return err ? err : tenant_touch_but(db, tenant, TENANT_BULK);
}

struct list_arg {
	struct db *db;
	ring_group_h *h;
	void *arg;
	struct ring_group *g;
};

static int group_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	int err = group_read(row, l->g);

	if (!err)
		err = rest_read(l->g, l->db);
	return err ? err : l->h(l->g, l->arg);
}

/**
 * Shows the tenant's groups in the order of their numbers
 *
 * @param db     Connection
 * @param tenant Whose
 * @param after  Number after which the page begins; NULL or "" for the first
 * @param limit  Most of them; 0 for all
 * @param h      Sees each
 * @param arg    Its argument
 *
 * @return 0 or errno
 */
int ring_group_list(struct db *db, int64_t tenant, const char *after, unsigned limit,
		    ring_group_h *h, void *arg)
{
	AUTO struct ring_group *g = mem_zalloc(sizeof(*g), NULL);
	struct list_arg l = {db, h, arg, g};

	if (!g)
		return ENOMEM;
	return db_query(db, group_each, &l,
			"SELECT " COLUMNS " FROM ring_group WHERE tenant_id = $1 AND number > $2 "
			"ORDER BY number LIMIT $3",
			"isi", tenant, after ? after : "", row_limit(limit));
}
