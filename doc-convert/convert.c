/**
 * @file convert.c  Documents to a fax, and a fax to a PDF
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "convert.h"
#include "output.h"
#include "paper.h"
#include "picture.h"
#include "poppler.h"

enum kind { KIND_UNKNOWN, KIND_PDF, KIND_TIFF, KIND_PNG, KIND_JPEG };
enum { HEAD = 1024 };

struct work {
	const struct convert *c;
	struct child_limits limits;
	struct output *output;
	unsigned dpi, pages;
};

/* By what is in it: its name says what somebody wished */
static enum kind kind_of(int fd)
{
	uint8_t head[HEAD];
	ssize_t n = pread(fd, head, sizeof(head), 0);

	if (n < 8)
		return KIND_UNKNOWN;
	if (!memcmp(head, "II*\0", 4) || !memcmp(head, "MM\0*", 4))
		return KIND_TIFF;
	if (!memcmp(head, "\x89PNG\r\n\x1a\n", 8))
		return KIND_PNG;
	if (!memcmp(head, "\xff\xd8\xff", 3))
		return KIND_JPEG;
	return memmem(head, (size_t)n, "%PDF-", 5) ? KIND_PDF : KIND_UNKNOWN;
}

static enum refusal page_h(struct gray *g, void *arg)
{
	struct work *w = arg;
	struct bits b;
	int err;

	if (++w->pages > w->c->max_pages)
		return REFUSE_PAGES;
	if (bits_make(&b, g, w->c->mode))
		return REFUSE_COMPLEX;
	err = output_page(w->output, &b);
	bits_free(&b);
	return err ? REFUSE_SYSTEM : REFUSE_NOTHING;
}

static enum refusal pictures(struct work *w, int in, child_work_h *reader)
{
	static struct child c;
	enum refusal r = child_work(&c, &w->limits, in, reader, NULL), end;
	struct gray g;
	unsigned pages = 0;
	int err = 0;

	if (r)
		return r;
	while (!r && !(err = gray_next(&g, &c))) {
		r = gray_fit(&g, w->dpi) ? REFUSE_COMPLEX : page_h(&g, w);
		gray_free(&g);
		pages++;
	}
	end = child_end(&c);
	if (r)
		return r;
	if (end || err != ENOENT)
		return end ? end : REFUSE_DAMAGED;
	return pages ? REFUSE_NOTHING : REFUSE_EMPTY;
}

static enum refusal document(struct work *w, const char *file)
{
	int in = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum refusal r = REFUSE_UNKNOWN;

	if (in < 0)
		return REFUSE_SYSTEM;
	switch (kind_of(in)) {
	case KIND_PDF:
		/* to ask costs a process and a room of its own, and only poppler has use of it */
		if (child_bwrap_works(w->c->bwrap))
			w->limits.bwrap = w->c->bwrap;
		r = poppler_pages(&w->limits, in, w->c->max_pages - w->pages, w->dpi, page_h, w);
		break;
	case KIND_TIFF:
		r = pictures(w, in, picture_tiff);
		break;
	case KIND_PNG:
		r = pictures(w, in, picture_png);
		break;
	case KIND_JPEG:
		r = pictures(w, in, picture_jpeg);
		break;
	case KIND_UNKNOWN:
		break;
	}
	close(in);
	return r;
}

static void limits_make(struct child_limits *l, const struct convert *c)
{
	l->deadline_ms = child_now() + (uint64_t)c->seconds * 1000;
	l->memory_mib = c->memory_mib;
	l->bwrap = NULL;
}

/**
 * Makes one fax of several documents: fax.tif and page-N.png in the folder, or nothing
 *
 * @param done Result
 * @param c    What and how
 */
enum refusal convert_documents(struct converted *done, const struct convert *c)
{
	struct work w = {.c = c, .dpi = c->fine ? FINE_DPI : STANDARD_DPI};
	enum refusal r = REFUSE_NOTHING;

	limits_make(&w.limits, c);
	if (output_open(&w.output, c->out, w.dpi))
		return REFUSE_SYSTEM;
	for (unsigned i = 0; !r && i < c->count; i++) {
		done->input = i;
		r = w.pages < c->max_pages ? document(&w, c->inputs[i]) : REFUSE_PAGES;
	}
	if (r == REFUSE_PAGES)
		snprintf(done->fault, sizeof(done->fault),
			 "A fax has at most %u page%s, and this document has more, alone or with "
			 "the others. Send it in parts.",
			 c->max_pages, c->max_pages == 1 ? "" : "s");
	if (r) {
		output_discard(w.output);
		return r;
	}
	return output_close(w.output, &done->pages, &done->seconds) ? REFUSE_SYSTEM
								    : REFUSE_NOTHING;
}

/* The logo is somebody's file: opened where documents are */
static enum refusal logo_read(struct gray *g, const struct convert *c)
{
	static struct child child;
	struct child_limits limits;
	int in = open(c->cover.logo, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum refusal r = in < 0 ? REFUSE_SYSTEM : REFUSE_NOTHING, end;

	if (!r && kind_of(in) != KIND_PNG)
		r = REFUSE_UNKNOWN;
	limits_make(&limits, c);
	if (!r)
		r = child_work(&child, &limits, in, picture_png, NULL);
	if (!r) {
		r = gray_next(g, &child) ? REFUSE_DAMAGED : REFUSE_NOTHING;
		end = child_end(&child);
		r = end ? end : r;
	}
	if (in >= 0)
		close(in);
	return r;
}

static enum refusal cover_page(struct converted *done, struct work *w)
{
	const struct convert *c = w->c;
	struct gray page, logo = {.dots = NULL};
	enum refusal r = c->cover.logo ? logo_read(&logo, c) : REFUSE_NOTHING;
	int err;

	if (!r) {
		err = cover_draw(&page, &c->cover, logo.dots ? &logo : NULL, w->dpi, done->fault);
		r = err == EINVAL ? REFUSE_TEMPLATE : err ? REFUSE_SYSTEM : page_h(&page, w);
		gray_free(&page);
	}
	gray_free(&logo);
	return r;
}

/**
 * Puts a cover page before a fax that was made before (its inputs[0]), or draws it alone
 *
 * @param done Result
 * @param c    The cover; no input: alone
 */
enum refusal convert_cover(struct converted *done, const struct convert *c)
{
	struct work w = {.c = c, .dpi = c->fine ? FINE_DPI : STANDARD_DPI};
	enum refusal r;

	if (output_open(&w.output, c->out, w.dpi))
		return REFUSE_SYSTEM;
	r = cover_page(done, &w);
	if (!r && c->count && output_copy(w.output, c->inputs[0]))
		r = REFUSE_SYSTEM;
	if (r) {
		output_discard(w.output);
		return r;
	}
	return output_close(w.output, &done->pages, &done->seconds) ? REFUSE_SYSTEM
								    : REFUSE_NOTHING;
}

static enum refusal copy(struct child *c, int out)
{
	const uint8_t *block;
	size_t n;

	while ((n = child_block(c, &block))) {
		if (write(out, block, n) != (ssize_t)n)
			return REFUSE_SYSTEM;
	}
	return REFUSE_NOTHING;
}

/** Makes a PDF of a received TIFF, of those pages that can be, or nothing */
enum refusal convert_received(struct converted *done, const struct convert *c)
{
	static struct child child;
	struct child_limits limits;
	int in = open(c->inputs[0], O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int out = open(c->out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	enum refusal r = in < 0 || out < 0 ? REFUSE_SYSTEM : REFUSE_NOTHING, end;

	limits_make(&limits, c);
	if (!r)
		r = child_work(&child, &limits, in, paper_pdf, NULL);
	if (!r) {
		r = copy(&child, out);
		end = child_end(&child);
		done->part = end == REFUSE_PART;
		r = r || done->part ? r : end;
	}
	if (in >= 0)
		close(in);
	if (out >= 0 && close(out))
		r = REFUSE_SYSTEM;
	if (r && out >= 0)
		unlink(c->out);
	return r;
}
