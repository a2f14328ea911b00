/**
 * @file cover_pages.c  Cover pages of the tenant: made, looked at, changed
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "clock.h"
#include "cover_page.h"
#include "doc.h"
#include "faxes.h"
#include "text.h"

struct cover_work {
	struct request *rq;
	struct cover_page c;
	json_t *rows;
	struct field_errors fe;
};

static json_t *cover_json(const struct cover_page *c)
{
	json_t *o = json_object();

	put_text(o, "id", c->id);
	put_text(o, "name", c->name);
	put_text(o, "template", c->template);
	put_bool(o, "logo", c->logo[0] != '\0');
	put_int(o, "createdAt", c->created_at);
	return o;
}

static int row_h(const struct cover_page *c, void *arg)
{
	json_array_append_new(((struct cover_work *)arg)->rows, cover_json(c));
	return 0;
}

static int list_fn(struct db *db, void *obj)
{
	struct cover_work *x = obj;

	return cover_page_list(db, who_of(x->rq)->tenant, row_h, x);
}

/** GET /cover-pages: all of them, 50 at most */
void cover_pages_get(struct request *rq, struct reply *rp)
{
	struct cover_work x = {.rq = rq, .rows = json_array()};
	int err = store_read(api_of(rq)->conf.store, list_fn, &x);

	rows_answer(rp, x.rows, err);
}

static int get_fn(struct db *db, void *obj)
{
	struct cover_work *x = obj;

	return cover_page_get(&x->c, db, who_of(x->rq)->tenant, x->rq->ids[0]);
}

static bool cover_of(struct cover_work *x, struct reply *rp)
{
	int err = store_read(api_of(x->rq)->conf.store, get_fn, x);

	if (err)
		answer_error(rp, err);
	return !err;
}

/** GET /cover-pages/{id} */
void cover_page_get_one(struct request *rq, struct reply *rp)
{
	struct cover_work x = {.rq = rq};

	if (cover_of(&x, rp))
		reply_json(rp, 200, cover_json(&x.c));
}

/* --- drawing -----------------------------------------------------------------------------------
 */

static const char *const sample[] = {"to_name",	    "Ana Souza",
				     "to_number",   "+1 628 555 0199",
				     "from_name",   "Maya Chen",
				     "from_number", "+1 415 555 0111",
				     "company",	    "Our company",
				     "date",	    "2026-01-31 09:00",
				     "pages",	    "3",
				     "subject",	    "Subject",
				     "note",	    "A note to whom it concerns.",
				     NULL};

static void left_remove(const char *folder)
{
	char path[BLOB_PATH + 32];

	text_printf(path, sizeof(path), "%s/fax.tif", folder);
	(void)unlink(path);
	text_printf(path, sizeof(path), "%s/thumb.png", folder);
	(void)unlink(path);
	text_printf(path, sizeof(path), "%s/page-1.png", folder);
	(void)unlink(path);
	(void)rmdir(folder);
}

/**
 * Has a page drawn in a folder of its own
 *
 * @param png    Its picture, unless NULL; only when the result is ok
 * @param result What doc-convert says: not ok when the template is wrong
 * @param r      What to draw
 * @param conf   Where, and by whom
 *
 * @return 0 or errno
 */
int page_draw(struct mbuf **png, struct doc_result *result, struct doc_request *r,
	      const struct api_conf *conf)
{
	char folder[BLOB_PATH], page[BLOB_PATH + 32];
	int err;

	text_printf(folder, sizeof(folder), "%s/%s", conf->fax_folder, id_new().s);
	if (mkdir(folder, 0700))
		return errno;
	r->out = folder;
	err = doc_run(result, conf->doc_convert, r);
	text_printf(page, sizeof(page), "%s/page-1.png", folder);
	if (!err && result->ok && png) {
		*png = file_read(page);
		err = *png ? 0 : EIO;
	}
	left_remove(folder);
	r->out = NULL;
	return err;
}

/* Draws it as it would be sent; the template is wrong when the program says so */
static int draw(struct mbuf **png, struct doc_result *result, const struct cover_work *x)
{
	const struct api_conf *conf = &api_of(x->rq)->conf;
	char logo[BLOB_PATH];
	struct doc_request r = {
		.op = "cover", .fine = true, .template = x->c.template, .fields = sample};

	if (x->c.logo[0]) {
		blob_path(logo, conf->blobs, x->c.logo);
		r.logo = logo;
	}
	return page_draw(png, result, &r, conf);
}

/** GET /cover-pages/{id}/preview: with made-up values, as it will be sent */
void cover_page_preview_get(struct request *rq, struct reply *rp)
{
	struct cover_work x = {.rq = rq};
	struct doc_result result;
	struct mbuf *png = NULL;
	int err;

	if (!cover_of(&x, rp))
		return;
	err = draw(&png, &result, &x);
	if (err)
		answer_error(rp, err);
	else if (!result.ok)
		reply_problem(rp, 409, "%s", result.message);
	else
		reply_text(rp, "image/png", png);
}

/* --- making and changing -----------------------------------------------------------------------
 */

static bool template_check(struct cover_work *x, struct reply *rp, const char *field)
{
	struct doc_result result;
	int err = x->fe.count ? 0 : draw(NULL, &result, x);

	if (answer_fields(rp, &x->fe))
		return false;
	if (err)
		answer_error(rp, err);
	else if (!result.ok)
		reply_field(rp, field, "%s", result.message);
	return !reply_status(rp);
}

static int add_fn(struct db *db, void *obj)
{
	struct cover_work *x = obj;
	int err = cover_page_add(db, &x->c);

	if (!err)
		audit_note(db, x->rq, "cover.add", x->c.id, x->c.name);
	return err;
}

/** POST /cover-pages */
void cover_page_post(struct request *rq, struct reply *rp)
{
	struct cover_work x = {.rq = rq};
	int err;

	x.c.tenant = who_of(rq)->tenant;
	text_take(rq, "name", x.c.name, sizeof(x.c.name), &x.fe);
	text_take(rq, "template", x.c.template, sizeof(x.c.template), &x.fe);
	if (!template_check(&x, rp, "template"))
		return;
	err = store_write_wait(api_of(rq)->conf.store, add_fn, &x);
	if (err == ENOSPC)
		reply_problem(rp, 409, "There are %d cover pages already.", COVER_PAGES_MAX);
	else if (err)
		answer_error(rp, err);
	else
		reply_json(rp, 201, cover_json(&x.c));
}

static int change_fn(struct db *db, void *obj)
{
	struct cover_work *x = obj;
	int err = cover_page_change(db, &x->c);

	if (!err)
		audit_note(db, x->rq, "cover.change", x->c.id, x->c.name);
	return err;
}

static void change(struct cover_work *x, struct reply *rp, const char *field)
{
	int err;

	if (!template_check(x, rp, field))
		return;
	err = store_write_wait(api_of(x->rq)->conf.store, change_fn, x);
	if (err)
		answer_error(rp, err);
	else
		reply_json(rp, 200, cover_json(&x->c));
}

/** PATCH /cover-pages/{id} */
void cover_page_patch(struct request *rq, struct reply *rp)
{
	struct cover_work x = {.rq = rq};

	if (!cover_of(&x, rp))
		return;
	text_take(rq, "name", x.c.name, sizeof(x.c.name), &x.fe);
	text_take(rq, "template", x.c.template, sizeof(x.c.template), &x.fe);
	change(&x, rp, "template");
}

/** PUT /cover-pages/{id}/logo: a PNG, kept if it can be drawn */
void cover_page_logo_put(struct request *rq, struct reply *rp)
{
	struct cover_work x = {.rq = rq};
	char before[BLOB_KEY];
	int err;

	if (!cover_of(&x, rp))
		return;
	if (!rq->file || !rq->file->end) {
		reply_field(rp, "file", "must not be empty");
		return;
	}
	memcpy(before, x.c.logo, sizeof(before));
	blob_key(x.c.logo, x.c.tenant, clock_wall_ms());
	err = blob_put(api_of(rq)->conf.blobs, x.c.logo, rq->file->buf, rq->file->end);
	if (err) {
		answer_error(rp, err);
		return;
	}
	change(&x, rp, "file");
	(void)blob_delete(api_of(rq)->conf.blobs, reply_status(rp) < 300 ? before : x.c.logo);
}

static int delete_fn(struct db *db, void *obj)
{
	struct cover_work *x = obj;
	int err = get_fn(db, x);

	if (!err)
		err = cover_page_remove(db, x->c.tenant, x->c.id);
	if (!err)
		audit_note(db, x->rq, "cover.delete", x->c.id, x->c.name);
	return err;
}

/** DELETE /cover-pages/{id} */
void cover_page_delete(struct request *rq, struct reply *rp)
{
	struct cover_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, delete_fn, &x);

	if (err) {
		answer_error(rp, err);
		return;
	}
	if (x.c.logo[0])
		(void)blob_delete(api_of(rq)->conf.blobs, x.c.logo);
	reply_done(rp);
}
