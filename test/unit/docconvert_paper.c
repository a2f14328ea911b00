/**
 * @file docconvert_paper.c  A received fax with a page that cannot be converted keeps the others
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "convert.h"
#include "fax_pages.h"
#include "folder.h"

static struct folder folder;
static char got[128], pdf[128];

static uint32_t get(const uint8_t *p, int n)
{
	return n ? p[0] | get(p + 1, n - 1) << 8 : 0;
}

/* Says of one page of a TIFF, counted from 0, that it is not coded as faxes are (tag 259) */
static void page_spoil(const char *file, unsigned page)
{
	static uint8_t b[1 << 20];
	FILE *f = fopen(file, "r+");
	size_t n = f ? fread(b, 1, sizeof(b), f) : 0;
	uint32_t at = get(b + 4, 4);

	assert_true(n > 8 && at < n);
	while (page--)
		at = get(b + at + 2 + 12 * get(b + at, 2), 4);
	for (uint8_t *e = b + at + 2; e < b + at + 2 + 12 * get(b + at, 2); e += 12) {
		if (get(e, 2) == 259)
			e[8] = 1;
	}
	rewind(f);
	assert_int_equal(fwrite(b, 1, n, f), n);
	fclose(f);
}

/* Octets of the PDF that begin a page */
static unsigned pages_of(const char *file)
{
	static char b[1 << 20];
	FILE *f = fopen(file, "r");
	size_t n = f ? fread(b, 1, sizeof(b), f) : 0;
	unsigned pages = 0;

	assert_non_null(f);
	fclose(f);
	for (size_t i = 0; i + 11 < n; i++)
		pages += !memcmp(b + i, "/Type/Page/", 11);
	return pages;
}

static void a_page_that_no_machine_wrote_leaves_the_others(void **state)
{
	struct convert job = {
		.inputs = {got}, .count = 1, .out = pdf, .seconds = 30, .memory_mib = 256};
	struct converted done = {0};

	folder_make(&folder);
	snprintf(got, sizeof(got), "%s/got.tif", folder.path);
	snprintf(pdf, sizeof(pdf), "%s/got.pdf", folder.path);
	pages_write(got, 3, false);
	assert_int_equal(convert_received(&done, &job), REFUSE_NOTHING);
	assert_false(done.part);
	assert_int_equal(pages_of(pdf), 3);
	page_spoil(got, 1);
	assert_int_equal(convert_received(&done, &job), REFUSE_NOTHING);
	assert_true(done.part);
	assert_int_equal(pages_of(pdf), 2);
	folder_remove(&folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_that_no_machine_wrote_leaves_the_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
