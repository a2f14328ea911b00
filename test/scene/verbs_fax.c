/**
 * @file verbs_fax.c  Faxes: a document goes in at one end and is compared with what comes out
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <png.h>
#include <tiffio.h>
#include "http.h"
#include "line.h"
#include "scene.h"

enum { WIDTH = 1728, ROW = WIDTH / 8, UPLOAD = 65536, ID = 64, DRAIN_MS = 90000 };

static bool bare; /* no line over the pages that are compared */

/* configure NAME VALUE: for the next start of the program */
static int configure(struct scene *s, struct step *st)
{
	char value[1024];

	scene_expand(s, value, sizeof(value), st->arg[1]);
	return setenv(st->arg[0], value, 1) ? errno : 0;
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

/* SCENE_QUALITY says which; standard ones take half the time */
static const char *quality(void)
{
	const char *own = getenv("SCENE_QUALITY");

	return own ? own : "standard";
}

static int upload(struct scene *s, const char *user, const char *name, char id[ID])
{
	static char text[UPLOAD];
	char file[512], path[96];
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
	(void)re_snprintf(path, sizeof(path), "/api/v1/fax-documents?quality=%s&name=Test",
			  quality());
	return post(s, user, path, text, id);
}

/* FILE,FILE: each is uploaded, and they are joined in this order */
static int upload_all(struct scene *s, const char *user, const char *names, char id[ID])
{
	char name[128], body[1024];
	const char *end;
	int err = 0;

	if (!strchr(names, ','))
		return upload(s, user, names, id);
	(void)re_snprintf(body, sizeof(body), "{\"quality\":\"%s\",\"documentIds\":[", quality());
	for (; !err && *names; names = *end ? end + 1 : end) {
		size_t n = strlen(body);

		end = names + strcspn(names, ",");
		(void)re_snprintf(name, sizeof(name), "%b", names, (size_t)(end - names));
		err = upload(s, user, name, id);
		(void)re_snprintf(body + n, sizeof(body) - n, "\"%s\"%s", id, *end ? "," : "]}");
	}
	return err ? err : post(s, user, "/api/v1/fax-documents/joined", body, id);
}

static bool cover_find(struct scene *s, const char *user, char id[ID])
{
	char *list = get(s, user, "/api/v1/cover-pages");
	bool found = json_at(id, ID, list, "rows.0.id");

	free(list);
	return found;
}

/* USER faxes FILE[,FILE...] to NUMBER [with cover]: uploads, waits for the conversion, sends */
static int faxes(struct scene *s, struct step *st)
{
	static char document[ID], fax[ID];
	char path[160], body[400], state[32] = "", cover[ID];
	char *reply;

	if (!st->begun)
		return upload_all(s, st->arg[0], st->arg[1], document) ? EPROTO : EAGAIN;
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
				  "\"toName\":\"Ana\",\"subject\":\"Case 7\",\"note\":\"As "
				  "agreed\"}",
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

/* Rows of the line over a page that was received */
static uint32_t line_of(TIFF *t)
{
	float dpi = 0;

	TIFFGetField(t, TIFFTAG_YRESOLUTION, &dpi);
	return dpi > STANDARD_DPI * 1.5f ? LINE_FINE : LINE_STANDARD;
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

/* A 1 of the TIFF is black, 0 of the picture is; `above` rows of the TIFF are the line */
static bool page_same_below(TIFF *t, uint32_t above, const char *png)
{
	png_image image = {.version = PNG_IMAGE_VERSION};
	uint32_t rows = 0, width = 0;
	uint8_t line[ROW], *dots;
	bool same;

	TIFFGetField(t, TIFFTAG_IMAGELENGTH, &rows);
	TIFFGetField(t, TIFFTAG_IMAGEWIDTH, &width);
	if (!png_image_begin_read_from_file(&image, png))
		return false;
	image.format = PNG_FORMAT_GRAY;
	dots = malloc(PNG_IMAGE_SIZE(image));
	same = dots && png_image_finish_read(&image, NULL, dots, 0, NULL) && width == WIDTH &&
	       image.width == WIDTH && image.height + above == rows && image.height;
	/* rows come one after the other */
	for (uint32_t y = 0; same && y < above; y++)
		same = TIFFReadScanline(t, line, y, 0) == 1;
	for (uint32_t y = above; same && y < rows; y++)
		same = row_same(t, y, dots + (size_t)(y - above) * WIDTH);
	free(dots);
	return same;
}

static bool page_same(TIFF *t, const char *png)
{
	return page_same_below(t, line_of(t), png);
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

/* What continues another call begins with a sheet of the size of A4 */
static bool sheet(TIFF *t, bool first)
{
	uint32_t rows = 0, line = line_of(t);

	TIFFGetField(t, TIFFTAG_IMAGELENGTH, &rows);
	return first &&
	       rows == line + FAX_A4_MM_X10 * (line == LINE_FINE ? FINE_DPI : STANDARD_DPI) / 254;
}

/* Counts for each page of the document how often it is in a TIFF */
static int pages_count(struct scene *s, unsigned seen[PAGES], unsigned pages, const char *tiff)
{
	TIFF *t = TIFFOpen(tiff, "r");
	char png[256];
	unsigned at;
	bool more = t != NULL, first = true;

	for (; more; more = TIFFReadDirectory(t), first = false) {
		for (at = 0; at < pages; at++) {
			(void)re_snprintf(png, sizeof(png), "%s/page%u.png", s->dir, at);
			if (page_same(t, png))
				break;
		}
		if (at == pages && sheet(t, first))
			continue;
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

static int pages_compare(struct scene *s, const char *user, const char *fax, const char *tiff)
{
	char path[160], png[256];
	unsigned page = 0;
	TIFF *t = TIFFOpen(tiff, "r");
	int err = t ? 0 : scene_fail(s, "what was received is no TIFF");

	while (!err) {
		(void)re_snprintf(path, sizeof(path), "/api/v1/faxes/%s/pages/%u", fax, ++page);
		(void)re_snprintf(png, sizeof(png), "%s/page.png", s->dir);
		if (http_file(s->d->http, user, path, png))
			err = scene_fail(s, "page %u was received and never sent", page);
		else if (!page_same_below(t, bare ? 0 : line_of(t), png))
			err = scene_fail(s, "page %u is not what the preview showed", page);
		else if (!TIFFReadDirectory(t))
			break;
	}
	if (t)
		TIFFClose(t);
	return err;
}

/* file FILE is the fax of USER: what somebody else wrote of it, as the preview showed it */
static int file_is(struct scene *s, struct step *st)
{
	char *sent = get(s, st->arg[1], "/api/v1/faxes?limit=1");
	char fax[ID], file[256];
	bool found = json_at(fax, sizeof(fax), sent, "rows.0.id");

	free(sent);
	scene_expand(s, file, sizeof(file), st->arg[0]);
	return found ? pages_compare(s, st->arg[1], fax, file)
		     : scene_fail(s, "%s sent no fax", st->arg[1]);
}

/* Rows of the page that a TIFF is at, without the line, or what a machine writes in its place, and
 * the white ones above; 0: none */
static uint32_t rows_read(uint8_t **dots, TIFF *t)
{
	static const uint8_t white[ROW];
	uint32_t rows = 0, width = 0, n = 0, margin = 2 * line_of(t);

	TIFFGetField(t, TIFFTAG_IMAGELENGTH, &rows);
	TIFFGetField(t, TIFFTAG_IMAGEWIDTH, &width);
	*dots = width == WIDTH ? calloc(rows, ROW) : NULL;
	for (uint32_t y = 0; *dots && y < rows; y++) {
		if (TIFFReadScanline(t, *dots + (size_t)n * ROW, y, 0) == 1)
			n += n || (y >= margin && memcmp(*dots, white, ROW));
	}
	return n;
}

static bool margin_apart_same(TIFF *t, TIFF *other)
{
	uint8_t *dots = NULL, *others = NULL;
	uint32_t n = rows_read(&dots, t), rows = rows_read(&others, other);
	bool same = rows && n == rows && !memcmp(dots, others, (size_t)n * ROW);

	free(dots);
	free(others);
	return same;
}

static int files_compare(struct scene *s, const char *got, const char *sent)
{
	TIFF *t = TIFFOpen(got, "r"), *other = TIFFOpen(sent, "r");
	bool more = t && other;
	unsigned page = 0;
	int err = more ? 0 : scene_fail(s, "one of them is no TIFF");

	while (more && !err) {
		page++;
		if (!margin_apart_same(t, other))
			err = scene_fail(s, "page %u is another one", page);
		more = TIFFReadDirectory(t);
		if (!err && more != !!TIFFReadDirectory(other))
			err = scene_fail(s, "one of them ends after page %u", page);
	}
	if (t)
		TIFFClose(t);
	if (other)
		TIFFClose(other);
	return err;
}

/* USER has the pages of FILE: received last, dot by dot below their margins, which machines change
 * to have room for a header */
static int has_pages(struct scene *s, struct step *st)
{
	char *list = get(s, st->arg[0], "/api/v1/received-faxes?limit=1");
	char id[ID], path[160], tiff[256], file[256];
	bool found = json_at(id, sizeof(id), list, "rows.0.id");

	free(list);
	(void)re_snprintf(path, sizeof(path), "/api/v1/received-faxes/%s/tiff", id);
	(void)re_snprintf(tiff, sizeof(tiff), "%s/got.tif", s->dir);
	scene_expand(s, file, sizeof(file), st->arg[1]);
	if (!found || http_file(s->d->http, st->arg[0], path, tiff))
		return scene_wait(s, "%s received no fax", st->arg[0]);
	return files_compare(s, tiff, file);
}

/* USER has the fax of OTHER: dot by dot what the preview showed */
static int has_fax(struct scene *s, struct step *st)
{
	char fax[ID], pages[16], id[ID], got[16], path[160], tiff[256];
	char *sent = get(s, st->arg[1], "/api/v1/faxes?limit=1");
	char *list = get(s, st->arg[0], "/api/v1/received-faxes?limit=1");
	int err = 0;

	if (!json_at(fax, sizeof(fax), sent, "rows.0.id") ||
	    !json_at(pages, sizeof(pages), sent, "rows.0.pages"))
		err = scene_fail(s, "%s sent no fax", st->arg[1]);
	else if (!json_at(id, sizeof(id), list, "rows.0.id") ||
		 !json_at(got, sizeof(got), list, "rows.0.pages"))
		err = scene_wait(s, "%s received no fax", st->arg[0]);
	else if (strcmp(pages, got))
		err = scene_wait(s, "%s pages of %s", got, pages);
	free(sent);
	free(list);
	if (err)
		return err;
	(void)re_snprintf(path, sizeof(path), "/api/v1/received-faxes/%s/tiff", id);
	(void)re_snprintf(tiff, sizeof(tiff), "%s/got.tif", s->dir);
	if (http_file(s->d->http, st->arg[0], path, tiff))
		return scene_fail(s, "the fax cannot be read");
	return pages_compare(s, st->arg[1], fax, tiff);
}

static int has_fax_bare(struct scene *s, struct step *st)
{
	int err;

	bare = true;
	err = has_fax(s, st);
	bare = false;
	return err;
}

enum { MACHINES = 16, GONE_MS = 1000 };

/* What the program started, the eldest first: its fax machines, while no document is converted */
static unsigned machines(int pids[MACHINES], const struct daemon *d)
{
	char name[64];
	unsigned n = 0;
	FILE *f;

	(void)re_snprintf(name, sizeof(name), "/proc/%d/task/%d/children", (int)d->pid,
			  (int)d->pid);
	f = fopen(name, "r");
	while (f && n < MACHINES && fscanf(f, "%d", &pids[n]) == 1)
		++n;
	if (f)
		fclose(f);
	return n;
}

/* kill fax machines: SIGKILL, to the next when the program has heard of the one before. The sending
 * machine goes first: it is the youngest, begun when the other had answered; or else its call would
 * go before it now and then. */
static int kill_machines(struct scene *s, struct step *st)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	int pids[MACHINES];
	unsigned n = machines(pids, s->d);

	for (unsigned i = n; i-- > 0;) {
		(void)kill(pids[i], SIGKILL);
		for (unsigned ms = 0; ms < GONE_MS && !kill(pids[i], 0); ms++)
			nanosleep(&pause, NULL);
	}
	return n ? 0 : scene_fail(s, "there is none");
}

/* freeze fax machines: SIGSTOP, so that they live and say nothing */
static int freeze_machines(struct scene *s, struct step *st)
{
	int pids[MACHINES];
	unsigned n = machines(pids, s->d);

	for (unsigned i = 0; i < n; i++)
		(void)kill(pids[i], SIGSTOP);
	return n ? 0 : scene_fail(s, "there is none");
}

/* the service stops: as systemd does it, SIGTERM to every process, and it may take its time */
static int service_stops(struct scene *s, struct step *st)
{
	int pids[MACHINES];
	unsigned n = machines(pids, s->d);

	http_forget();
	if (!n)
		return scene_fail(s, "there is no fax machine");
	for (unsigned i = 0; i < n; i++)
		(void)kill(pids[i], SIGTERM);
	return daemon_stop(s->d, SIGTERM, DRAIN_MS) ? scene_fail(s, "it did not end well") : 0;
}

const struct verb fax_verbs[] = {
	{"kill fax machines", 1000, kill_machines},
	{"freeze fax machines", 1000, freeze_machines},
	{"the service stops", 1000, service_stops},
	{"configure ? ?", 1000, configure},
	{"? faxes ? to ? *", 30000, faxes},
	{"fax of ? is ? *", 5000, fax_is},
	{"? has the fax of ?", 10000, has_fax},
	{"file ? is the fax of ?", 1000, file_is},
	{"? has the pages of ?", 10000, has_pages},
	{"every fax of ? is ?", 5000, every_fax_is},
	{"? has the fax of ? without lines", 10000, has_fax_bare},
	{"? has every page of ? once", 20000, has_each_once},
	{NULL, 0, NULL},
};
