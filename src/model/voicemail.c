/**
 * @file voicemail.c  Messages of mailboxes
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "own.h"
#include "row.h"
#include "text.h"
#include "voicemail.h"
#include "voicemail_mail.h"

enum { DAY_MS = 86400000 };

#define COLUMNS                                                                                    \
	"tenant_id, id, extension_id, state, urgent, from_number, from_name, call_id, "            \
	"forwarded_by, blob, duration_ms, created_at, read_at, deleted_at"

static const char *const state_names[] = {"recording", "new", "read", "saved"};

/** Name of a state, as stored and as the API says it */
const char *voicemail_state_name(enum voicemail_state state)
{
	return state_names[state];
}

/** The state of a name; EINVAL when it is none */
int voicemail_state_parse(enum voicemail_state *state, const char *name)
{
	for (size_t i = 0; i < COUNT(state_names); i++) {
		if (!strcmp(state_names[i], name)) {
			*state = (enum voicemail_state)i;
			return 0;
		}
	}
	return EINVAL;
}

static int message_read(struct voicemail *v, const struct db_row *row)
{
	memset(v, 0, sizeof(*v));
	v->tenant = db_int(row, 0);
	db_copy(v->id, sizeof(v->id), row, 1);
	db_copy(v->extension_id, sizeof(v->extension_id), row, 2);
	v->urgent = db_int(row, 4);
	db_copy(v->from_number, sizeof(v->from_number), row, 5);
	db_copy(v->from_name, sizeof(v->from_name), row, 6);
	db_copy(v->call_id, sizeof(v->call_id), row, 7);
	db_copy(v->forwarded_by, sizeof(v->forwarded_by), row, 8);
	db_copy(v->blob, sizeof(v->blob), row, 9);
	v->duration_ms = db_int(row, 10);
	v->created_at = db_int(row, 11);
	v->read_at = db_int(row, 12);
	v->deleted_at = db_int(row, 13);
	return voicemail_state_parse(&v->state, db_text(row, 3));
}

static int message_one(const struct db_row *row, void *arg)
{
	return message_read(arg, row);
}

static int message_add(struct db *db, const struct voicemail *v)
{
	return db_exec(db,
		       "INSERT INTO voicemail_message (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, "
		       "$6, $7, $8, $9, $10, $11, $12, $13, 0)",
		       "isssdsssssiii", v->tenant, v->id, v->extension_id, state_names[v->state],
		       v->urgent, v->from_number, v->from_name, v->call_id, v->forwarded_by,
		       v->blob, v->duration_ms, v->created_at, v->read_at);
}

/** Adds a message whose recording begins; its id, time, blob and mailbox are the caller's */
int voicemail_begin(struct db *db, struct voicemail *v)
{
	v->state = VOICEMAIL_RECORDING;
	return message_add(db, v);
}

/** The recording is complete: the message is there, and the mailbox's addresses are written to;
 * ENOENT when it was not being recorded */
int voicemail_finish(struct db *db, int64_t tenant, const char *id, int64_t duration_ms,
		     bool urgent)
{
	struct voicemail v;
	int err = db_change(db,
			    "UPDATE voicemail_message SET state = 'new', duration_ms = $3, "
			    "urgent = $4 WHERE tenant_id = $1 AND id = $2 AND state = 'recording'",
			    "isid", tenant, id, duration_ms, urgent);

	if (!err)
		err = voicemail_get(&v, db, tenant, id);
	return err ? err : voicemail_mail(db, &v);
}

/** Removes the row of a message for good; its file is the caller's to delete first */
int voicemail_drop(struct db *db, int64_t tenant, const char *id)
{
	return db_change(db, "DELETE FROM voicemail_message WHERE tenant_id = $1 AND id = $2", "is",
			 tenant, id);
}

/** One message of the tenant that is complete, also a deleted one; ENOENT */
int voicemail_get(struct voicemail *v, struct db *db, int64_t tenant, const char *id)
{
	return db_find(db, message_one, v,
		       "SELECT " COLUMNS " FROM voicemail_message WHERE tenant_id = $1 AND "
		       "id = $2 AND state <> 'recording'",
		       "is", tenant, id);
}

/** Makes a message new, read or saved */
int voicemail_mark(struct db *db, struct voicemail *v, enum voicemail_state state, int64_t now)
{
	v->state = state;
	v->read_at = state == VOICEMAIL_NEW ? 0 : v->read_at ? v->read_at : now;
	return db_change(db,
			 "UPDATE voicemail_message SET state = $3, read_at = $4 "
			 "WHERE tenant_id = $1 AND id = $2 AND state <> 'recording'",
			 "issi", v->tenant, v->id, state_names[state], v->read_at);
}

static int deleted_set(struct db *db, struct voicemail *v, int64_t at)
{
	v->deleted_at = at;
	return db_change(db,
			 "UPDATE voicemail_message SET deleted_at = $3 WHERE tenant_id = $1 AND "
			 "id = $2 AND state <> 'recording'",
			 "isi", v->tenant, v->id, at);
}

/** Deletes a message; until VOICEMAIL_UNDO_MS later it can be taken back */
int voicemail_delete(struct db *db, struct voicemail *v, int64_t now)
{
	return v->deleted_at ? 0 : deleted_set(db, v, now);
}

/** Takes a deletion back */
int voicemail_undelete(struct db *db, struct voicemail *v)
{
	return deleted_set(db, v, 0);
}

/**
 * Puts a copy of a message into another mailbox, as a new one
 *
 * @param db           Writer's connection
 * @param v            Message; becomes the copy
 * @param extension_id Whose mailbox
 * @param by           Who forwards it
 * @param blob         Key of the copy's own file
 *
 * @return 0 or what the database said
 */
int voicemail_copy(struct db *db, struct voicemail *v, const char *extension_id, const char *by,
		   const char *blob)
{
	int err;

	str_ncpy(v->id, id_new().s, sizeof(v->id));
	str_ncpy(v->extension_id, extension_id, sizeof(v->extension_id));
	str_ncpy(v->forwarded_by, by, sizeof(v->forwarded_by));
	str_ncpy(v->blob, blob, sizeof(v->blob));
	v->call_id[0] = '\0';
	v->state = VOICEMAIL_NEW;
	v->read_at = v->deleted_at = 0;
	err = message_add(db, v);
	return err ? err : voicemail_mail(db, v);
}

struct list_arg {
	voicemail_h *h;
	void *arg;
};

static int message_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct voicemail v;
	int err = message_read(&v, row);

	return err ? err : l->h(&v, l->arg);
}

/**
 * Shows the messages of a mailbox, newest first
 *
 * @param db           Connection
 * @param tenant       Whose
 * @param extension_id Which mailbox
 * @param folder       "new", "old" (read and saved), "deleted", or "" for new and old
 * @param before       Id before which the page begins; NULL or "" for the newest
 * @param limit        Most of them; 0 for all
 * @param h            Sees each
 * @param arg          Its argument
 *
 * @return 0 or errno
 */
int voicemail_list(struct db *db, int64_t tenant, const char *extension_id, const char *folder,
		   const char *before, unsigned limit, voicemail_h *h, void *arg)
{
	struct list_arg l = {h, arg};

	return db_query(db, message_each, &l,
			"SELECT " COLUMNS " FROM voicemail_message WHERE tenant_id = $1 AND "
			"extension_id = $2 AND state <> 'recording' AND "
			"($3 = 'deleted') = (deleted_at > 0) AND "
			"($3 = '' OR $3 = 'deleted' OR ($3 = 'new') = (state = 'new')) AND "
			"($4 = '' OR id < $4) ORDER BY id DESC LIMIT $5",
			"isssi", tenant, extension_id, folder ? folder : "", before ? before : "",
			row_limit(limit));
}

#define COUNTS                                                                                     \
	"sum(CASE WHEN v.state = 'new' THEN 1 ELSE 0 END), "                                       \
	"sum(CASE WHEN v.state <> 'new' THEN 1 ELSE 0 END), "                                      \
	"sum(CASE WHEN v.state = 'new' AND v.urgent = 1 THEN 1 ELSE 0 END), "                      \
	"sum(CASE WHEN v.state <> 'new' AND v.urgent = 1 THEN 1 ELSE 0 END)"

static void counts_read(struct voicemail_counts *c, const struct db_row *row)
{
	c->fresh = db_int(row, 0);
	c->old = db_int(row, 1);
	c->urgent_fresh = db_int(row, 2);
	c->urgent_old = db_int(row, 3);
}

static int counts_row(const struct db_row *row, void *arg)
{
	counts_read(arg, row);
	return 0;
}

/** How many messages a mailbox has; 0 or what the database said */
int voicemail_counts(struct voicemail_counts *c, struct db *db, int64_t tenant,
		     const char *extension_id)
{
	memset(c, 0, sizeof(*c));
	return db_query(db, counts_row, c,
			"SELECT " COUNTS " FROM voicemail_message v WHERE v.tenant_id = $1 AND "
			"v.extension_id = $2 AND v.deleted_at = 0 AND v.state <> 'recording'",
			"is", tenant, extension_id);
}

struct each_arg {
	voicemail_counts_h *h;
	void *arg;
};

static int counts_each(const struct db_row *row, void *arg)
{
	struct each_arg *e = arg;
	struct voicemail_counts c;
	char number[PHONE_SIZE];

	counts_read(&c, row);
	db_copy(number, sizeof(number), row, 5);
	return e->h(db_int(row, 4), number, &c, e->arg);
}

/** Shows the counts of every mailbox that has messages; at start */
int voicemail_counts_each(struct db *db, voicemail_counts_h *h, void *arg)
{
	struct each_arg e = {h, arg};

	return db_query(db, counts_each, &e,
			"SELECT " COUNTS ", v.tenant_id, e.number FROM voicemail_message v JOIN "
			"extension e ON e.tenant_id = v.tenant_id AND e.id = v.extension_id "
			"WHERE v.deleted_at = 0 AND v.state <> 'recording' "
			"GROUP BY v.tenant_id, e.number",
			"");
}

/** Shows the messages that were being recorded when the process was killed; at start */
int voicemail_cut(struct db *db, voicemail_h *h, void *arg)
{
	struct list_arg l = {h, arg};

	return db_query(db, message_each, &l,
			"SELECT " COLUMNS " FROM voicemail_message WHERE state = 'recording'", "");
}

/**
 * Shows the messages that may go for good: deleted long ago, heard longer ago than their mailbox
 * keeps them, or of a mailbox that is gone
 */
int voicemail_due(struct db *db, int64_t now, unsigned limit, voicemail_h *h, void *arg)
{
	struct list_arg l = {h, arg};

	return db_query(db, message_each, &l,
			"SELECT " COLUMNS
			" FROM voicemail_message v WHERE state <> 'recording' AND "
			"((deleted_at > 0 AND deleted_at < $1) OR NOT EXISTS (SELECT 1 FROM "
			"mailbox m WHERE m.tenant_id = v.tenant_id AND "
			"m.extension_id = v.extension_id) OR (state = 'read' AND EXISTS (SELECT 1 "
			"FROM mailbox m WHERE m.tenant_id = v.tenant_id AND "
			"m.extension_id = v.extension_id AND m.keep_days > 0 AND "
			"v.read_at < $2 - m.keep_days * $3))) LIMIT $4",
			"iiii", now - VOICEMAIL_UNDO_MS, now, (int64_t)DAY_MS, row_limit(limit));
}
