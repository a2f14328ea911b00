/**
 * @file verbs_line.c  The line over each page of a fax: drawn anew from what it must say, and
 * compared dot by dot
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tiffio.h>
#include "http.h"
#include "line.h"
#include "scene.h"

enum { ROW = FAX_WIDTH / 8, LONG = 256 };

/** What the line must say, as the API tells of the fax that was sent */
struct said {
	char from[LONG], to[LONG], pages[16], began[32], first[16], time[32];
	unsigned page; /* in the file that was received */
	bool fine;
};

static int blank(const char *file, unsigned pages)
{
	TIFF *t = TIFFOpen(file, "w");
	uint8_t row[ROW] = {0};

	for (unsigned i = 0; t && i < pages; i++) {
		TIFFSetField(t, TIFFTAG_IMAGEWIDTH, FAX_WIDTH);
		TIFFSetField(t, TIFFTAG_IMAGELENGTH, 1);
		TIFFSetField(t, TIFFTAG_BITSPERSAMPLE, 1);
		TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, 1);
		TIFFSetField(t, TIFFTAG_ROWSPERSTRIP, 1);
		TIFFSetField(t, TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4);
		TIFFSetField(t, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
		TIFFWriteScanline(t, row, 0, 0);
		TIFFWriteDirectory(t);
	}
	if (t)
		TIFFClose(t);
	return t ? 0 : EIO;
}

/* By the program that draws it for the program: only what it is told is checked here */
static int draw(const struct scene *s, const struct said *w, const char *name)
{
	char empty[LONG], command[2048];

	(void)re_snprintf(empty, sizeof(empty), "%s/empty.tif", s->dir);
	if (blank(empty, (unsigned)atoi(w->pages)))
		return EIO;
	(void)re_snprintf(command, sizeof(command),
			  "echo '{\"op\":\"headed\",\"inputs\":[\"%s\"],\"out\":\"%s/line.tif\","
			  "\"fine\":%s,\"first\":%d,\"line\":{\"time\":\"%s\",\"name\":\"%s\","
			  "\"numbers\":\"From %s to %s\"}}' | \"$(dirname '%s')/doc-convert\" "
			  ">/dev/null",
			  empty, s->dir, w->fine ? "true" : "false", atoi(w->first) - 1, w->time,
			  name, w->from, w->to, s->d->program);
	return system(command) ? EIO : 0;
}

/* "2026-11-27 14:05" of a moment, by the clock of a zone */
static void stamp(char *text, size_t size, const char *ms, const char *zone)
{
	time_t at = (time_t)(atoll(ms) / 1000);
	const char *old = getenv("TZ");
	char kept[64];
	struct tm tm;

	(void)re_snprintf(kept, sizeof(kept), "%s", old ? old : "");
	setenv("TZ", zone, 1);
	tzset();
	(void)strftime(text, size, "%Y-%m-%d %H:%M", localtime_r(&at, &tm));
	if (old)
		setenv("TZ", kept, 1);
	else
		unsetenv("TZ");
	tzset();
}

static char *newest(struct scene *s, const char *user, const char *list)
{
	char path[LONG], id[64], *reply = NULL;
	long status = 0;

	(void)re_snprintf(path, sizeof(path), "/api/v1/%s?limit=1", list);
	if (!http_call(s->d->http, user, "GET", path, NULL, &status, &reply) &&
	    json_at(id, sizeof(id), reply, "rows.0.id")) {
		free(reply);
		reply = NULL;
		(void)re_snprintf(path, sizeof(path), "/api/v1/%s/%s", list, id);
		(void)http_call(s->d->http, user, "GET", path, NULL, &status, &reply);
	}
	return reply;
}

static bool said_read(struct scene *s, struct said *w, const char *user, const char *zone)
{
	char *fax = newest(s, user, "faxes"), path[LONG], n[16] = "";
	bool read = json_at(w->from, LONG, fax, "from") && json_at(w->to, LONG, fax, "to") &&
		    json_at(w->pages, sizeof(w->pages), fax, "pages") &&
		    json_at(n, sizeof(n), fax, "attempts.length");

	(void)re_snprintf(path, sizeof(path), "attempts.%d.startedAt", atoi(n) - 1);
	read = read && json_at(w->began, sizeof(w->began), fax, path);
	(void)re_snprintf(path, sizeof(path), "attempts.%d.firstPage", atoi(n) - 1);
	read = read && json_at(w->first, sizeof(w->first), fax, path);
	free(fax);
	stamp(w->time, sizeof(w->time), w->began, zone);
	return read;
}

/* The line, or all of a sheet */
static bool same_rows(TIFF *a, TIFF *b, uint32_t rows, bool sheet)
{
	uint8_t one[ROW], two[ROW];
	bool same = true, black = false;

	if (sheet)
		TIFFGetField(b, TIFFTAG_IMAGELENGTH, &rows);
	for (uint32_t y = 0; same && y < rows; y++) {
		same = TIFFReadScanline(a, one, y, 0) == 1 && TIFFReadScanline(b, two, y, 0) == 1 &&
		       !memcmp(one, two, ROW);
		for (unsigned x = 0; x < ROW; x++)
			black |= one[x] != 0;
	}
	return same && black;
}

/* ana has page 1 of maya headed NAME in ZONE: of their newest faxes, what the line says */
static int headed(struct scene *s, struct step *st)
{
	struct said w = {.page = (unsigned)atoi(st->arg[1])};
	char *got = newest(s, st->arg[0], "received-faxes"), id[64], path[LONG], file[LONG];
	float dpi = 0;
	TIFF *a, *b;
	int err = 0;

	if (!json_at(id, sizeof(id), got, "id") || !said_read(s, &w, st->arg[2], st->arg[4]))
		err = scene_wait(s, "there is no fax");
	free(got);
	if (err)
		return err;
	(void)re_snprintf(path, sizeof(path), "/api/v1/received-faxes/%s/tiff", id);
	(void)re_snprintf(file, sizeof(file), "%s/got.tif", s->dir);
	if (http_file(s->d->http, st->arg[0], path, file))
		return scene_wait(s, "the fax cannot be read");
	a = TIFFOpen(file, "r");
	if (a)
		TIFFGetField(a, TIFFTAG_YRESOLUTION, &dpi);
	w.fine = dpi > STANDARD_DPI * 1.5f;
	(void)re_snprintf(file, sizeof(file), "%s/line.tif", s->dir);
	b = a && !draw(s, &w, st->arg[3]) ? TIFFOpen(file, "r") : NULL;
	if (!b || !TIFFSetDirectory(a, (tdir_t)(w.page - 1)) ||
	    !TIFFSetDirectory(b, (tdir_t)(w.page - 1)))
		err = scene_fail(s, "there is no such page");
	else if (!same_rows(a, b, w.fine ? LINE_FINE : LINE_STANDARD,
			    w.page == 1 && atoi(w.first) > 1))
		err = scene_fail(s, "its line does not say %s, %s, %s to %s, from page %s of %s",
				 w.time, st->arg[3], w.from, w.to, w.first, w.pages);
	if (a)
		TIFFClose(a);
	if (b)
		TIFFClose(b);
	return err;
}

/* By the program that draws it: a template without fields, as a page of a fax */
static int cover_draw(const struct scene *s, const char *text)
{
	char command[2048];

	(void)re_snprintf(command, sizeof(command),
			  "mkdir -p %s/cover && echo '{\"op\":\"cover\",\"template\":\"%s\","
			  "\"fields\":{},\"out\":\"%s/cover\",\"fine\":false}' | "
			  "\"$(dirname '%s')/doc-convert\" >/dev/null",
			  s->dir, text, s->dir, s->d->program);
	return system(command) ? EIO : 0;
}

/* Below the line over it */
static bool cover_same(TIFF *got, TIFF *drawn)
{
	uint32_t rows = 0, all = 0;
	uint8_t one[ROW], two[ROW];
	bool same = true;

	TIFFGetField(got, TIFFTAG_IMAGELENGTH, &all);
	TIFFGetField(drawn, TIFFTAG_IMAGELENGTH, &rows);
	for (uint32_t y = 0; same && y < LINE_STANDARD; y++)
		same = TIFFReadScanline(got, one, y, 0) == 1;
	for (uint32_t y = 0; same && y < rows; y++)
		same = TIFFReadScanline(got, one, y + LINE_STANDARD, 0) == 1 &&
		       TIFFReadScanline(drawn, two, y, 0) == 1 && !memcmp(one, two, ROW);
	return same && all == rows + LINE_STANDARD;
}

/* ana has the cover saying TEXT: on the first page of her newest fax, in standard quality */
static int covered(struct scene *s, struct step *st)
{
	char *got = newest(s, st->arg[0], "received-faxes"), id[64], path[LONG], file[LONG];
	bool found = json_at(id, sizeof(id), got, "id");
	TIFF *a, *b;
	int err = 0;

	free(got);
	(void)re_snprintf(path, sizeof(path), "/api/v1/received-faxes/%s/tiff", id);
	(void)re_snprintf(file, sizeof(file), "%s/got.tif", s->dir);
	if (!found || http_file(s->d->http, st->arg[0], path, file))
		return scene_wait(s, "there is no fax");
	if (cover_draw(s, st->arg[1]))
		return scene_fail(s, "the cover page cannot be drawn");
	a = TIFFOpen(file, "r");
	(void)re_snprintf(file, sizeof(file), "%s/cover/fax.tif", s->dir);
	b = TIFFOpen(file, "r");
	if (!a || !b || !cover_same(a, b))
		err = scene_fail(s, "its first page is another one");
	if (a)
		TIFFClose(a);
	if (b)
		TIFFClose(b);
	return err;
}

/* Every page, its line included */
static bool files_same(const char *got, const char *sent)
{
	TIFF *a = TIFFOpen(got, "r"), *b = TIFFOpen(sent, "r");
	bool same = a && b, more = same;
	uint32_t rows = 0, others = 0;

	while (same && more) {
		TIFFGetField(a, TIFFTAG_IMAGELENGTH, &rows);
		TIFFGetField(b, TIFFTAG_IMAGELENGTH, &others);
		same = rows == others && same_rows(a, b, rows, false);
		more = TIFFReadDirectory(a);
		same = same && more == !!TIFFReadDirectory(b);
	}
	if (a)
		TIFFClose(a);
	if (b)
		TIFFClose(b);
	return same;
}

static bool shell(const struct scene *s, const char *command, const char *sum)
{
	char all[1024];

	(void)re_snprintf(all, sizeof(all), "cd '%s' && %s | grep -q %b", s->dir, command, sum,
			  (size_t)40);
	return !system(all);
}

/* ana has the very file of maya: what the last try of her newest fax kept, page for page; its sum
 * is the one that the API and the report state */
static int very_file(struct scene *s, struct step *st)
{
	char *got = newest(s, st->arg[0], "received-faxes"), *fax = newest(s, st->arg[1], "faxes");
	char id[64], mine[64], n[16] = "0", sum[80], path[LONG], sent[LONG], file[LONG];
	bool found = json_at(id, sizeof(id), got, "id") && json_at(mine, sizeof(mine), fax, "id") &&
		     json_at(n, sizeof(n), fax, "attempts.length");

	(void)re_snprintf(path, sizeof(path), "attempts.%d.sha256", atoi(n) - 1);
	found = found && json_at(sum, sizeof(sum), fax, path);
	free(got);
	free(fax);
	if (!found)
		return scene_wait(s, "there is no fax");
	(void)re_snprintf(file, sizeof(file), "%s/got.tif", s->dir);
	(void)re_snprintf(path, sizeof(path), "/api/v1/received-faxes/%s/tiff", id);
	found = !http_file(s->d->http, st->arg[0], path, file);
	(void)re_snprintf(sent, sizeof(sent), "%s/sent.tif", s->dir);
	(void)re_snprintf(path, sizeof(path), "/api/v1/faxes/%s/attempts/%s/tiff", mine, n);
	found = found && !http_file(s->d->http, st->arg[1], path, sent);
	if (!found || !files_same(file, sent))
		return scene_wait(s, "what was received is not what was kept");
	(void)re_snprintf(path, sizeof(path), "/api/v1/faxes/%s/report", mine);
	(void)re_snprintf(file, sizeof(file), "%s/report.pdf", s->dir);
	if (http_file(s->d->http, st->arg[1], path, file))
		return scene_fail(s, "there is no report");
	return shell(s, "sha256sum sent.tif", sum) &&
			       shell(s, "pdftotext -layout report.pdf -", sum)
		       ? 0
		       : scene_fail(s, "its sum is not %s", sum);
}

const struct verb line_verbs[] = {
	{"? has the very file of ?", 10000, very_file},
	{"? has the cover saying ?", 10000, covered},
	{"? has page ? of ? headed ? in ?", 10000, headed},
	{NULL, 0, NULL},
};
