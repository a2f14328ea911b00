/**
 * @file output.c  What is written: the TIFF that is sent, and a picture of each of its pages
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <png.h>
#include <tiffio.h>
#include "output.h"

enum {
	PATH = 4096,
	BITS_A_SECOND = 14400,
	PAGE_SECONDS = 3, /* between two pages                                           */
	THUMB_SHRINK = 8, /* dots of a page to one of its small picture; one octet across */
	THUMB_WIDE = BITS_ROW,
};

struct output {
	char folder[PATH - 64]; /* "": no pictures */
	char file[PATH];
	unsigned dpi, pages;
	uint64_t octets;
	TIFF *tiff;
};

static void page_path(char to[PATH], const struct output *o, unsigned page)
{
	snprintf(to, PATH, "%s/page-%u.png", o->folder, page);
}

/** Begins a TIFF without pictures; 0 or errno */
int output_open_file(struct output **op, const char *file, unsigned dpi)
{
	struct output *o = calloc(1, sizeof(*o));

	if (!o)
		return ENOMEM;
	o->dpi = dpi;
	snprintf(o->file, sizeof(o->file), "%s", file);
	o->tiff = TIFFOpen(file, "w");
	if (!o->tiff) {
		free(o);
		return EIO;
	}
	*op = o;
	return 0;
}

/** Begins fax.tif in a folder, and pictures of its pages beside; 0 or errno */
int output_open(struct output **op, const char *folder, unsigned dpi)
{
	char name[PATH];
	int err;

	if (strlen(folder) >= sizeof((*op)->folder))
		return ENAMETOOLONG;
	snprintf(name, sizeof(name), "%s/fax.tif", folder);
	err = output_open_file(op, name, dpi);
	if (!err)
		memcpy((*op)->folder, folder, strlen(folder) + 1);
	return err;
}

static int tiff_page(struct output *o, const struct bits *b)
{
	TIFF *t = o->tiff;

	TIFFSetField(t, TIFFTAG_SUBFILETYPE, FILETYPE_PAGE);
	TIFFSetField(t, TIFFTAG_IMAGEWIDTH, FAX_WIDTH);
	TIFFSetField(t, TIFFTAG_IMAGELENGTH, b->height);
	TIFFSetField(t, TIFFTAG_BITSPERSAMPLE, 1);
	TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, 1);
	TIFFSetField(t, TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4);
	TIFFSetField(t, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
	TIFFSetField(t, TIFFTAG_ROWSPERSTRIP, b->height);
	TIFFSetField(t, TIFFTAG_XRESOLUTION, (double)FAX_DPI);
	TIFFSetField(t, TIFFTAG_YRESOLUTION, (double)o->dpi);
	TIFFSetField(t, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
	TIFFSetField(t, TIFFTAG_PAGENUMBER, o->pages, 0);
	if (TIFFWriteEncodedStrip(t, 0, b->rows, (tmsize_t)b->height * BITS_ROW) < 0)
		return EIO;
	o->octets += TIFFRawStripSize64(t, 0);
	return TIFFWriteDirectory(t) ? 0 : EIO;
}

/* A page of ours: one strip, a 1 is black */
static int page_read(TIFF *from, unsigned page, unsigned pages, output_page_h *h, void *arg)
{
	struct bits b = {0};
	uint32_t rows = 0, width = 0;
	int err = 0;

	TIFFGetField(from, TIFFTAG_IMAGEWIDTH, &width);
	TIFFGetField(from, TIFFTAG_IMAGELENGTH, &rows);
	if (width != FAX_WIDTH || TIFFNumberOfStrips(from) != 1)
		return EBADMSG;
	b.height = rows;
	b.rows = calloc(rows ? rows : 1, BITS_ROW);
	if (!b.rows)
		err = ENOMEM;
	else if (TIFFReadEncodedStrip(from, 0, b.rows, (tmsize_t)rows * BITS_ROW) < 0)
		err = EIO;
	err = err ? err : h(&b, page, pages, arg);
	bits_free(&b);
	return err;
}

/**
 * Hands on the pages of a fax.tif that was made before
 *
 * @param fax   The file
 * @param first The first that is wanted, counted from 0
 * @param h     Takes a page; what it returns ends this, unless 0
 * @param arg   Its argument
 *
 * @return 0 or errno; ENOENT also when there is no such page
 */
int output_read(const char *fax, unsigned first, output_page_h *h, void *arg)
{
	TIFF *from = TIFFOpen(fax, "r");
	unsigned pages = from ? (unsigned)TIFFNumberOfDirectories(from) : 0;
	int err = first < pages && TIFFSetDirectory(from, (tdir_t)first) ? 0 : ENOENT;

	for (unsigned page = first; !err; page++) {
		err = page_read(from, page, pages, h, arg);
		if (!TIFFReadDirectory(from))
			break;
	}
	if (from)
		TIFFClose(from);
	return err;
}

static int copy_h(struct bits *b, unsigned page, unsigned pages, void *arg)
{
	return output_page(arg, b);
}

/** Adds every page of a fax.tif that was made before; 0 or errno */
int output_copy(struct output *o, const char *fax)
{
	return output_read(fax, 0, copy_h, o);
}

/* libpng leaves by longjmp(): nothing here is changed after setjmp() */
static int png_write(FILE *f, const struct bits *b, unsigned dpi)
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png ? png_create_info_struct(png) : NULL;

	if (!info || setjmp(png_jmpbuf(png))) {
		png_destroy_write_struct(&png, &info);
		return EIO;
	}
	png_init_io(png, f);
	png_set_compression_level(png, 3);
	png_set_IHDR(png, info, FAX_WIDTH, b->height, 1, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
		     PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_set_pHYs(png, info, FAX_DPI * 10000 / 254, dpi * 10000 / 254, PNG_RESOLUTION_METER);
	png_write_info(png, info);
	png_set_invert_mono(png);
	for (unsigned y = 0; y < b->height; y++)
		png_write_row(png, b->rows + (size_t)y * BITS_ROW);
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
	return 0;
}

/* How black each square of a page is, in grey: what a list shows of a fax */
static uint8_t *shrunk(unsigned *high, const struct bits *b, unsigned dpi)
{
	unsigned down = dpi == FINE_DPI ? THUMB_SHRINK : THUMB_SHRINK / 2;
	uint8_t *to;

	*high = b->height / down ? b->height / down : 1;
	to = malloc((size_t)*high * THUMB_WIDE);
	for (unsigned y = 0; to && y < *high; y++) {
		for (unsigned x = 0; x < THUMB_WIDE; x++) {
			unsigned black = 0, rows = 0;

			for (; rows < down && y * down + rows < b->height; rows++)
				black += (unsigned)__builtin_popcount(
					b->rows[(size_t)(y * down + rows) * BITS_ROW + x]);
			to[(size_t)y * THUMB_WIDE + x] =
				(uint8_t)(255 - black * 255 / (THUMB_SHRINK * (rows ? rows : 1)));
		}
	}
	return to;
}

/* Of the first page only */
static int thumb_write(const struct output *o, const struct bits *b)
{
	png_image image = {
		.version = PNG_IMAGE_VERSION, .width = THUMB_WIDE, .format = PNG_FORMAT_GRAY};
	char name[PATH];
	uint8_t *dots = shrunk(&image.height, b, o->dpi);
	bool written = false;

	snprintf(name, sizeof(name), "%s/thumb.png", o->folder);
	if (dots)
		written = png_image_write_to_file(&image, name, 0, dots, 0, NULL);
	free(dots);
	return written ? 0 : EIO;
}

/** Adds a page to the TIFF, and its picture beside; 0 or errno */
int output_page(struct output *o, const struct bits *b)
{
	char name[PATH];
	FILE *f;
	int err = tiff_page(o, b);

	if (err)
		return err;
	o->pages++;
	if (!o->folder[0])
		return 0;
	page_path(name, o, o->pages);
	f = fopen(name, "wbe");
	if (!f)
		return errno;
	err = png_write(f, b, o->dpi);
	err = fclose(f) ? EIO : err;
	return err || o->pages > 1 ? err : thumb_write(o, b);
}

/**
 * Ends the files
 *
 * @param o       Released
 * @param pages   How many there are
 * @param seconds How long sending them takes at 14400 bit/s, about
 *
 * @return 0 or errno
 */
int output_close(struct output *o, unsigned *pages, unsigned *seconds)
{
	TIFFClose(o->tiff);
	*pages = o->pages;
	*seconds = (unsigned)(OUTPUT_SETUP_SECONDS + o->pages * PAGE_SECONDS +
			      o->octets * 8 / BITS_A_SECOND);
	free(o);
	return 0;
}

/** Takes away what was written */
void output_discard(struct output *o)
{
	char name[PATH];

	TIFFClose(o->tiff);
	unlink(o->file);
	snprintf(name, sizeof(name), "%s/thumb.png", o->folder);
	if (o->folder[0])
		unlink(name);
	for (unsigned i = 1; o->folder[0] && i <= o->pages; i++) {
		page_path(name, o, i);
		unlink(name);
	}
	free(o);
}
