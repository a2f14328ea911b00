/**
 * @file cover_page.c  Cover pages of a tenant
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "cover_page.h"
#include "own.h"

#define COLUMNS "tenant_id, id, name, template, logo, created_at"

struct each {
	cover_page_h *h;
	void *arg;
};

/** Adds a cover page; gives it an id. ENOSPC when there are COVER_PAGES_MAX */
int cover_page_add(struct db *db, struct cover_page *c)
{
	int64_t n = 0;
	int err = db_number(db, &n, "SELECT count(*) FROM cover_page WHERE tenant_id = $1", "i",
			    c->tenant);

	if (err || n >= COVER_PAGES_MAX)
		return err ? err : ENOSPC;
	str_ncpy(c->id, id_new().s, sizeof(c->id));
	c->created_at = clock_wall_ms();
	return db_exec(db, "INSERT INTO cover_page (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6)",
		       "issssi", c->tenant, c->id, c->name, c->template, c->logo, c->created_at);
}

static const char standard[] =
	"<span size=\"28pt\"><b>Fax</b></span>\n\n"
	"To: {{to_name}} {{to_number}}\nFrom: {{from_name}}, {{company}}\nFax: {{from_number}}\n"
	"Date: {{date}}\nPages: {{pages}}\n\n<b>{{subject}}</b>\n\n{{note}}\n";

static int read_h(const struct db_row *row, void *arg)
{
	struct cover_page *c = arg;

	memset(c, 0, sizeof(*c));
	c->tenant = db_int(row, 0);
	db_copy(c->id, sizeof(c->id), row, 1);
	db_copy(c->name, sizeof(c->name), row, 2);
	db_copy(c->template, sizeof(c->template), row, 3);
	db_copy(c->logo, sizeof(c->logo), row, 4);
	c->created_at = db_int(row, 5);
	return 0;
}

static int each_h(const struct db_row *row, void *arg)
{
	const struct each *e = arg;
	struct cover_page c;

	(void)read_h(row, &c);
	return e->h(&c, e->arg);
}

/** One cover page of the tenant; ENOENT */
int cover_page_get(struct cover_page *c, struct db *db, int64_t tenant, const char *id)
{
	if (!strcmp(id, COVER_STANDARD)) {
		memset(c, 0, sizeof(*c));
		c->tenant = tenant;
		strcpy(c->id, COVER_STANDARD);
		strcpy(c->name, "Standard");
		strcpy(c->template, standard);
		return 0;
	}
	return db_find(db, read_h, c,
		       "SELECT " COLUMNS " FROM cover_page WHERE tenant_id = $1 AND id = $2", "is",
		       tenant, id);
}

/** Writes name, template and logo */
int cover_page_change(struct db *db, const struct cover_page *c)
{
	return db_change(db,
			 "UPDATE cover_page SET name = $3, template = $4, logo = $5 "
			 "WHERE tenant_id = $1 AND id = $2",
			 "issss", c->tenant, c->id, c->name, c->template, c->logo);
}

/** Removes a cover page; faxes that were sent with it keep theirs */
int cover_page_remove(struct db *db, int64_t tenant, const char *id)
{
	return db_change(db, "DELETE FROM cover_page WHERE tenant_id = $1 AND id = $2", "is",
			 tenant, id);
}

/** Shows all cover pages of a tenant, by name */
int cover_page_list(struct db *db, int64_t tenant, cover_page_h *h, void *arg)
{
	struct each e = {h, arg};

	return db_query(db, each_h, &e,
			"SELECT " COLUMNS " FROM cover_page WHERE tenant_id = $1 ORDER BY name, id",
			"i", tenant);
}
