/**
 * @file snapshot_listeners.c  What phones may do by their people's permissions: listen to calls,
 * record prompts, receive the faxes that come to voice numbers
 */
#include "permission.h"
#include "snapshot_parts.h"
#include "user.h"

static bool both(const struct tenant *t, const char *own, const char *token)
{
	return permissions_have(t->permissions, token) && permissions_have(own, token);
}

static int listener_row(const struct db_row *row, void *arg)
{
	struct tenant *t = arg;
	const struct tenant_extension *found = tenant_extension_by_id(t, db_text(row, 0));
	const char *own = db_text(row, 1);
	struct tenant_extension *e;
	struct user u = {.role = USER_user};

	if (!found)
		return 0;
	e = &t->extensions[found - t->extensions];
	(void)user_role_parse(&u.role, db_text(row, 3));
	e->listens = both(t, own, "realtime");
	e->records = both(t, own, "music_on_hold");
	e->receives_fax =
		e->receives_fax && (user_administers(&u) || permissions_have(own, "receive_fax"));
	e->fax_detect = e->receives_fax && db_int(row, 2);
	return 0;
}

/** Reads who may, after the extensions; for one that is nobody's the organisation's word counts. 0
 * or errno */
int listeners_build(struct tenant *t, struct db *db)
{
	bool faxes = permissions_have(t->permissions, "receive_fax");

	for (uint32_t i = 0; i < t->extension_count; i++)
		t->extensions[i].receives_fax = faxes;
	return db_query(db, listener_row, t,
			"SELECT u.extension_id, u.permissions, coalesce(b.detect, 1), u.role FROM "
			"portal_user u "
			"LEFT JOIN fax_box b ON b.tenant_id = u.tenant_id AND "
			"b.extension_id = u.extension_id WHERE u.tenant_id = $1 AND "
			"u.extension_id IS NOT NULL",
			"i", t->id);
}
