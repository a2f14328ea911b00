/**
 * @file binding_row.c  Registrations at rest
 */
#include <string.h>
#include "binding_row.h"

#define COLUMNS                                                                                    \
	"tenant_id, extension, contact, domain, device, path, instance, reg_id, user_agent, "      \
	"transport, peer, client, ws, tls, nat, sdes, registered_at, expires_at"

static bool same_key(const struct binding_row *a, const struct binding_row *b)
{
	return a->tenant == b->tenant && !strcmp(a->extension, b->extension) &&
	       !strcmp(a->contact, b->contact);
}

/** Adds a change to a batch, in place of an older one of the same binding; false when it is full */
bool binding_batch_add(struct binding_batch *batch, const struct binding_row *b)
{
	for (unsigned i = 0; i < batch->count; i++) {
		if (same_key(&batch->rows[i], b)) {
			batch->rows[i] = *b;
			return true;
		}
	}
	if (batch->count == BINDING_BATCH)
		return false;
	batch->rows[batch->count++] = *b;
	return true;
}

static int binding_delete(struct db *db, const struct binding_row *b)
{
	return db_exec(db,
		       "DELETE FROM binding WHERE tenant_id = $1 AND extension = $2 AND "
		       "contact = $3",
		       "iss", b->tenant, b->extension, b->contact);
}

static int binding_save(struct db *db, const struct binding_row *b)
{
	return db_exec(db,
		       "INSERT INTO binding (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
		       "$9, $10, $11, $12, $13, $14, $15, $16, $17, $18) "
		       "ON CONFLICT (tenant_id, extension, contact) DO UPDATE SET domain = $4, "
		       "device = $5, path = $6, instance = $7, reg_id = $8, user_agent = $9, "
		       "transport = $10, peer = $11, client = $12, ws = $13, tls = $14, "
		       "nat = $15, sdes = $16, registered_at = $17, expires_at = $18",
		       "issssssissssddddii", b->tenant, b->extension, b->contact, b->domain,
		       b->device, b->path, b->instance, b->reg_id, b->user_agent, b->transport,
		       b->peer, b->client, b->ws, b->tls, b->nat, b->sdes, b->registered_at,
		       b->expires_at);
}

/** Writes all changes of a batch, or none; 0 or errno */
int binding_batch_write(struct db *db, const struct binding_batch *batch)
{
	int err = 0;

	for (unsigned i = 0; i < batch->count && !err; i++) {
		const struct binding_row *b = &batch->rows[i];

		err = b->removed ? binding_delete(db, b) : binding_save(db, b);
	}
	return err;
}

struct list_arg {
	binding_row_h *h;
	void *arg;
};

static int binding_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct binding_row b = {.tenant = db_int(row, 0)};

	db_copy(b.extension, sizeof(b.extension), row, 1);
	db_copy(b.contact, sizeof(b.contact), row, 2);
	db_copy(b.domain, sizeof(b.domain), row, 3);
	db_copy(b.device, sizeof(b.device), row, 4);
	db_copy(b.path, sizeof(b.path), row, 5);
	db_copy(b.instance, sizeof(b.instance), row, 6);
	b.reg_id = db_int(row, 7);
	db_copy(b.user_agent, sizeof(b.user_agent), row, 8);
	db_copy(b.transport, sizeof(b.transport), row, 9);
	db_copy(b.peer, sizeof(b.peer), row, 10);
	db_copy(b.client, sizeof(b.client), row, 11);
	b.ws = db_int(row, 12);
	b.tls = db_int(row, 13);
	b.nat = db_int(row, 14);
	b.sdes = db_int(row, 15);
	b.registered_at = db_int(row, 16);
	b.expires_at = db_int(row, 17);
	return l->h(&b, l->arg);
}

/** Shows the bindings of all tenants that have not expired, oldest first; for the start */
int binding_row_each(struct db *db, int64_t now, binding_row_h *h, void *arg)
{
	struct list_arg l = {h, arg};

	return db_query(db, binding_each, &l,
			"SELECT " COLUMNS " FROM binding WHERE expires_at > $1 "
			"ORDER BY registered_at, contact",
			"i", now);
}

/** Forgets what has expired */
int binding_row_purge(struct db *db, int64_t now)
{
	return db_exec(db, "DELETE FROM binding WHERE expires_at <= $1", "i", now);
}
