/**
 * @file paper.c  A received fax as a PDF, dot by dot
 *
 * PDF knows the coding of fax pages (ISO 32000-1, 7.4.6): the strips are copied as they are, so
 * that nothing is lost and eight pages take some milliseconds. Anybody may have made the TIFF.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>
#include "child.h"
#include "paper.h"

enum { PAGES = 501, OBJECTS = 2 + 3 * PAGES, WIDEST = 10000, LONGEST = 30000 };

struct paper {
	uint64_t at, objects[OBJECTS + 1];
	unsigned count; /* objects                                                       */
	unsigned pages;
};

__attribute__((format(printf, 2, 3))) static void put(struct paper *p, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vprintf(fmt, ap);
	va_end(ap);
	if (n > 0)
		p->at += (uint64_t)n;
}

static void object(struct paper *p, unsigned number)
{
	p->objects[number] = p->at;
	p->count = number > p->count ? number : p->count;
	put(p, "%u 0 obj\n", number);
}

/* Objects 1 and 2 are the catalogue and the list of pages; each page then has three */
static unsigned first_of(unsigned page)
{
	return 3 + page * 3;
}

static void put_page(struct paper *p, double wide, double high)
{
	unsigned n = first_of(p->pages);

	object(p, n);
	put(p,
	    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.2f %.2f]/Contents %u 0 R"
	    "/Resources<</XObject<</I %u 0 R>>>>>>\nendobj\n",
	    wide, high, n + 1, n + 2);
	object(p, n + 1);
	{
		char draw[80];
		int size = snprintf(draw, sizeof(draw), "%.2f 0 0 %.2f 0 0 cm /I Do", wide, high);

		put(p, "<</Length %d>>stream\n%s\nendstream\nendobj\n", size, draw);
	}
}

/* The page as it is coded, in a PDF's order of bits; NULL: it cannot be read */
static uint8_t *strip_read(tmsize_t *n, TIFF *t)
{
	uint64_t size = TIFFRawStripSize64(t, 0);
	uint8_t *strip = size && size < (64u << 20) ? malloc(size) : NULL;
	uint16_t order = FILLORDER_MSB2LSB;

	*n = strip ? TIFFReadRawStrip(t, 0, strip, (tmsize_t)size) : -1;
	TIFFGetFieldDefaulted(t, TIFFTAG_FILLORDER, &order);
	if (*n <= 0) {
		free(strip);
		return NULL;
	}
	if (order == FILLORDER_LSB2MSB)
		TIFFReverseBits(strip, *n);
	return strip;
}

static void put_image(struct paper *p, const uint8_t *strip, tmsize_t n, uint32_t width,
		      uint32_t rows, bool black_is_one)
{
	object(p, first_of(p->pages) + 2);
	put(p,
	    "<</Type/XObject/Subtype/Image/Width %u/Height %u/BitsPerComponent 1"
	    "/ColorSpace/DeviceGray/Filter/CCITTFaxDecode"
	    "/DecodeParms<</K -1/Columns %u/Rows %u/BlackIs1 %s>>/Length %" PRIu64 ">>stream\n",
	    width, rows, width, rows, black_is_one ? "true" : "false", (uint64_t)n);
	p->at += fwrite(strip, 1, (size_t)n, stdout);
	put(p, "\nendstream\nendobj\n");
}

static double dpi(TIFF *t, uint32_t tag, double otherwise)
{
	uint16_t unit = RESUNIT_INCH;
	float v = 0;

	TIFFGetField(t, tag, &v);
	TIFFGetFieldDefaulted(t, TIFFTAG_RESOLUTIONUNIT, &unit);
	if (unit == RESUNIT_CENTIMETER)
		v *= 2.54f;
	return v >= 50 && v <= 1000 ? (double)v : otherwise;
}

static int page(struct paper *p, TIFF *t)
{
	uint32_t width = 0, rows = 0;
	uint16_t coding = 0, photometric = PHOTOMETRIC_MINISWHITE;
	uint8_t *strip;
	tmsize_t n;

	TIFFGetField(t, TIFFTAG_IMAGEWIDTH, &width);
	TIFFGetField(t, TIFFTAG_IMAGELENGTH, &rows);
	TIFFGetField(t, TIFFTAG_COMPRESSION, &coding);
	TIFFGetField(t, TIFFTAG_PHOTOMETRIC, &photometric);
	if (coding != COMPRESSION_CCITTFAX4 || TIFFNumberOfStrips(t) != 1 || !width ||
	    width > WIDEST || !rows || rows > LONGEST)
		return 1;
	strip = strip_read(&n, t);
	if (!strip)
		return 1;
	put_page(p, width * 72 / dpi(t, TIFFTAG_XRESOLUTION, 204),
		 rows * 72 / dpi(t, TIFFTAG_YRESOLUTION, 98));
	put_image(p, strip, n, width, rows, photometric == PHOTOMETRIC_MINISBLACK);
	free(strip);
	p->pages++;
	return 0;
}

static void end(struct paper *p)
{
	uint64_t table;

	object(p, 1);
	put(p, "<</Type/Catalog/Pages 2 0 R>>\nendobj\n");
	object(p, 2);
	put(p, "<</Type/Pages/Count %u/Kids[", p->pages);
	for (unsigned i = 0; i < p->pages; i++)
		put(p, "%u 0 R ", first_of(i));
	put(p, "]>>\nendobj\n");
	table = p->at;
	put(p, "xref\n0 %u\n0000000000 65535 f \n", p->count + 1);
	for (unsigned i = 1; i <= p->count; i++)
		put(p, "%010" PRIu64 " 00000 n \n", p->objects[i]);
	put(p, "trailer\n<</Size %u/Root 1 0 R>>\nstartxref\n%" PRIu64 "\n%%%%EOF\n", p->count + 1,
	    table);
}

static void quiet(const char *module, const char *fmt, va_list ap)
{
}

/** Every page of a received TIFF; CHILD_PART without one that no fax machine made, or those beyond
 * as many as are taken; 1 if there is none */
int paper_pdf(void *arg)
{
	static struct paper p;
	unsigned odd = 0;
	TIFF *t;

	TIFFSetErrorHandler(quiet);
	TIFFSetWarningHandler(quiet);
	t = TIFFFdOpen(0, "fax", "rm");
	if (!t)
		return 1;
	put(&p, "%%PDF-1.4\n%%\xe2\xe3\xcf\xd3\n");
	do {
		if (p.pages == PAGES || page(&p, t))
			++odd;
	} while (odd < PAGES && TIFFReadDirectory(t));
	end(&p);
	if (fflush(stdout) || !p.pages)
		return 1;
	return odd ? CHILD_PART : 0;
}
