/**
 * @file docconvert_convert.c  Tests documents on their way to a fax: what they become, what is
 * refused
 */
#include <stdarg.h>
#include <stdbool.h>
#include <setjmp.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <cmocka.h>
#include <png.h>
#include <zlib.h>
#include "convert.h"
#include "fax_pages.h"
#include "font_leaks.h"
#include "jpeg_make.h"
#include "pdf_make.h"

static char dir[64], out[96];
static struct convert job;
static struct converted done;

static const char *in_dir(const char *name)
{
	static char path[8][160];
	static unsigned next;
	char *p = path[next++ % 8];

	snprintf(p, 160, "%s/%s", dir, name);
	return p;
}

static const char *in_out(const char *name)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/%s", out, name);
	return path;
}

static int open_folder(void **state)
{
	snprintf(dir, sizeof(dir), "/tmp/doc_convert.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(out, sizeof(out), "%s/out", dir);
	assert_int_equal(mkdir(out, 0700), 0);
	job = (struct convert){.out = out,
			       .fine = true,
			       .max_pages = 100,
			       .seconds = 30,
			       .memory_mib = 256,
			       .bwrap = "/usr/bin/bwrap"};
	memset(&done, 0, sizeof(done));
	return 0;
}

static unsigned empty(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	unsigned n = 0;
	char path[400];

	assert_non_null(d);
	while ((e = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		n += e->d_name[0] != '.' && !unlink(path);
	}
	closedir(d);
	return n;
}

static int close_folder(void **state)
{
	empty(out);
	rmdir(out);
	empty(dir);
	return rmdir(dir);
}

static void file_write(const char *name, const void *p, size_t n)
{
	FILE *f = fopen(in_dir(name), "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	fclose(f);
}

static void pdf_end(const char *name, const char *trailer)
{
	pdf_save(in_dir(name), trailer);
}

static void pdf_pages(const char *name, unsigned pages, unsigned wide, unsigned high,
		      const char *text)
{
	pdf_begin(pages);
	for (unsigned i = 0; i < pages; i++)
		pdf_page(wide, high, "", text, strlen(text));
	pdf_end(name, "");
}

/* --- what came out --------------------------------------------------------------------------- */

static enum refusal convert(const char *name)
{
	job.inputs[0] = in_dir(name);
	job.count = 1;
	return convert_documents(&done, &job);
}

static void refused(const char *name, enum refusal r)
{
	uint64_t before = child_now();

	assert_int_equal(convert(name), r);
	assert_int_equal(empty(out), 0);
	assert_true(child_now() - before < 31000);
	assert_true(strlen(refusal_sentence(r)) > 20);
}

/* Refused for whatever reason, or converted; in time, and nothing is left of what was refused */
static void endured(const char *name)
{
	uint64_t before = child_now();
	enum refusal r = convert(name);

	assert_true(child_now() - before < (job.seconds + 2) * 1000u);
	assert_int_not_equal(r, REFUSE_SYSTEM);
	if (r)
		assert_int_equal(empty(out), 0);
	empty(out);
}

static uint8_t *page_dots(unsigned page, unsigned *rows)
{
	png_image image = {.version = PNG_IMAGE_VERSION};
	char name[32];
	uint8_t *dots;

	snprintf(name, sizeof(name), "page-%u.png", page);
	assert_true(png_image_begin_read_from_file(&image, in_out(name)));
	assert_int_equal(image.width, FAX_WIDTH);
	image.format = PNG_FORMAT_GRAY;
	dots = malloc(PNG_IMAGE_SIZE(image));
	assert_true(png_image_finish_read(&image, NULL, dots, 0, NULL));
	*rows = image.height;
	return dots;
}

/* What is shown is what is sent */
static void preview_is_the_fax(unsigned pages)
{
	TIFF *t = TIFFOpen(in_out("fax.tif"), "r");
	uint8_t row[PAGE_ROW];
	unsigned n = 0;

	assert_non_null(t);
	do {
		unsigned rows;
		uint8_t *dots = page_dots(++n, &rows);

		for (unsigned y = 0; y < rows; y++) {
			assert_int_equal(TIFFReadScanline(t, row, y, 0), 1);
			for (unsigned x = 0; x < FAX_WIDTH; x++)
				assert_int_equal(row[x / 8] >> (7 - x % 8) & 1,
						 !dots[(size_t)y * FAX_WIDTH + x]);
		}
		free(dots);
	} while (TIFFReadDirectory(t));
	TIFFClose(t);
	assert_int_equal(n, pages);
}

static unsigned black_in(unsigned page, unsigned x0, unsigned y0, unsigned x1, unsigned y1)
{
	unsigned rows, n = 0;
	uint8_t *dots = page_dots(page, &rows);

	assert_true(y1 <= rows && x1 <= FAX_WIDTH);
	for (unsigned y = y0; y < y1; y++) {
		for (unsigned x = x0; x < x1; x++)
			n += !dots[(size_t)y * FAX_WIDTH + x];
	}
	free(dots);
	return n;
}

/* --- tests ----------------------------------------------------------------------------------- */

static const char square[] = "72 700 72 72 re f BT /F 12 Tf 72 500 Td (A fax, said the fox) Tj ET";

static void a_pdf_becomes_pages(void **state)
{
	pdf_pages("a.pdf", 3, 595, 842, square);
	assert_int_equal(convert("a.pdf"), REFUSE_NOTHING);
	assert_int_equal(done.pages, 3);
	assert_in_range(done.seconds, 21, 40);
	preview_is_the_fax(3);
	/* an inch of black, an inch from the left: 204 by 196 dots */
	assert_int_equal(black_in(1, 230, 200, 420, 375), 190 * 175);
	assert_in_range(black_in(1, 0, 0, FAX_WIDTH, 500), 200 * 190, 208 * 200);
}

static void standard_has_half_the_rows(void **state)
{
	pdf_pages("a.pdf", 1, 595, 842, square);
	job.fine = false;
	assert_int_equal(convert("a.pdf"), REFUSE_NOTHING);
	assert_in_range(black_in(1, 0, 0, FAX_WIDTH, 250), 200 * 95, 208 * 100);
}

static void landscape_is_turned_upright(void **state)
{
	pdf_pages("a.pdf", 1, 842, 595, "0 0 72 72 re f");
	assert_int_equal(convert("a.pdf"), REFUSE_NOTHING);
	/* the lower left corner of the drawing is the upper left of the page */
	assert_true(black_in(1, 0, 0, 300, 300) > 30000);
	assert_int_equal(black_in(1, 600, 1000, FAX_WIDTH, 2200), 0);
}

static void large_paper_is_made_smaller(void **state)
{
	pdf_pages("a.pdf", 1, 1190, 1684, "0 0 1190 1684 re f");
	assert_int_equal(convert("a.pdf"), REFUSE_NOTHING);
	assert_true(black_in(1, 0, 0, FAX_WIDTH, 2200) > FAX_WIDTH * 2190);
}

static void a_fax_keeps_its_dots(void **state)
{
	pages_write(in_dir("a.tif"), 3, true);
	assert_int_equal(convert("a.tif"), REFUSE_NOTHING);
	assert_int_equal(pages_same(in_out("fax.tif"), 0, true), 3);
}

static void png_make(const char *name, unsigned wide, unsigned high, unsigned from, unsigned to)
{
	png_image image = {.version = PNG_IMAGE_VERSION,
			   .width = wide,
			   .height = high,
			   .format = PNG_FORMAT_GRAY};
	uint8_t *dots = malloc((size_t)wide * high);

	for (unsigned i = 0; i < wide * high; i++)
		dots[i] = (uint8_t)(from + (to - from) * (i % wide) / wide);
	assert_true(png_image_write_to_file(&image, in_dir(name), 0, dots, 0, NULL));
	free(dots);
}

static void jpeg_make(const char *name, unsigned wide, unsigned high)
{
	const struct jpeg_kind grey = {.level = 128};

	jpeg_write(in_dir(name), wide, high, &grey);
}

static void pictures_become_dots_and_text_stays_solid(void **state)
{
	png_make("a.png", 1728, 400, 128, 128);
	assert_int_equal(convert("a.png"), REFUSE_NOTHING);
	/* half grey is half of the dots */
	assert_in_range(black_in(1, 864 - 200, 50, 864 + 200, 150) * 100 / 40000, 40, 60);
	job.mode = BITS_TEXT;
	assert_int_equal(convert("a.png"), REFUSE_NOTHING);
	assert_int_equal(black_in(1, 864 - 200, 50, 864 + 200, 150), 40000);
	job.mode = BITS_AUTO;
	png_make("b.png", 1728, 400, 235, 235);
	assert_int_equal(convert("b.png"), REFUSE_NOTHING);
	assert_int_equal(black_in(1, 0, 0, FAX_WIDTH, 100), 0);
}

static void a_picture_is_one_to_its_edges(void **state)
{
	pdf_pages("a.pdf", 1, 595, 842, "0.5 g 101 301 200 200 re f");
	assert_int_equal(convert("a.pdf"), REFUSE_NOTHING);
	/* no corner and no side of it is solid: half of the dots everywhere */
	for (unsigned i = 0; i < 3; i++) {
		unsigned y = 842u * 196 / 72 - (i == 0 ? 500u : i == 1 ? 400u : 304u) * 196 / 72;

		assert_in_range(black_in(1, 315, y, 335, y + 8) * 100 / 160, 30, 75);
		assert_in_range(black_in(1, 840, y, 860, y + 8) * 100 / 160, 30, 75);
	}
}

static const char markup[] =
	"<b>To:</b>\t{{to_name}} {{to_number}}\n{{pages}} {{unknown}}\n{{note}}";

static enum refusal cover(const char *template, const char *name)
{
	job.count = 0;
	job.cover = (struct cover){.template = template,
				   .fields = {{"to_name", name}, {"to_number", "+16285550199"}},
				   .count = 2};
	return convert_cover(&done, &job);
}

/* What came with standard lines is drawn with fine ones, and so has the proportions of paper */
static void a_standard_page_is_drawn_as_high_as_it_is(void **state)
{
	uint8_t expected[PAGE_ROW], *dots;
	unsigned rows;

	pages_write(in_dir("a.tif"), 1, false);
	assert_int_equal(convert("a.tif"), REFUSE_NOTHING);
	dots = page_dots(1, &rows);
	assert_int_equal(rows, 2 * PAGE_STANDARD);
	for (unsigned y = 0; y < rows; y++) {
		page_row(expected, 0, y / 2);
		for (unsigned x = 0; x < FAX_WIDTH; x++)
			assert_int_equal(expected[x / 8] >> (7 - x % 8) & 1,
					 !dots[(size_t)y * FAX_WIDTH + x]);
	}
	free(dots);
}

/* As black as the page, square by square */
static void the_first_page_has_a_small_picture(void **state)
{
	png_image image = {.version = PNG_IMAGE_VERSION};
	uint8_t *dots;
	uint64_t black = 0;

	pages_write(in_dir("a.tif"), 2, true);
	assert_int_equal(convert("a.tif"), REFUSE_NOTHING);
	assert_true(png_image_begin_read_from_file(&image, in_out("thumb.png")));
	image.format = PNG_FORMAT_GRAY;
	assert_int_equal(image.width, FAX_WIDTH / 8);
	assert_int_equal(image.height, PAGE_FINE / 8);
	dots = malloc(PNG_IMAGE_SIZE(image));
	assert_true(png_image_finish_read(&image, NULL, dots, 0, NULL));
	for (unsigned i = 0; i < image.width * image.height; i++)
		black += 255u - dots[i];
	free(dots);
	assert_in_range(black * 64 / 255, black_in(1, 0, 0, FAX_WIDTH, image.height * 8) * 97 / 100,
			black_in(1, 0, 0, FAX_WIDTH, image.height * 8));
}

static void a_cover_page_is_drawn(void **state)
{
	unsigned plain, filled;

	assert_int_equal(cover("<b>To:</b>\t", ""), REFUSE_NOTHING);
	assert_int_equal(done.pages, 1);
	preview_is_the_fax(1);
	plain = black_in(1, 0, 0, FAX_WIDTH, 2000);
	assert_true(plain > 200);
	assert_int_equal(cover(markup, "Ana"), REFUSE_NOTHING);
	filled = black_in(1, 0, 0, FAX_WIDTH, 2000);
	assert_true(filled > plain + 1000);
}

static void what_is_filled_in_is_text_only(void **state)
{
	assert_int_equal(cover(markup, "<span size='99pt'>&{{note}}"), REFUSE_NOTHING);
	assert_int_equal(cover(markup, "\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7"), REFUSE_NOTHING);
	assert_int_equal(cover(markup, "\xff\xfe broken \x01"), REFUSE_NOTHING);
	assert_int_equal(cover("{{to_name", "x"), REFUSE_NOTHING);
	assert_int_equal(cover("}}{{}}", "x"), REFUSE_NOTHING);
}

static const char japanese[] =
	"\xe6\xa0\xaa\xe5\xbc\x8f\xe4\xbc\x9a\xe7\xa4\xbe\xe3\x82\xa2\xe3\x83\x8a";
static const char arabic[] = "\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7";

static void a_value_of_another_script_is_drawn(void **state)
{
	unsigned none, some;

	assert_int_equal(cover("{{to_name}}", " "), REFUSE_NOTHING);
	none = black_in(1, 0, 0, FAX_WIDTH, 400);
	assert_int_equal(cover("{{to_name}}", japanese), REFUSE_NOTHING);
	some = black_in(1, 0, 0, FAX_WIDTH, 400);
	assert_true(some > none + 500);
	assert_int_equal(cover("{{to_name}}", arabic), REFUSE_NOTHING);
	/* the line is turned to its direction: it ends at the right margin */
	assert_true(black_in(1, FAX_WIDTH / 2, 0, FAX_WIDTH, 400) > none + 100);
}

static void a_wrong_template_is_refused_in_words(void **state)
{
	assert_int_equal(cover("<b>To:", "Ana"), REFUSE_TEMPLATE);
	assert_non_null(strstr(done.fault, "b"));
	assert_int_equal(empty(out), 0);
}

static void a_cover_goes_before_the_pages_as_they_are(void **state)
{
	char file[160];

	pages_write(in_dir("a.tif"), 2, true);
	assert_int_equal(convert("a.tif"), REFUSE_NOTHING);
	snprintf(file, sizeof(file), "%s/fax.tif", dir);
	assert_int_equal(rename(in_out("fax.tif"), file), 0);
	job.count = 1;
	job.inputs[0] = file;
	job.cover = (struct cover){.template = markup};
	assert_int_equal(convert_cover(&done, &job), REFUSE_NOTHING);
	assert_int_equal(done.pages, 3);
	preview_is_the_fax(3);
	job.inputs[0] = in_dir("nothing.tif");
	assert_int_equal(convert_cover(&done, &job), REFUSE_SYSTEM);
}

static void a_cover_has_a_logo(void **state)
{
	png_make("logo.png", 200, 100, 0, 0);
	job.cover = (struct cover){.template = " ", .logo = in_dir("logo.png")};
	assert_int_equal(convert_cover(&done, &job), REFUSE_NOTHING);
	/* 140 points wide from 50 on: black all over */
	assert_int_equal(black_in(1, 150, 150, 500, 300), 350 * 150);
	file_write("broken.png", "\x89PNG\r\n\x1a\n\0\0", 10);
	job.cover.logo = in_dir("broken.png");
	assert_int_equal(convert_cover(&done, &job), REFUSE_DAMAGED);
}

static void several_files_are_joined_in_order(void **state)
{
	pdf_pages("a.pdf", 2, 595, 842, square);
	jpeg_make("b.jpg", 600, 800);
	pages_write(in_dir("c.tif"), 1, true);
	png_make("d.png", 100, 100, 0, 255);
	job.inputs[0] = in_dir("a.pdf");
	job.inputs[1] = in_dir("b.jpg");
	job.inputs[2] = in_dir("c.tif");
	job.inputs[3] = in_dir("d.png");
	job.count = 4;
	assert_int_equal(convert_documents(&done, &job), REFUSE_NOTHING);
	assert_int_equal(done.pages, 5);
	preview_is_the_fax(5);
	job.max_pages = 4;
	assert_int_equal(convert_documents(&done, &job), REFUSE_PAGES);
	assert_int_equal(done.input, 3);
	assert_ptr_equal(strstr(done.fault, "A fax has at most 4 pages, "), done.fault);
}

static void without_bubblewrap_it_is_the_same(void **state)
{
	pdf_pages("a.pdf", 1, 595, 842, square);
	job.bwrap = "/nowhere/bwrap";
	assert_int_equal(convert("a.pdf"), REFUSE_NOTHING);
	preview_is_the_fax(1);
}

static void locked_ones_are_refused(void **state)
{
	pdf_begin(1);
	pdf_page(595, 842, "", square, strlen(square));
	pdf_end("a.pdf", "/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]"
			 "/Encrypt<</Filter/Standard/V 1/R 2/P -4"
			 "/O<000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f>"
			 "/U<000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f>>>");
	refused("a.pdf", REFUSE_LOCKED);
}

static void what_is_no_document_is_refused(void **state)
{
	file_write("a", "MZ\x90 a program", 14);
	refused("a", REFUSE_UNKNOWN);
	file_write("b", "", 0);
	refused("b", REFUSE_UNKNOWN);
	file_write("c", "%PDF-1.7 and nothing of the kind", 32);
	refused("c", REFUSE_DAMAGED);
	file_write("d", "II*\0\xff\xff\xff\xff\xff\xff\xff\xff", 12);
	refused("d", REFUSE_DAMAGED);
	file_write("e", "\x89PNG\r\n\x1a\n\0\0\0\0", 12);
	refused("e", REFUSE_DAMAGED);
	file_write("f", "\xff\xd8\xff\xe0\0\x10JFIF\0\0\0\0", 14);
	refused("f", REFUSE_DAMAGED);
	refused("not there", REFUSE_SYSTEM);
}

static void too_many_pages_are_refused(void **state)
{
	pdf_pages("a.pdf", 20000, 595, 842, "f");
	refused("a.pdf", REFUSE_PAGES);
}

static void truncated_ones_are_endured(void **state)
{
	struct stat st;

	png_make("a.png", 800, 800, 0, 255);
	jpeg_make("b.jpg", 800, 800);
	pages_write(in_dir("c.tif"), 2, true);
	for (unsigned i = 0; i < 3; i++) {
		const char *name = (const char *[]){"a.png", "b.jpg", "c.tif"}[i];

		assert_int_equal(stat(in_dir(name), &st), 0);
		assert_int_equal(truncate(in_dir(name), st.st_size / 2), 0);
		endured(name);
	}
}

/* --- what is meant to hurt ------------------------------------------------------------------- */

static void huge_boxes_are_endured(void **state)
{
	pdf_pages("a.pdf", 1, 14400, 14400, square);
	endured("a.pdf");
	pdf_pages("b.pdf", 1, 1, 2000000000, square);
	endured("b.pdf");
	pdf_pages("c.pdf", 1, 2000000000, 2000000000, square);
	endured("c.pdf");
	pdf_pages("d.pdf", 1, 0, 0, square);
	endured("d.pdf");
}

static void a_page_tree_in_a_circle_is_endured(void **state)
{
	pdf_head("");
	object();
	put("<</Type/Pages/Count 5/Kids[2 0 R 2 0 R 2 0 R]>>\nendobj\n");
	pdf_end("a.pdf", "");
	endured("a.pdf");
}

static void a_bomb_of_zeros_is_endured(void **state)
{
	static uint8_t block[1 << 20], packed[1 << 20];
	z_stream z = {0};

	memset(block, ' ', sizeof(block));
	assert_int_equal(deflateInit(&z, 9), Z_OK);
	z.next_out = packed;
	z.avail_out = sizeof(packed);
	for (unsigned i = 0; i < 400; i++) {
		z.next_in = block;
		z.avail_in = sizeof(block);
		assert_int_equal(deflate(&z, i == 399 ? Z_FINISH : Z_NO_FLUSH),
				 i == 399 ? Z_STREAM_END : Z_OK);
	}
	deflateEnd(&z);
	pdf_begin(1);
	pdf_page(595, 842, "/Filter/FlateDecode", packed, z.total_out);
	pdf_end("a.pdf", "");
	job.seconds = 5;
	endured("a.pdf");
}

static void endless_drawing_is_refused(void **state)
{
	size_t n = 0, size = 8 << 20;
	char *text = malloc(size);

	while (n + 80 < size)
		n += (size_t)sprintf(text + n, "0 0 m 595 842 %zu 3 0 842 c 595 0 l s\n", n % 800);
	pdf_begin(8);
	for (unsigned i = 0; i < 6; i++)
		pdf_page(595, 842, "", text, n);
	pdf_page(595, 842, "", "f", 1);
	pdf_page(595, 842, "", "f", 1);
	pdf_end("a.pdf", "");
	free(text);
	job.seconds = 3;
	endured("a.pdf");
}

static void pictures_that_claim_to_be_huge_are_refused(void **state)
{
	static const uint8_t png[] = {0x89, 'P',  'N',	'G',  '\r', '\n', 0x1a, '\n', 0,
				      0,    0,	  13,	'I',  'H',  'D',  'R',	0x7f, 0xff,
				      0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 8,	0,    0,
				      0,    0,	  0,	0,    0,    0};
	static const uint8_t tiff[] = {'I', 'I', '*', 0, 8,    0,    0,	   0,	 3,    0, 0, 1, 4,
				       0,   1,	 0,   0, 0,    0xff, 0xff, 0xff, 0x7f, 1, 1, 4, 0,
				       1,   0,	 0,   0, 0xff, 0xff, 0xff, 0x7f, 0x11, 1, 4, 0, 1,
				       0,   0,	 0,   8, 0,    0,    0,	   0,	 0,    0, 0};

	file_write("a.png", png, sizeof(png));
	refused("a.png", REFUSE_DAMAGED);
	file_write("a.tif", tiff, sizeof(tiff));
	refused("a.tif", REFUSE_LARGE);
}

/* --- the sandbox ----------------------------------------------------------------------------- */

static int escape(void *arg)
{
	int fd = open("/etc/passwd", O_RDONLY);

	if (fd >= 0 || socket(AF_INET, SOCK_STREAM, 0) >= 0 || fork() >= 0)
		return printf("free\n") ? 0 : 0;
	execl("/usr/bin/true", "true", (char *)NULL);
	printf("held\n");
	fflush(stdout);
	return 0;
}

static void a_child_can_only_read_and_write(void **state)
{
	static struct child c;
	struct child_limits l = {.deadline_ms = child_now() + 10000, .memory_mib = 256};
	int in = open("/dev/null", O_RDONLY);
	char text[5] = "";

	assert_int_equal(child_work(&c, &l, in, escape, NULL), REFUSE_NOTHING);
	assert_true(child_read(&c, text, 4));
	assert_string_equal(text, "held");
	assert_int_equal(child_end(&c), REFUSE_NOTHING);
	close(in);
}

static void a_program_writes_nowhere(void **state)
{
	static struct child c;
	struct child_limits l = {.deadline_ms = child_now() + 20000, .memory_mib = 256};
	int in = open("/dev/null", O_RDONLY);
	char file[96];
	const char *argv[] = {"/usr/bin/touch", file, NULL};

	snprintf(file, sizeof(file), "%s/touched", dir);
	for (unsigned i = 0; i < 2; i++) {
		l.bwrap = i && child_bwrap_works("/usr/bin/bwrap") ? "/usr/bin/bwrap" : NULL;
		assert_int_equal(child_exec(&c, &l, in, argv), REFUSE_NOTHING);
		while (child_byte(&c) >= 0)
			;
		assert_int_equal(child_end(&c), REFUSE_DAMAGED);
		assert_int_not_equal(access(file, F_OK), 0);
	}
	close(in);
}

static int for_ever(void *arg)
{
	for (;;)
		(void)0;
	return 0;
}

static void a_child_ends_at_its_deadline(void **state)
{
	static struct child c;
	struct child_limits l = {.deadline_ms = child_now() + 300, .memory_mib = 256};
	int in = open("/dev/null", O_RDONLY);

	assert_int_equal(child_work(&c, &l, in, for_ever, NULL), REFUSE_NOTHING);
	assert_int_equal(child_byte(&c), -1);
	assert_int_equal(child_end(&c), REFUSE_SLOW);
	close(in);
}

/* --- a received fax -------------------------------------------------------------------------- */

static void a_received_fax_becomes_a_pdf_without_loss(void **state)
{
	char command[400];
	unsigned rows;

	pages_write(in_dir("got.tif"), 3, true);
	job.inputs[0] = in_dir("got.tif");
	job.count = 1;
	job.out = in_dir("got.pdf");
	assert_int_equal(convert_received(&done, &job), REFUSE_NOTHING);
	snprintf(command, sizeof(command), "/usr/bin/pdfimages -png %s %s/page 2>&1", job.out, out);
	assert_int_equal(system(command), 0);
	for (unsigned page = 0; page < 3; page++) {
		char from[160], to[160];
		uint8_t expected[PAGE_ROW], *dots;

		snprintf(from, sizeof(from), "%s/page-%03u.png", out, page);
		snprintf(to, sizeof(to), "%s/page-%u.png", out, page + 1);
		assert_int_equal(rename(from, to), 0);
		dots = page_dots(page + 1, &rows);
		assert_int_equal(rows, PAGE_FINE);
		for (unsigned y = 0; y < rows; y++) {
			page_row(expected, page, y);
			for (unsigned x = 0; x < FAX_WIDTH; x++)
				assert_int_equal(expected[x / 8] >> (7 - x % 8) & 1,
						 !dots[(size_t)y * FAX_WIDTH + x]);
		}
		free(dots);
	}
}

static unsigned pages_of_pdf(const char *file)
{
	static char text[1 << 20];
	char command[220];
	size_t n;
	FILE *f;

	snprintf(command, sizeof(command), "/usr/bin/pdfinfo %s", file);
	f = popen(command, "r");
	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	pclose(f);
	assert_non_null(strstr(text, "Pages:"));
	return (unsigned)strtoul(strstr(text, "Pages:") + 6, NULL, 10);
}

static void no_page_of_many_is_left_out_in_silence(void **state)
{
	pages_write(in_dir("got.tif"), 501, false);
	job.inputs[0] = in_dir("got.tif");
	job.count = 1;
	job.out = in_dir("got.pdf");
	assert_int_equal(convert_received(&done, &job), REFUSE_NOTHING);
	assert_int_equal(pages_of_pdf(job.out), 501);
	pages_write(in_dir("got.tif"), 502, false);
	assert_false(done.part);
	assert_int_equal(convert_received(&done, &job), REFUSE_NOTHING);
	assert_true(done.part);
	assert_int_equal(pages_of_pdf(job.out), 501);
}

/* To try it costs as much as the PDF itself, and it is for other programs only */
static void a_received_fax_needs_no_bubblewrap(void **state)
{
	char text[256];
	int n = snprintf(text, sizeof(text), "#!/bin/sh\n>'%s'\n", in_dir("tried"));

	file_write("bwrap", text, (size_t)n);
	assert_int_equal(chmod(in_dir("bwrap"), 0700), 0);
	pages_write(in_dir("got.tif"), 1, false);
	job.inputs[0] = in_dir("got.tif");
	job.count = 1;
	job.out = in_dir("got.pdf");
	job.bwrap = in_dir("bwrap");
	assert_int_equal(convert_received(&done, &job), REFUSE_NOTHING);
	assert_int_not_equal(access(in_dir("tried"), F_OK), 0);
}

static void what_no_machine_received_is_refused(void **state)
{
	file_write("got.tif", "II*\0\10\0\0\0\0\0", 10);
	job.inputs[0] = in_dir("got.tif");
	job.count = 1;
	job.out = in_dir("got.pdf");
	assert_int_equal(convert_received(&done, &job), REFUSE_DAMAGED);
	assert_int_not_equal(access(job.out, F_OK), 0);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, open_folder, close_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_pdf_becomes_pages),
		IN_FOLDER(standard_has_half_the_rows),
		IN_FOLDER(landscape_is_turned_upright),
		IN_FOLDER(large_paper_is_made_smaller),
		IN_FOLDER(a_fax_keeps_its_dots),
		IN_FOLDER(pictures_become_dots_and_text_stays_solid),
		IN_FOLDER(a_picture_is_one_to_its_edges),
		IN_FOLDER(a_standard_page_is_drawn_as_high_as_it_is),
		IN_FOLDER(the_first_page_has_a_small_picture),
		IN_FOLDER(a_cover_page_is_drawn),
		IN_FOLDER(a_value_of_another_script_is_drawn),
		IN_FOLDER(what_is_filled_in_is_text_only),
		IN_FOLDER(a_wrong_template_is_refused_in_words),
		IN_FOLDER(a_cover_goes_before_the_pages_as_they_are),
		IN_FOLDER(a_cover_has_a_logo),
		IN_FOLDER(several_files_are_joined_in_order),
		IN_FOLDER(without_bubblewrap_it_is_the_same),
		IN_FOLDER(locked_ones_are_refused),
		IN_FOLDER(what_is_no_document_is_refused),
		IN_FOLDER(too_many_pages_are_refused),
		IN_FOLDER(truncated_ones_are_endured),
		IN_FOLDER(huge_boxes_are_endured),
		IN_FOLDER(a_page_tree_in_a_circle_is_endured),
		IN_FOLDER(a_bomb_of_zeros_is_endured),
		IN_FOLDER(endless_drawing_is_refused),
		IN_FOLDER(pictures_that_claim_to_be_huge_are_refused),
		IN_FOLDER(a_child_can_only_read_and_write),
		IN_FOLDER(a_program_writes_nowhere),
		IN_FOLDER(a_child_ends_at_its_deadline),
		IN_FOLDER(a_received_fax_becomes_a_pdf_without_loss),
		IN_FOLDER(no_page_of_many_is_left_out_in_silence),
		IN_FOLDER(a_received_fax_needs_no_bubblewrap),
		IN_FOLDER(what_no_machine_received_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
