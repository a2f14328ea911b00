/**
 * @file snapshot_mailbox.c  The mailboxes of a tenant's snapshot: those that are switched on
 */
#include <string.h>
#include "snapshot.h"
#include "snapshot_parts.h"

static int mailbox_row(const struct db_row *row, void *arg)
{
	struct part *b = arg;
	const struct tenant_extension *e = tenant_extension_by_id(b->t, db_text(row, 0));
	struct tenant_mailbox *m = &b->t->directory->mailboxes[b->count];

	if (!e || b->count == b->room)
		return 0;
	m->max_ms = (uint32_t)db_int(row, 1);
	m->max_messages = (uint32_t)db_int(row, 2);
	m->greeting = part_keep(b, db_text(row, 3));
	m->has_pin = db_int(row, 4);
	m->spoken_name = part_keep(b, db_text(row, 5));
	m->silence_ms = (uint32_t)db_int(row, 6);
	b->t->extensions[e - b->t->extensions].mailbox = m;
	++b->count;
	return b->err;
}

/** Reads the mailboxes of a tenant whose extensions are read already; 0, ENOMEM or errno */
int mailboxes_build(struct tenant *t, struct directory *d, struct db *db)
{
	struct part b = {.t = t, .arena = d->arena};

	/* Looked up by those that have one, a greeting costs a tenth of a join. */
	d->mailboxes = part_rows(&b, db, "SELECT count(*) FROM mailbox WHERE tenant_id = $1",
				 sizeof(*d->mailboxes));
	if (!d->mailboxes)
		return b.err;
	return db_query(
		db, mailbox_row, &b,
		"SELECT extension_id, max_ms, max_messages, CASE WHEN greeting_id = '' THEN '' "
		"ELSE coalesce((SELECT blob FROM greeting g WHERE g.tenant_id = m.tenant_id AND "
		"g.id = m.greeting_id), '') END, pin <> '', spoken_name, silence_ms FROM mailbox "
		"m WHERE tenant_id = $1 AND active = 1",
		"i", t->id);
}
