/**
 * @file fax_preview.c  The cover page of a fax that is not sent yet, filled in for one recipient
 */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include "cover_fill.h"
#include "faxes.h"
#include "own.h"

struct preview {
	struct request *rq;
	struct field_errors fe;
	struct cover_fill fill;
};

static const char picture[] = "data:image/png;base64,";

static int read_fn(struct db *db, void *obj)
{
	struct preview *x = obj;
	const struct who *w = who_of(x->rq);
	struct cover_page c;
	int err = cover_page_get(&c, db, w->tenant, x->rq->ids[0]);

	if (err)
		return err;
	err = fax_from_take(x->fill.fax.from, db, x->rq, &x->fe);
	err = err ? err : cover_fill_read(&x->fill, db);
	if (err == ENOENT || (!err && !who_has(w, x->fill.document.extension_id))) {
		field_error(&x->fe, "documentId", "does not exist");
		return 0;
	}
	return err;
}

/* As a URL, so that one answer has the picture and what it costs */
static char *picture_text(const struct mbuf *png)
{
	size_t n = sodium_base64_ENCODED_LEN(png->end, sodium_base64_VARIANT_ORIGINAL);
	char *text = malloc(sizeof(picture) + n);

	if (!text)
		return NULL;
	memcpy(text, picture, sizeof(picture));
	sodium_bin2base64(text + sizeof(picture) - 1, n, png->buf, png->end,
			  sodium_base64_VARIANT_ORIGINAL);
	return text;
}

static void answer(const struct preview *x, struct reply *rp, const struct doc_result *result,
		   const struct mbuf *png)
{
	const struct fax_document *d = &x->fill.document;
	char *text = picture_text(png);
	json_t *o = json_object();

	put_int(o, "pages", d->pages + 1);
	put_int(o, "seconds", d->seconds + result->page_seconds);
	put_text(o, "picture", text ? text : "");
	free(text);
	reply_json(rp, 200, o);
}

/** POST /cover-pages/{id}/preview: as it will be sent, with what its fax will count */
void cover_page_preview_post(struct request *rq, struct reply *rp)
{
	AUTO struct preview *x = mem_zalloc(sizeof(*x), NULL);
	const struct who *w = who_of(rq);
	const struct api *api = api_of(rq);
	const char *to = request_text(rq, "to");
	struct fax *f = x ? &x->fill.fax : NULL;
	struct doc_request request;
	struct doc_result result;
	struct mbuf *png = NULL;
	int err;

	if (!x) {
		answer_error(rp, ENOMEM);
		return;
	}
	x->rq = rq;
	f->tenant = w->tenant;
	f->due_at = request_int(rq, "dueAt", 0);
	str_ncpy(f->extension_id, w->extension.id, sizeof(f->extension_id));
	str_ncpy(f->document_id, request_text(rq, "documentId"), sizeof(f->document_id));
	str_ncpy(f->cover_id, rq->ids[0], sizeof(f->cover_id));
	text_take(rq, "subject", f->subject, sizeof(f->subject), &x->fe);
	text_take(rq, "toName", f->to_name, sizeof(f->to_name), &x->fe);
	text_take(rq, "note", f->note, sizeof(f->note), &x->fe);
	(void)phone_e164(f->to, sizeof(f->to), to ? to : "", w->row.country);
	err = store_read(api->conf.store, read_fn, x);
	if (answer_refused(rp, &x->fe, err))
		return;
	cover_fill_request(&request, &x->fill, api->conf.blobs);
	err = page_draw(&png, &result, &request, &api->conf);
	if (err)
		answer_error(rp, err);
	else if (!result.ok)
		reply_problem(rp, 409, "%s", result.message);
	else
		answer(x, rp, &result, png);
	mem_deref(png);
}
