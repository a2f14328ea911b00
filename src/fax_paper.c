/**
 * @file fax_paper.c  What is sent in one call: the rest of a fax, each page under its line
 *
 * The line says when the call was begun, by the clock of whoever sends. The pages stay as they were
 * previewed, and a later try has a line of its own.
 */
#include <string.h>
#include <unistd.h>
#include "fax_paper.h"
#include "house.h"
#include "mail.h"
#include "tenant.h"
#include "text.h"
#include "zone.h"

/**
 * Takes what the line says from the store; on its writer
 *
 * @param p  Result
 * @param db Store
 * @param f  Fax
 * @param b  How its extension sends
 * @param a  The try
 *
 * @return 0 or errno
 */
int fax_paper_read(struct fax_paper *p, struct db *db, const struct fax *f, const struct fax_box *b,
		   const struct fax_attempt *a)
{
	char zone[MODEL_WORD] = "";
	struct tenant_row t;
	int err = tenant_get(&t, db, f->tenant);

	err = err ? err : mail_zone(zone, db, f->tenant, f->sender_email);
	if (err)
		return err;
	p->lines = b->header;
	p->first = (unsigned)a->first_page;
	p->sent = (struct fax_sent){
		.tenant = f->tenant, .number = a->number, .sheets = fax_paper_sheets(p)};
	str_ncpy(p->sent.fax_id, f->id, sizeof(p->sent.fax_id));
	zone_stamp(p->time, sizeof(p->time), zone, a->started_at);
	text_printf(p->name, sizeof(p->name), "%s", b->station[0] ? b->station : t.name);
	text_printf(p->numbers, sizeof(p->numbers), "From %s to %s", f->from, f->to);
	return 0;
}

/** Pages of the file that are none of the fax: what continues another call begins with one */
unsigned fax_paper_sheets(const struct fax_paper *p)
{
	return p->first > 0;
}

/**
 * Begins to make the file; core thread
 *
 * @param p    Paper; fax_paper_drop()
 * @param h    House
 * @param id   The fax's
 * @param blob Its pages
 * @param done Is told when the file is there
 * @param arg  Its argument
 *
 * @return 0 or errno
 */
int fax_paper_draw(struct fax_paper *p, const struct house *h, const char *id, const char *blob,
		   doc_h *done, void *arg)
{
	const struct doc_line line = {.time = p->time, .name = p->name, .numbers = p->numbers};
	char path[BLOB_PATH];
	struct doc_request request = {.op = "headed",
				      .inputs = {path},
				      .count = 1,
				      .out = p->file,
				      .fine = p->fine,
				      .first = p->first,
				      .lines = p->lines,
				      .line = &line};

	blob_path(path, h->blobs, blob);
	text_printf(p->file, sizeof(p->file), "%s/%s.tif", h->fax_folder, id);
	/* that of a try before may be kept under another name, and is not written over */
	(void)unlink(p->file);
	return doc_start(&p->doc, h->doc_convert, &request, done, arg);
}

/**
 * Keeps what was drawn, before anybody is called; on the store's writer
 *
 * @param p     Paper
 * @param db    Store
 * @param blobs Where
 * @param drawn What doc-convert said of it
 *
 * @return 0 or errno
 */
int fax_paper_keep(struct fax_paper *p, struct db *db, struct blobs *blobs,
		   const struct doc_result *drawn)
{
	str_ncpy(p->sent.sha256, drawn->sha256, sizeof(p->sent.sha256));
	return fax_sent_keep(db, blobs, &p->sent, p->file);
}

/** The call is over: the file goes, and what still makes it */
void fax_paper_drop(struct fax_paper *p)
{
	p->doc = mem_deref(p->doc);
	if (p->file[0])
		(void)unlink(p->file);
}
