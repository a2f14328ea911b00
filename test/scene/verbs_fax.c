/**
 * @file verbs_fax.c  Faxes: a document goes in at one end and is compared with what comes out
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <png.h>
#include <tiffio.h>
#include "http.h"
#include "scene.h"

enum { WIDTH = 1728, ROW = WIDTH / 8, UPLOAD = 65536, ID = 64 };

/* configure NAME VALUE: for the next start of the program */
static int configure(struct scene *s, struct step *st)
{
	return setenv(st->arg[0], st->arg[1], 1) ? errno : 0;
}

static char *get(struct scene *s, const char *user, const char *path)
{
	char *reply = NULL;
	long status = 0;

	if (http_call(s->d->http, user, "GET", path, NULL, &status, &reply) || status != 200) {
		free(reply);
		return NULL;
	}
	return reply;
}

static int post(struct scene *s, const char *user, const char *path, const char *body, char id[ID])
{
	char *reply = NULL;
	long status = 0;
	int err = http_call(s->d->http, user, "POST", path, body, &status, &reply);

	if (!err && (status != 201 || !json_at(id, ID, reply, "id")))
		err = scene_fail(s, "%ld %.300s", status, reply ? reply : "");
	free(reply);
	return err;
}

static int upload(struct scene *s, const char *user, const char *name, char id[ID])
{
	static char text[UPLOAD];
	char file[512];
	size_t n = 0;
	FILE *f;

	(void)re_snprintf(file, sizeof(file), "%s/test/scene/%s", s->source, name);
	f = fopen(file, "r");
	if (f)
		n = fread(text, 1, sizeof(text) - 1, f);
	if (f)
		fclose(f);
	text[n] = '\0';
	if (!n)
		return scene_fail(s, "%s cannot be read", file);
	return post(s, user, "/api/v1/fax-documents?quality=standard&name=Test", text, id);
}

static bool cover_find(struct scene *s, const char *user, char id[ID])
{
	char *list = get(s, user, "/api/v1/cover-pages");
	bool found = json_at(id, ID, list, "rows.0.id");

	free(list);
	return found;
}

/* USER faxes FILE to NUMBER [with cover]: uploads, waits for the conversion, sends */
static int faxes(struct scene *s, struct step *st)
{
	static char document[ID], fax[ID];
	char path[160], body[400], state[32] = "", cover[ID];
	char *reply;

	if (!st->begun)
		return upload(s, st->arg[0], st->arg[1], document) ? EPROTO : EAGAIN;
	(void)re_snprintf(path, sizeof(path), "/api/v1/fax-documents/%s", document);
	reply = get(s, st->arg[0], path);
	(void)json_at(state, sizeof(state), reply, "state");
	free(reply);
	if (strcmp(state, "ready"))
		return scene_wait(s, "the document is %s", state);
	(void)re_snprintf(body, sizeof(body), "{\"documentId\":\"%s\",\"to\":\"%s\"}", document,
			  st->arg[2]);
	if (st->args > 3 && !cover_find(s, st->arg[0], cover))
		return scene_fail(s, "there is no cover page");
	if (st->args > 3)
		(void)re_snprintf(body, sizeof(body),
				  "{\"documentId\":\"%s\",\"to\":\"%s\",\"coverPageId\":\"%s\","
				  "\"toName\":\"Ana\"}",
				  document, st->arg[2], cover);
	return post(s, st->arg[0], "/api/v1/faxes", body, fax) ? EPROTO : 0;
}

/* fax of USER is STATE [PATH VALUE]...: the newest one */
static int fax_is(struct scene *s, struct step *st)
{
	char id[ID], path[160], value[512] = "";
	char *list = get(s, st->arg[0], "/api/v1/faxes?limit=1"), *fax = NULL;
	int err = 0;

	if (json_at(id, sizeof(id), list, "rows.0.id")) {
		(void)re_snprintf(path, sizeof(path), "/api/v1/faxes/%s", id);
		fax = get(s, st->arg[0], path);
	}
	free(list);
	if (!json_at(value, sizeof(value), fax, "state") || strcmp(value, st->arg[1]))
		err = scene_wait(s, "the fax is \"%s\"", value);
	for (unsigned i = 2; i + 1 < st->args && !err; i += 2) {
		value[0] = '\0';
		(void)json_at(value, sizeof(value), fax, st->arg[i]);
		if (strcmp(value, st->arg[i + 1]))
			err = scene_wait(s, "%s is \"%s\"", st->arg[i], value);
	}
	free(fax);
	return err;
}

static bool row_same(TIFF *t, uint32_t y, const uint8_t *dots)
{
	uint8_t row[ROW];

	if (TIFFReadScanline(t, row, y, 0) != 1)
		return false;
	for (unsigned x = 0; x < WIDTH; x++) {
		if ((row[x / 8] >> (7 - x % 8) & 1) == !!dots[x])
			return false;
	}
	return true;
}

/* A 1 of the TIFF is black, 0 of the picture is */
static bool page_same(TIFF *t, const char *png)
{
	png_image image = {.version = PNG_IMAGE_VERSION};
	uint32_t rows = 0, width = 0;
	uint8_t *dots;
	bool same;

	TIFFGetField(t, TIFFTAG_IMAGELENGTH, &rows);
	TIFFGetField(t, TIFFTAG_IMAGEWIDTH, &width);
	if (!png_image_begin_read_from_file(&image, png))
		return false;
	image.format = PNG_FORMAT_GRAY;
	dots = malloc(PNG_IMAGE_SIZE(image));
	same = dots && png_image_finish_read(&image, NULL, dots, 0, NULL) && width == WIDTH &&
	       image.width == WIDTH && image.height == rows && rows;
	for (uint32_t y = 0; same && y < rows; y++)
		same = row_same(t, y, dots + (size_t)y * WIDTH);
	free(dots);
	return same;
}

/* A row of a list of the API: what one of its paths says */
static bool row_at(char *value, size_t size, const char *list, unsigned row, const char *name)
{
	char path[64];

	(void)re_snprintf(path, sizeof(path), "rows.%u.%s", row, name);
	return json_at(value, size, list, path);
}

/* every fax of USER is STATE: with as many pages as were sent */
static int every_fax_is(struct scene *s, struct step *st)
{
	char *list = get(s, st->arg[0], "/api/v1/faxes?limit=100");
	char state[32], sent[16], pages[16];
	unsigned n = 0;
	int err = 0;

	for (; !err && row_at(state, sizeof(state), list, n, "state"); n++) {
		(void)row_at(sent, sizeof(sent), list, n, "pagesSent");
		(void)row_at(pages, sizeof(pages), list, n, "pages");
		if (strcmp(state, st->arg[1]))
			err = scene_wait(s, "fax %u is %s, %s of %s", n, state, sent, pages);
		else if (!strcmp(state, "sent") && strcmp(sent, pages))
			err = scene_fail(s, "fax %u is sent with %s of %s", n, sent, pages);
	}
	free(list);
	return err ? err : n ? 0 : scene_fail(s, "there is none");
}

enum { PAGES = 16 };

/* Counts for each page of the document how often it is in a TIFF */
static int pages_count(struct scene *s, unsigned seen[PAGES], unsigned pages, const char *tiff)
{
	TIFF *t = TIFFOpen(tiff, "r");
	char png[256];
	unsigned at;
	bool more = t != NULL;

	for (; more; more = TIFFReadDirectory(t)) {
		for (at = 0; at < pages; at++) {
			(void)re_snprintf(png, sizeof(png), "%s/page%u.png", s->dir, at);
			if (page_same(t, png))
				break;
		}
		if (at == pages) {
			TIFFClose(t);
			return scene_fail(s, "a page was received that nobody sent");
		}
		seen[at]++;
	}
	if (t)
		TIFFClose(t);
	return 0;
}

static int pages_fetch(struct scene *s, const char *user, const char *document, unsigned pages)
{
	char path[160], png[256];

	for (unsigned i = 0; i < pages; i++) {
		(void)re_snprintf(path, sizeof(path), "/api/v1/fax-documents/%s/pages/%u", document,
				  i + 1);
		(void)re_snprintf(png, sizeof(png), "%s/page%u.png", s->dir, i);
		if (http_file(s->d->http, user, path, png))
			return scene_fail(s, "page %u cannot be read", i + 1);
	}
	return 0;
}

static int received_count(struct scene *s, const char *user, unsigned seen[PAGES], unsigned pages)
{
	char *list = get(s, user, "/api/v1/received-faxes?limit=100");
	char id[ID], state[32], path[160], tiff[256];
	int err = 0;

	for (unsigned n = 0; !err && row_at(id, sizeof(id), list, n, "id"); n++) {
		(void)row_at(state, sizeof(state), list, n, "state");
		if (!strcmp(state, "failed"))
			continue;
		(void)re_snprintf(path, sizeof(path), "/api/v1/received-faxes/%s/tiff", id);
		(void)re_snprintf(tiff, sizeof(tiff), "%s/got.tif", s->dir);
		err = http_file(s->d->http, user, path, tiff)
			      ? scene_fail(s, "received fax %u cannot be read", n)
			      : pages_count(s, seen, pages, tiff);
	}
	free(list);
	return err;
}

/* USER has every page of OTHER once: of all the faxes of one document, in however many parts */
static int has_each_once(struct scene *s, struct step *st)
{
	char *sent = get(s, st->arg[1], "/api/v1/faxes?limit=100");
	char document[ID] = "", count[16] = "0", id[ID];
	unsigned seen[PAGES] = {0}, faxes = 0, pages;
	int err;

	(void)row_at(document, sizeof(document), sent, 0, "documentId");
	(void)row_at(count, sizeof(count), sent, 0, "pages");
	while (row_at(id, sizeof(id), sent, faxes, "id"))
		faxes++;
	free(sent);
	pages = (unsigned)atoi(count);
	if (!pages || pages > PAGES)
		return scene_fail(s, "%u pages", pages);
	err = st->begun ? 0 : pages_fetch(s, st->arg[1], document, pages);
	err = err ? err : received_count(s, st->arg[0], seen, pages);
	for (unsigned i = 0; i < pages && !err; i++) {
		if (seen[i] > faxes)
			err = scene_fail(s, "page %u came %u times in %u faxes", i + 1, seen[i],
					 faxes);
		else if (seen[i] < faxes)
			err = scene_wait(s, "page %u came %u times in %u faxes", i + 1, seen[i],
					 faxes);
	}
	return err;
}

static int pages_compare(struct scene *s, const char *user, const char *document, const char *tiff,
			 bool cover)
{
	char path[160], png[256];
	unsigned page = 0;
	TIFF *t = TIFFOpen(tiff, "r");
	int err = t ? 0 : scene_fail(s, "what was received is no TIFF");

	if (!err && cover && !TIFFReadDirectory(t))
		err = scene_fail(s, "there is nothing behind the cover page");
	while (!err) {
		(void)re_snprintf(path, sizeof(path), "/api/v1/fax-documents/%s/pages/%u", document,
				  ++page);
		(void)re_snprintf(png, sizeof(png), "%s/page.png", s->dir);
		if (http_file(s->d->http, user, path, png))
			err = scene_fail(s, "page %u was received and never sent", page);
		else if (!page_same(t, png))
			err = scene_fail(s, "page %u is not what the preview showed", page);
		else if (!TIFFReadDirectory(t))
			break;
	}
	if (t)
		TIFFClose(t);
	return err;
}

/* USER has the fax of OTHER: dot by dot what the preview showed */
static int has_fax(struct scene *s, struct step *st)
{
	char document[ID], pages[16], id[ID], got[16], path[160], tiff[256], cover[ID] = "null";
	char *sent = get(s, st->arg[1], "/api/v1/faxes?limit=1");
	char *list = get(s, st->arg[0], "/api/v1/received-faxes?limit=1");
	int err = 0;

	if (!json_at(document, sizeof(document), sent, "rows.0.documentId") ||
	    !json_at(pages, sizeof(pages), sent, "rows.0.pages"))
		err = scene_fail(s, "%s sent no fax", st->arg[1]);
	else if (!json_at(id, sizeof(id), list, "rows.0.id") ||
		 !json_at(got, sizeof(got), list, "rows.0.pages"))
		err = scene_wait(s, "%s received no fax", st->arg[0]);
	else if (strcmp(pages, got))
		err = scene_fail(s, "%s pages of %s", got, pages);
	(void)json_at(cover, sizeof(cover), sent, "rows.0.coverPageId");
	free(sent);
	free(list);
	if (err)
		return err;
	(void)re_snprintf(path, sizeof(path), "/api/v1/received-faxes/%s/tiff", id);
	(void)re_snprintf(tiff, sizeof(tiff), "%s/got.tif", s->dir);
	if (http_file(s->d->http, st->arg[0], path, tiff))
		return scene_fail(s, "the fax cannot be read");
	return pages_compare(s, st->arg[1], document, tiff, strcmp(cover, "null") != 0);
}

const struct verb fax_verbs[] = {
	{"configure ? ?", 1000, configure},
	{"? faxes ? to ? *", 30000, faxes},
	{"fax of ? is ? *", 5000, fax_is},
	{"? has the fax of ?", 10000, has_fax},
	{"every fax of ? is ?", 5000, every_fax_is},
	{"? has every page of ? once", 20000, has_each_once},
	{NULL, 0, NULL},
};
