/**
 * @file people.c  Whom one may want to call: colleagues with their presence, and recent numbers
 */
#include <errno.h>
#include <string.h>
#include "cdr.h"
#include "inside.h"
#include "own.h"
#include "text.h"

enum { RECENT_LOOK = 100 };

struct people {
	struct request *rq;
	unsigned limit;
	json_t *rows;
	struct live_extension *live;
	size_t live_count;
	struct cdr_cursor next;
};

static bool full(const struct people *p)
{
	return json_array_size(p->rows) >= p->limit;
}

static bool listed(const struct people *p, const char *number)
{
	size_t i;
	json_t *o;

	json_array_foreach(p->rows, i, o)
	{
		if (!strcmp(json_string_value(json_object_get(o, "number")), number))
			return true;
	}
	return false;
}

static void row_add(struct people *p, const char *number, const char *name, const char *kind)
{
	json_t *o = json_object();

	put_text(o, "number", number);
	put_text(o, "name", name);
	put_text(o, "kind", kind);
	put_text(o, "presence", presence_word(presence_of(p->live, p->live_count, number, NULL)));
	json_array_append_new(p->rows, o);
}

static int extension_row_h(const struct extension *e, void *arg)
{
	struct people *p = arg;

	if (strcmp(e->id, who_of(p->rq)->extension.id) && !listed(p, e->number))
		row_add(p, e->number, e->name, "extension");
	return full(p) ? DB_STOP : 0;
}

/* The other side of a call of one's own */
static int call_h(const struct cdr *c, void *arg)
{
	struct people *p = arg;
	const char *own = who_of(p->rq)->extension.number;
	const struct cdr_party *other = strcmp(c->from.extension, own) ? &c->from : &c->to;

	if (other->number[0] && strcmp(other->number, own) && !listed(p, other->number))
		row_add(p, other->number, other->name, "recent");
	return full(p) ? DB_STOP : 0;
}

static int people_fn(struct db *db, void *obj)
{
	struct people *p = obj;
	const struct who *w = who_of(p->rq);
	const char *q = request_query(p->rq, "q");
	struct cdr_filter f = {.tenant = w->tenant, .limit = RECENT_LOOK};
	struct extension exact;
	int err;

	/* a number that was typed whole comes first: its name is looked up so */
	if (q && !extension_by_number(&exact, db, w->tenant, q))
		extension_row_h(&exact, p);
	if (full(p))
		return 0;
	err = extension_list(db, w->tenant, q, NULL, p->limit + 2, extension_row_h, p);
	if (err || full(p) || !w->extension.id[0])
		return err;
	if (q && !text_printf(f.q, sizeof(f.q), "%s", q))
		return 0;
	text_printf(f.extension, sizeof(f.extension), "%s", w->extension.number);
	return cdr_list(&p->next, db, &f, call_h, p);
}

/** GET /people */
void people_get(struct request *rq, struct reply *rp)
{
	struct people p = {.rq = rq};
	const struct api *api = api_of(rq);
	const struct who *w = who_of(rq);
	struct page page;
	int err;

	if (!page_begin(&page, rq, rp))
		return;
	p.limit = page.limit;
	p.rows = page.rows;
	err = api->live.presence_h(&p.live, &p.live_count, w->tenant, api->live.arg);
	if (!err)
		err = store_read(api->conf.store, people_fn, &p);
	mem_deref(p.live);
	page_answer(&page, rp, err);
}
