/**
 * @file page.c  Lists by the page: `limit`, `cursor`, `{rows, next}`
 *
 * A cursor is the key of the last row, in hex so that nobody builds on what it means.
 */
#include <stdlib.h>
#include <string.h>
#include "inside.h"
#include "text.h"

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool cursor_read(char *key, size_t size, const char *hex)
{
	size_t n = strlen(hex) / 2;

	if (strlen(hex) % 2 || n >= size)
		return false;
	for (size_t i = 0; i < n; i++) {
		int hi = nibble(hex[2 * i]), lo = nibble(hex[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		key[i] = (char)(hi << 4 | lo);
	}
	key[n] = '\0';
	return n && text_printable(key);
}

/** Reads limit and cursor; false when the reply says what is wrong with them */
bool page_begin(struct page *p, const struct request *rq, struct reply *rp)
{
	const char *cursor = request_query(rq, "cursor");
	int64_t limit = PAGE_DEFAULT;

	memset(p, 0, sizeof(*p));
	if (request_query(rq, "limit") &&
	    (!request_query_int(rq, "limit", &limit) || limit < 1 || limit > PAGE_MAX))
		reply_field(rp, "limit", "must be a whole number from 1 to %d", PAGE_MAX);
	if (cursor && !cursor_read(p->after, sizeof(p->after), cursor))
		reply_field(rp, "cursor", "is not one of ours");
	if (reply_status(rp))
		return false;
	p->limit = (unsigned)limit;
	p->rows = json_array();
	return true;
}

/** How many rows to ask for: one more tells whether there is a next page */
unsigned page_ask(const struct page *p)
{
	return p->limit + 1;
}

/** The key after which the page begins, or NULL */
const char *page_after(const struct page *p)
{
	return p->after[0] ? p->after : NULL;
}

/** Adds a row, whose reference is taken over; false when the page is full */
bool page_add(struct page *p, json_t *row, const char *key)
{
	if (p->count == p->limit) {
		p->more = true;
		json_decref(row);
		return false;
	}
	json_array_append_new(p->rows, row);
	text_printf(p->last, sizeof(p->last), "%s", key);
	++p->count;
	return true;
}

/** Answers with the page */
void page_reply(struct page *p, struct reply *rp)
{
	json_t *o = json_object();
	char hex[2 * PAGE_KEY + 1];

	json_object_set_new(o, "rows", p->rows);
	p->rows = NULL;
	text_hex(hex, p->last, strlen(p->last));
	put_word(o, "next", p->more ? hex : "");
	reply_json(rp, 200, o);
}

/** Answers with a list that has no pages, or that it could not be read; takes over the rows */
void rows_answer(struct reply *rp, json_t *rows, int err)
{
	struct page p = {.rows = rows};

	page_answer(&p, rp, err);
}

/** Answers that the list could not be read */
void page_error(struct page *p, struct reply *rp, int err)
{
	json_decref(p->rows);
	p->rows = NULL;
	answer_error(rp, err);
}

/** Answers with the page, or that the list could not be read */
void page_answer(struct page *p, struct reply *rp, int err)
{
	if (err)
		page_error(p, rp, err);
	else
		page_reply(p, rp);
}

/**
 * The whole of a list that needs nothing but the store
 *
 * @param p   Page, filled by fn with page_add()
 * @param rq  Request
 * @param rp  Reply
 * @param fn  Asks the model for page_ask() rows after page_after()
 * @param obj Its argument
 */
void page_list(struct page *p, const struct request *rq, struct reply *rp, store_fn *fn, void *obj)
{
	if (page_begin(p, rq, rp))
		page_answer(p, rp, store_read(api_of(rq)->conf.store, fn, obj));
}
