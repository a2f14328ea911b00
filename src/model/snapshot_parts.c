/**
 * @file snapshot_parts.c  Room and texts for the parts of a tenant's snapshot
 */
#include <errno.h>
#include "arena.h"
#include "snapshot_parts.h"

/**
 * Makes room for the rows of a part
 *
 * @param p     Part
 * @param db    Database
 * @param count SQL that counts them; $1 is the tenant
 * @param row   Size of one
 *
 * @return Room in the part's arena; NULL: p->err says why
 */
void *part_rows(struct part *p, struct db *db, const char *count, size_t row)
{
	void *rows;

	p->err = db_number(db, &p->room, count, "i", p->t->id);
	if (p->err)
		return NULL;
	rows = arena_get(p->arena, ((size_t)p->room + 1) * row);
	if (!rows)
		p->err = ENOMEM;
	return rows;
}

/** Copies a text into the part's arena; "" without memory, which p->err says then */
const char *part_keep(struct part *p, const char *s)
{
	const char *copy = arena_text(p->arena, s);

	if (!copy)
		p->err = ENOMEM;
	return copy ? copy : "";
}
