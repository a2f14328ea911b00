/**
 * @file docconvert_headed.c  Tests what goes in one call: pages under their line, and the sheet
 * before the rest of a fax
 */
#include <stdarg.h>
#include <stdbool.h>
#include <setjmp.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/stat.h>
#include <cmocka.h>
#include "fax_pages.h"
#include "font_leaks.h"
#include "headed.h"

static char dir[64], from[96], to[96];
static struct convert job;
static struct converted done;

static int open_folder(void **state)
{
	snprintf(dir, sizeof(dir), "/tmp/doc_headed.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(from, sizeof(from), "%s/a.tif", dir);
	snprintf(to, sizeof(to), "%s/call.tif", dir);
	memset(&job, 0, sizeof(job));
	memset(&done, 0, sizeof(done));
	return 0;
}

static int close_folder(void **state)
{
	unlink(from);
	unlink(to);
	return rmdir(dir);
}

/* fax.tif of so many pages made for a test becomes call.tif, from a page on */
static TIFF *headed(unsigned pages, bool fine, unsigned first, bool line)
{
	pages_write(from, pages, fine);
	job.inputs[0] = from;
	job.count = 1;
	job.fine = fine;
	job.first = first;
	job.out = to;
	job.lines = line;
	job.line = (struct page_line){"2026-11-27 14:05", "Praxis M\xc3\xbcller",
				      "From +14155550111 to +16285550199"};
	assert_int_equal(headed_write(&done, &job), REFUSE_NOTHING);
	assert_int_equal(done.pages, pages - first + (first > 0));
	return TIFFOpen(job.out, "r");
}

/* The page of the TIFF is the line of these words, and below it the page that it was */
static void assert_headed(TIFF *t, unsigned page, const char *words, unsigned dpi)
{
	uint8_t row[PAGE_ROW], expected[PAGE_ROW];
	struct bits line;
	uint32_t rows = 0;

	TIFFGetField(t, TIFFTAG_IMAGELENGTH, &rows);
	assert_int_equal(line_draw(&line, &job.line, words, dpi), 0);
	assert_int_equal(line.height, dpi == FINE_DPI ? LINE_FINE : LINE_STANDARD);
	assert_int_equal(rows, line.height + (dpi == FINE_DPI ? PAGE_FINE : PAGE_STANDARD));
	for (uint32_t y = 0; y < rows; y++) {
		assert_int_equal(TIFFReadScanline(t, row, y, 0), 1);
		page_row(expected, page, y - line.height);
		assert_memory_equal(row,
				    y < line.height ? line.rows + (size_t)y * BITS_ROW : expected,
				    PAGE_ROW);
	}
	bits_free(&line);
}

static void a_line_stands_over_each_page_as_it_is(void **state)
{
	TIFF *t = headed(2, true, 0, true);

	assert_headed(t, 0, "Page 1 of 2", FINE_DPI);
	assert_int_equal(TIFFReadDirectory(t), 1);
	assert_headed(t, 1, "Page 2 of 2", FINE_DPI);
	assert_int_equal(TIFFReadDirectory(t), 0);
	TIFFClose(t);
	t = headed(1, false, 0, true);
	assert_headed(t, 0, "Page 1 of 1", STANDARD_DPI);
	TIFFClose(t);
}

static void the_rest_of_a_fax_is_counted_as_in_the_whole(void **state)
{
	TIFF *t = headed(5, false, 3, true);

	assert_int_equal(TIFFReadDirectory(t), 1);
	assert_headed(t, 3, "Page 4 of 5, continued", STANDARD_DPI);
	assert_int_equal(TIFFReadDirectory(t), 1);
	assert_headed(t, 4, "Page 5 of 5, continued", STANDARD_DPI);
	TIFFClose(t);
	job.first = 5;
	assert_int_equal(headed_write(&done, &job), REFUSE_SYSTEM);
	assert_int_not_equal(access(job.out, F_OK), 0);
}

static unsigned blacks_of(TIFF *t, unsigned above)
{
	uint8_t row[PAGE_ROW];
	unsigned n = 0;
	uint32_t rows = 0;

	TIFFGetField(t, TIFFTAG_IMAGELENGTH, &rows);
	for (uint32_t y = 0; y < rows; y++) {
		assert_int_equal(TIFFReadScanline(t, row, y, 0), 1);
		for (unsigned i = 0; y >= above && i < PAGE_ROW; i++)
			n += (unsigned)__builtin_popcount(row[i]);
	}
	return n;
}

static void a_sheet_says_that_a_fax_goes_on(void **state)
{
	TIFF *t = headed(5, true, 1, true), *bare;
	unsigned ink = blacks_of(t, LINE_FINE);
	uint32_t rows = 0;

	TIFFGetField(t, TIFFTAG_IMAGELENGTH, &rows);
	assert_int_equal(rows, LINE_FINE + fax_rows(FINE_DPI));
	assert_true(ink > 5000);
	TIFFClose(t);
	bare = headed(5, true, 1, false);
	TIFFGetField(bare, TIFFTAG_IMAGELENGTH, &rows);
	assert_int_equal(rows, fax_rows(FINE_DPI));
	assert_int_equal(blacks_of(bare, 0), ink);
	TIFFClose(bare);
	/* more pages are there: it says so */
	bare = headed(5, true, 4, false);
	assert_int_not_equal(blacks_of(bare, 0), ink);
	TIFFClose(bare);
}

static unsigned blacks(const struct bits *b)
{
	unsigned n = 0;

	for (unsigned y = 0; y < b->height; y++) {
		for (unsigned x = 0; x < FAX_WIDTH; x++)
			n += b->rows[y * BITS_ROW + x / 8] >> (7 - x % 8) & 1;
	}
	return n;
}

static void a_long_name_does_not_reach_the_numbers(void **state)
{
	static const char numbers[] = "From +14155550111 to +16285550199";
	struct page_line l = {"2026-11-27 14:05", "", numbers};
	struct bits without, with;
	char name[120];

	memset(name, 'W', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(line_draw(&without, &l, "Page 100 of 100", FINE_DPI), 0);
	l.name = name;
	assert_int_equal(line_draw(&with, &l, "Page 100 of 100", FINE_DPI), 0);
	assert_true(blacks(&with) > blacks(&without) + 1000);
	/* the numbers and the page have the right half for themselves */
	for (unsigned y = 0; y < with.height; y++)
		assert_memory_equal(with.rows + y * BITS_ROW + BITS_ROW * 6 / 10,
				    without.rows + y * BITS_ROW + BITS_ROW * 6 / 10,
				    BITS_ROW * 4 / 10);
	bits_free(&with);
	bits_free(&without);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, open_folder, close_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_line_stands_over_each_page_as_it_is),
		IN_FOLDER(the_rest_of_a_fax_is_counted_as_in_the_whole),
		IN_FOLDER(a_sheet_says_that_a_fax_goes_on),
		IN_FOLDER(a_long_name_does_not_reach_the_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
