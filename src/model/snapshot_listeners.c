/**
 * @file snapshot_listeners.c  What phones may do by their people's permissions: listen to calls,
 * record prompts, receive the faxes that come to voice numbers
 */
#include "permission.h"
#include "snapshot_parts.h"

static bool both(const struct tenant *t, const char *own, const char *token)
{
	return permissions_have(t->permissions, token) && permissions_have(own, token);
}

static int listener_row(const struct db_row *row, void *arg)
{
	struct tenant *t = arg;
	const struct tenant_extension *e = tenant_extension_by_id(t, db_text(row, 0));

	if (!e)
		return 0;
	t->extensions[e - t->extensions].listens = both(t, db_text(row, 1), "realtime");
	t->extensions[e - t->extensions].records = both(t, db_text(row, 1), "music_on_hold");
	t->extensions[e - t->extensions].fax_detect =
		both(t, db_text(row, 1), "receive_fax") && db_int(row, 2);
	return 0;
}

/** Reads who may, after the extensions; 0 or errno */
int listeners_build(struct tenant *t, struct db *db)
{
	return db_query(
		db, listener_row, t,
		"SELECT u.extension_id, u.permissions, coalesce(b.detect, 1) FROM portal_user u "
		"LEFT JOIN fax_box b ON b.tenant_id = u.tenant_id AND "
		"b.extension_id = u.extension_id WHERE u.tenant_id = $1 AND "
		"u.extension_id IS NOT NULL",
		"i", t->id);
}
