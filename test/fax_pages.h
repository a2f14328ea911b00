/* Pages for fax tests: made by number, compared dot by dot */
#ifndef TEST_FAX_PAGES_H
#define TEST_FAX_PAGES_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

enum { PAGE_WIDTH = 1728, PAGE_ROW = PAGE_WIDTH / 8, PAGE_FINE = 2292, PAGE_STANDARD = 1146 };

/* Words of black runs in lines, different on every page; cheap to send, and no two rows alike by
 * luck */
static inline void page_row(uint8_t row[PAGE_ROW], unsigned page, unsigned y)
{
	unsigned seed = page * 7919 + y / 40 * 31 + 1;

	memset(row, 0, PAGE_ROW);
	if (y % 40 > 18)
		return;
	for (unsigned x = 100; x < 1600;) {
		unsigned run = 2 + (unsigned)rand_r(&seed) % 9,
			 gap = 3 + (unsigned)rand_r(&seed) % 60;

		for (unsigned i = x + y % 5; i < x + y % 5 + run; i++)
			row[i / 8] |= (uint8_t)(0x80 >> i % 8);
		x += run + gap;
	}
}

static inline void pages_write(const char *file, unsigned pages, bool fine)
{
	TIFF *t = TIFFOpen(file, "w");
	uint8_t row[PAGE_ROW];
	unsigned rows = fine ? PAGE_FINE : PAGE_STANDARD;

	assert_non_null(t);
	for (unsigned page = 0; page < pages; page++) {
		TIFFSetField(t, TIFFTAG_IMAGEWIDTH, PAGE_WIDTH);
		TIFFSetField(t, TIFFTAG_IMAGELENGTH, rows);
		TIFFSetField(t, TIFFTAG_BITSPERSAMPLE, 1);
		TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, 1);
		TIFFSetField(t, TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4);
		/* fax machines send the low bit first, and libraries write files so */
		TIFFSetField(t, TIFFTAG_FILLORDER,
			     page % 2 ? FILLORDER_LSB2MSB : FILLORDER_MSB2LSB);
		TIFFSetField(t, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
		TIFFSetField(t, TIFFTAG_ROWSPERSTRIP, rows);
		TIFFSetField(t, TIFFTAG_XRESOLUTION, 204.0);
		TIFFSetField(t, TIFFTAG_YRESOLUTION, fine ? 196.0 : 98.0);
		TIFFSetField(t, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
		TIFFSetField(t, TIFFTAG_PAGENUMBER, page, pages);
		for (unsigned y = 0; y < rows; y++) {
			page_row(row, page, y);
			assert_int_equal(TIFFWriteScanline(t, row, y, 0), 1);
		}
		assert_int_equal(TIFFWriteDirectory(t), 1);
	}
	TIFFClose(t);
}

/* Pages of a received file, from `first` of those that were sent on */
static inline unsigned pages_same(const char *file, unsigned first, bool fine)
{
	TIFF *t = TIFFOpen(file, "r");
	uint8_t row[PAGE_ROW], expected[PAGE_ROW];
	unsigned pages = 0;

	if (!t)
		return 0;
	do {
		uint32_t width = 0, rows = 0;
		uint16_t white = 9;

		TIFFGetField(t, TIFFTAG_IMAGEWIDTH, &width);
		TIFFGetField(t, TIFFTAG_IMAGELENGTH, &rows);
		TIFFGetField(t, TIFFTAG_PHOTOMETRIC, &white);
		assert_int_equal(width, PAGE_WIDTH);
		assert_int_equal(rows, fine ? PAGE_FINE : PAGE_STANDARD);
		for (uint32_t y = 0; y < rows; y++) {
			assert_int_equal(TIFFReadScanline(t, row, y, 0), 1);
			for (unsigned i = 0; white == PHOTOMETRIC_MINISBLACK && i < PAGE_ROW; i++)
				row[i] = (uint8_t)~row[i];
			page_row(expected, first + pages, y);
			assert_memory_equal(row, expected, PAGE_ROW);
		}
		pages++;
	} while (TIFFReadDirectory(t));
	TIFFClose(t);
	return pages;
}

#endif
