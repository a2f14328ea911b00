/**
 * @file headed.c  A fax as it is sent in one call: each page under its line, counted as in the
 * whole fax, and a sheet before what continues another call
 *
 * The pages themselves are copied dot by dot. The sheet counts as none of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <glib.h>
#include "headed.h"
#include "output.h"

enum { WORDS = 64 };

struct headed {
	const struct convert *c;
	struct output *output;
	unsigned dpi;
};

/* Adds a page, under the line if there is one; which it is, is said there */
static int add(struct headed *h, const struct bits *page, const char *words)
{
	struct bits line, both;
	int err;

	if (!h->c->lines)
		return output_page(h->output, page);
	err = line_draw(&line, &h->c->line, words, h->dpi);
	if (err)
		return err;
	both.height = line.height + page->height;
	both.rows = malloc((size_t)both.height * BITS_ROW);
	if (both.rows) {
		memcpy(both.rows, line.rows, (size_t)line.height * BITS_ROW);
		memcpy(both.rows + (size_t)line.height * BITS_ROW, page->rows,
		       (size_t)page->height * BITS_ROW);
		err = output_page(h->output, &both);
	}
	err = both.rows ? err : ENOMEM;
	bits_free(&both);
	bits_free(&line);
	return err;
}

static const char sheet[] =
	"<span size='24pt'><b>Fax, continued</b></span>\n\n"
	"<b>From</b>\t{{name}}\n<b>Numbers</b>\t{{numbers}}\n<b>Date</b>\t{{time}}\n\n"
	"This fax has {{pages}} pages. Your machine confirmed {{arrived}} in an earlier call, "
	"which broke off. The others follow, from page {{next}} on.";

/* Says what is there and what follows */
static int sheet_add(struct headed *h, unsigned pages)
{
	const struct page_line *l = &h->c->line;
	unsigned first = h->c->first;
	char fault[COVER_FAULT], all[12], next[12], arrived[32] = "page 1", words[WORDS];
	struct cover c = {sheet,
			  {{"name", l->name},
			   {"numbers", l->numbers},
			   {"time", l->time},
			   {"pages", all},
			   {"next", next},
			   {"arrived", arrived}},
			  6,
			  NULL};
	struct gray g;
	struct bits b;
	int err;

	snprintf(all, sizeof(all), "%u", pages);
	snprintf(next, sizeof(next), "%u", first + 1);
	if (first > 1)
		snprintf(arrived, sizeof(arrived), "pages 1 to %u", first);
	snprintf(words, sizeof(words), "Before page %u of %u, continued", first + 1, pages);
	err = cover_draw(&g, &c, NULL, h->dpi, fault);
	err = err ? err : bits_make(&b, &g, BITS_TEXT);
	gray_free(&g);
	if (err)
		return err;
	err = add(h, &b, words);
	bits_free(&b);
	return err;
}

static int page_h(struct bits *b, unsigned page, unsigned pages, void *arg)
{
	struct headed *h = arg;
	char words[WORDS];
	int err = h->c->first && page == h->c->first ? sheet_add(h, pages) : 0;

	snprintf(words, sizeof(words), "Page %u of %u%s", page + 1, pages,
		 h->c->first ? ", continued" : "");
	return err ? err : add(h, b, words);
}

/* As it is on the disk, for whoever has to prove what was sent */
static int file_sum(char sha256[68], const char *file)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	unsigned char block[65536];
	FILE *f = fopen(file, "rbe");
	size_t n;
	int err = f ? 0 : EIO;

	while (f && (n = fread(block, 1, sizeof(block), f)) > 0)
		g_checksum_update(sum, block, (gssize)n);
	if (f && (ferror(f) | fclose(f)))
		err = EIO;
	snprintf(sha256, 68, "%s", err ? "" : g_checksum_get_string(sum));
	g_checksum_free(sum);
	return err;
}

/**
 * Makes the TIFF of one call: its inputs[0] from a page on, without pictures
 *
 * @param done Result
 * @param c    What
 */
enum refusal headed_write(struct converted *done, const struct convert *c)
{
	struct headed h = {.c = c, .dpi = c->fine ? FINE_DPI : STANDARD_DPI};

	if (output_open_file(&h.output, c->out, h.dpi))
		return REFUSE_SYSTEM;
	if (output_read(c->inputs[0], c->first, page_h, &h)) {
		output_discard(h.output);
		return REFUSE_SYSTEM;
	}
	if (output_close(h.output, &done->pages, &done->seconds) || file_sum(done->sha256, c->out))
		return REFUSE_SYSTEM;
	return REFUSE_NOTHING;
}

/** What is wanted of one input, and where it goes */
struct wanted {
	struct output *output;
	unsigned end;
};

static int piece_h(struct bits *b, unsigned page, unsigned pages, void *arg)
{
	struct wanted *w = arg;

	return page < w->end ? output_page(w->output, b) : 0;
}

/**
 * Makes one TIFF of pages of several, which are ours
 *
 * @param done Result
 * @param c    Its inputs and pieces
 */
enum refusal pieces_write(struct converted *done, const struct convert *c)
{
	struct wanted w = {.end = 0};
	int err = output_open_file(&w.output, c->out, c->fine ? FINE_DPI : STANDARD_DPI);

	if (err)
		return REFUSE_SYSTEM;
	for (unsigned i = 0; !err && i < c->count; i++) {
		const struct piece *p = &c->pieces[i];

		w.end = p->first + p->count;
		err = output_read(c->inputs[i], p->first, piece_h, &w);
	}
	if (err) {
		output_discard(w.output);
		return REFUSE_SYSTEM;
	}
	return output_close(w.output, &done->pages, &done->seconds) ? REFUSE_SYSTEM
								    : REFUSE_NOTHING;
}
