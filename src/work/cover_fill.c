/**
 * @file cover_fill.c  A cover page filled in for one fax
 */
#include <stdio.h>
#include <string.h>
#include "clock.h"
#include "cover_fill.h"
#include "text.h"
#include "zone.h"

/**
 * Reads what stands on the cover page of a fax
 *
 * @param c  Its fax says tenant, document, cover page and extension
 * @param db Store
 *
 * @return 0, or ENOENT when document or cover page are gone
 */
int cover_fill_read(struct cover_fill *c, struct db *db)
{
	const struct fax *f = &c->fax;
	int err = fax_document_get(&c->document, db, f->tenant, f->document_id);

	if (!err)
		err = cover_page_get(&c->cover, db, f->tenant, f->cover_id);
	if (!err)
		err = tenant_get(&c->tenant, db, f->tenant);
	if (!err && f->extension_id[0] && extension_get(&c->from, db, f->tenant, f->extension_id))
		memset(&c->from, 0, sizeof(c->from));
	return err;
}

/**
 * Makes the order to draw it, alone
 *
 * @param r     Result; it points into `c`; where to write is the caller's to say
 * @param c     What was read
 * @param blobs Where the logo is
 */
void cover_fill_request(struct doc_request *r, struct cover_fill *c, const struct blobs *blobs)
{
	const struct fax *f = &c->fax;
	const char *const fields[COVER_WORDS] = {
		"to_name",    f->to_name,    "to_number", f->to,     "from_name",
		c->from.name, "from_number", f->from,	  "company", c->tenant.name,
		"date",	      c->date,	     "pages",	  c->pages,  "subject",
		f->subject,   "note",	     f->note,	  NULL};
	int64_t now = clock_wall_ms();

	/* one that is sent later says that day */
	zone_stamp(c->date, sizeof(c->date), c->tenant.timezone, f->due_at > now ? f->due_at : now);
	snprintf(c->pages, sizeof(c->pages), "%d", (int)c->document.pages + 1);
	memcpy(c->fields, fields, sizeof(fields));
	*r = (struct doc_request){.op = "cover",
				  .fine = c->document.fine,
				  .template = c->cover.template,
				  .fields = c->fields};
	if (c->cover.logo[0]) {
		blob_path(c->logo, blobs, c->cover.logo);
		r->logo = c->logo;
	}
}
