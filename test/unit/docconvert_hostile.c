/**
 * @file docconvert_hostile.c  Tests the program doc-convert with documents that are meant to hurt
 *
 * Each is refused with a sentence for people, or converted; in time, in little memory, without a
 * file written beside the folder of its result, and without a word to the network.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <setjmp.h>
#include <stddef.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <jansson.h>
#include <png.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <zlib.h>
#include "fax_pages.h"
#include "folder.h"
#include "jpeg_make.h"
#include "pdf_make.h"

enum { SECONDS = 30, MEMORY_MIB = 256, WIDTH = 1728, MIB = 1 << 20, ZEROS_MIB = 400 };

#if defined(__SANITIZE_ADDRESS__)
enum { WATCHED = 1 }; /* its shadow is memory too */
#else
enum { WATCHED = 0 };
#endif

/** What doc-convert said, and what it took with all its children */
static struct {
	bool ok;
	int pages;
	char reason[24], message[320];
	uint64_t wall_ms, cpu_ms;
	long kib;
} seen;

static struct folder folder;
static const char *bwrap, *op;
static unsigned seconds;
static int listener = -1; /* who would be called */
static uint16_t port;

static const char *at(const char *name)
{
	static char path[8][160];
	static unsigned next;
	char *p = path[next++ % 8];

	snprintf(p, 160, "%s/%s", folder.path, name);
	return p;
}

/* In it: the documents; `out` for what is made of them; `room`, where the program runs */
static int open_folder(void **state)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(a);

	folder_make(&folder);
	assert_int_equal(mkdir(at("out"), 0700), 0);
	assert_int_equal(mkdir(at("room"), 0700), 0);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&a, &n), 0);
	port = ntohs(a.sin_port);
	bwrap = "/usr/bin/bwrap";
	op = "fax";
	seconds = SECONDS;
	return 0;
}

static int close_folder(void **state)
{
	close(listener);
	folder_remove(&folder);
	return 0;
}

static void file_write(const char *name, const void *p, size_t n)
{
	FILE *f = fopen(at(name), "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	fclose(f);
}

/* --- running it ------------------------------------------------------------------------------ */

static uint64_t ms_of(const struct timeval *t)
{
	return (uint64_t)t->tv_sec * 1000 + (uint64_t)t->tv_usec / 1000;
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static pid_t program_start(int in, int out)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid)
		return pid;
	if (chdir(at("room")) || setenv("HOME", at("room"), 1) || setenv("TMPDIR", at("room"), 1))
		_exit(126);
	dup2(in, 0);
	dup2(out, 1);
	execl(DOC_CONVERT, DOC_CONVERT, (char *)NULL);
	_exit(127);
}

static void answer_take(int fd)
{
	FILE *f = fdopen(fd, "r");
	json_t *o = json_loadf(f, JSON_DISABLE_EOF_CHECK, NULL);
	const char *reason = json_string_value(json_object_get(o, "reason"));
	const char *message = json_string_value(json_object_get(o, "message"));

	assert_non_null(o);
	seen.ok = json_is_true(json_object_get(o, "ok"));
	seen.pages = (int)json_integer_value(json_object_get(o, "pages"));
	snprintf(seen.reason, sizeof(seen.reason), "%s", reason ? reason : "");
	snprintf(seen.message, sizeof(seen.message), "%s", message ? message : "");
	json_decref(o);
	fclose(f);
}

static void run(const char *request)
{
	int in[2], out[2], status;
	struct rusage took;
	uint64_t from = now_ms();
	pid_t pid;

	memset(&seen, 0, sizeof(seen));
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	pid = program_start(in[0], out[1]);
	close(in[0]);
	close(out[1]);
	assert_int_equal(write(in[1], request, strlen(request)), strlen(request));
	close(in[1]);
	answer_take(out[0]);
	assert_int_equal(wait4(pid, &status, 0, &took), pid);
	assert_true(WIFEXITED(status));
	seen.wall_ms = now_ms() - from;
	seen.cpu_ms = ms_of(&took.ru_utime) + ms_of(&took.ru_stime);
	seen.kib = took.ru_maxrss;
}

static unsigned files_seen;

static int count_h(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	files_seen++;
	return 0;
}

static unsigned files_in(const char *name)
{
	files_seen = 0;
	assert_int_equal(nftw(at(name), count_h, 16, FTW_PHYS), 0);
	return files_seen - 1;
}

static void out_empty(void)
{
	files_seen = files_in("out");
	assert_int_equal(nftw(at("out"), folder_drop, 16, FTW_DEPTH | FTW_PHYS), 0);
	assert_int_equal(mkdir(at("out"), 0700), 0);
}

/* Whatever became of it */
static void harmless(unsigned files_before)
{
	assert_true(seen.wall_ms <= seconds * 1000 + 1000);
	assert_true(seen.cpu_ms <= seconds * 1000 + 1000);
	if (!WATCHED)
		assert_in_range(seen.kib, 1, MEMORY_MIB * 1024);
	assert_int_equal(files_in("room"), 0);
	assert_int_equal(files_in("") - files_in("out"), files_before);
	assert_int_equal(accept(listener, NULL, NULL), -1);
	if (seen.ok)
		return;
	assert_int_equal(files_in("out"), 0);
	assert_string_not_equal(seen.reason, "system");
	/* a sentence, with nothing of the program in it */
	assert_true(strlen(seen.message) > 20 && strchr(seen.message, '.'));
	assert_null(strstr(seen.message, folder.path));
}

static void convert(const char *name)
{
	unsigned before = files_in("") - files_in("out");
	char request[600];

	snprintf(request, sizeof(request),
		 "{\"op\":\"%s\",\"inputs\":[\"%s\"],\"out\":\"%s%s\",\"seconds\":%u,"
		 "\"bwrap\":\"%s\"}",
		 op, at(name), at("out"), strcmp(op, "pdf") ? "" : "/got.pdf", seconds, bwrap);
	run(request);
	harmless(before);
}

static void endured(const char *name)
{
	convert(name);
	out_empty();
}

static void refused(const char *name, const char *reason)
{
	convert(name);
	assert_false(seen.ok);
	assert_string_equal(seen.reason, reason);
}

/* Black dots of the only page */
static unsigned black(void)
{
	TIFF *t = TIFFOpen(at("out/fax.tif"), "r");
	uint8_t row[WIDTH / 8];
	uint32_t rows = 0;
	unsigned n = 0;

	assert_non_null(t);
	TIFFGetField(t, TIFFTAG_IMAGELENGTH, &rows);
	for (uint32_t y = 0; y < rows; y++) {
		assert_int_equal(TIFFReadScanline(t, row, y, 0), 1);
		for (unsigned i = 0; i < sizeof(row); i++)
			n += (unsigned)__builtin_popcount(row[i]);
	}
	TIFFClose(t);
	return n;
}

/* --- documents ------------------------------------------------------------------------------- */

static const char ink[] = "0 0 595 842 re f", square[] = "72 700 72 72 re f";

static void pdf_end(const char *name)
{
	pdf_save(at(name), "");
}

enum { PACKED_MOST = 2 * MIB };

/* ZEROS_MIB of zeros, a thousandth as long: packed once a program, for it takes seconds */
static const uint8_t *zeros(size_t *size)
{
	static uint8_t packed[PACKED_MOST], block[MIB];
	static size_t n;
	z_stream z = {.next_out = packed, .avail_out = PACKED_MOST};

	if (!n) {
		assert_int_equal(deflateInit(&z, 9), Z_OK);
		for (unsigned i = 0; i <= ZEROS_MIB; i++) {
			z.next_in = block;
			z.avail_in = i < ZEROS_MIB ? MIB : 0;
			deflate(&z, i < ZEROS_MIB ? Z_NO_FLUSH : Z_FINISH);
		}
		n = z.total_out;
		deflateEnd(&z);
	}
	*size = n;
	return packed;
}

/* Zeros, packed as often as said */
static uint8_t *zeros_packed(size_t *size, unsigned times)
{
	const uint8_t *first = zeros(size);
	uint8_t *packed = malloc(PACKED_MOST), *once;

	memcpy(packed, first, *size);
	while (--times) {
		uLongf n = PACKED_MOST;

		once = packed;
		packed = malloc(PACKED_MOST);
		assert_int_equal(compress2(packed, &n, once, *size, 9), Z_OK);
		*size = n;
		free(once);
	}
	return packed;
}

static void png_make(const char *name, unsigned wide, unsigned high, bool interlaced)
{
	FILE *f = fopen(at(name), "wb");
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	uint8_t *row = calloc(1, wide);
	int passes;

	png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
	png_init_io(png, f);
	png_set_compression_level(png, 1);
	png_set_IHDR(png, info, wide, high, 1, PNG_COLOR_TYPE_GRAY,
		     interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
		     PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	passes = png_set_interlace_handling(png);
	for (int pass = 0; pass < passes; pass++) {
		for (unsigned y = 0; y < high; y++)
			png_write_row(png, row);
	}
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
	free(row);
	fclose(f);
}

static void jpeg_make(const char *name, unsigned wide, unsigned high, bool progressive)
{
	const struct jpeg_kind black = {.colour = true, .progressive = progressive};

	jpeg_write(at(name), wide, high, &black);
}

/* Grey of eight bits; zeros pack well */
static void tiff_make(const char *name, unsigned wide, unsigned high, unsigned rows)
{
	TIFF *t = TIFFOpen(at(name), "w");
	uint8_t *row = calloc(1, wide);

	assert_non_null(t);
	TIFFSetField(t, TIFFTAG_IMAGEWIDTH, wide);
	TIFFSetField(t, TIFFTAG_IMAGELENGTH, high);
	TIFFSetField(t, TIFFTAG_BITSPERSAMPLE, 8);
	TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, 1);
	TIFFSetField(t, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
	TIFFSetField(t, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
	TIFFSetField(t, TIFFTAG_ROWSPERSTRIP, rows);
	for (unsigned y = 0; y < high; y++)
		assert_int_equal(TIFFWriteScanline(t, row, y, 0), 1);
	TIFFClose(t);
	free(row);
}

struct entry {
	uint16_t tag, type; /* 3: 16 bits, 4: 32 bits */
	uint32_t count, value;
};

/* A page of a TIFF by hand, at its place in the file */
static void ifd_put(uint8_t *file, uint32_t where, const struct entry *e, uint16_t n, uint32_t next)
{
	memcpy(file + where, &n, 2);
	for (unsigned i = 0; i < n; i++) {
		uint8_t *p = file + where + 2 + 12 * i;

		memcpy(p, &e[i].tag, 2);
		memcpy(p + 2, &e[i].type, 2);
		memcpy(p + 4, &e[i].count, 4);
		memcpy(p + 8, &e[i].value, 4);
	}
	memcpy(file + where + 2 + 12 * n, &next, 4);
}

enum { STRIP = 8, ENTRIES = 9, IFD = 2 + 12 * ENTRIES + 4 };

/* Eight by eight dots, not packed; the strip lies behind the head */
static const struct entry dots[ENTRIES] = {
	{256, 4, 1, 8}, {257, 4, 1, 8}, {258, 3, 1, 1}, {259, 3, 1, 1}, {262, 3, 1, 0},
	{273, 4, 1, 8}, {277, 3, 1, 1}, {278, 4, 1, 8}, {279, 4, 1, 8},
};

static uint8_t *tiff_head(size_t size)
{
	static const uint8_t head[16] = {'I', 'I', '*', 0, 16};
	uint8_t *file = calloc(1, size);

	memcpy(file, head, sizeof(head));
	return file;
}

/* So many pages, each after the other; the last one's next is said */
static void tiff_pages(const char *name, unsigned pages, uint32_t last)
{
	size_t size = 16 + (size_t)pages * IFD;
	uint8_t *file = tiff_head(size);

	for (unsigned i = 0; i < pages; i++)
		ifd_put(file, 16 + i * IFD, dots, ENTRIES,
			i + 1 < pages ? 16 + (i + 1) * IFD : last);
	file_write(name, file, size);
	free(file);
}

/* One page of which one entry is another */
static void tiff_with(const char *name, struct entry other)
{
	uint8_t *file = tiff_head(16 + IFD);
	struct entry e[ENTRIES];

	for (unsigned i = 0; i < ENTRIES; i++)
		e[i] = dots[i].tag == other.tag ? other : dots[i];
	ifd_put(file, 16, e, ENTRIES, 0);
	file_write(name, file, 16 + IFD);
	free(file);
}

/* --- locked and cut off ---------------------------------------------------------------------- */

#define KEY "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"
#define LONG_KEY KEY "00112233445566778899aabbccddeeff"

static void every_kind_of_lock_is_called_a_lock(void **state)
{
	static const char *const locks[] = {
		"/Filter/Standard/V 1/R 2/P -4/O<" KEY ">/U<" KEY ">",
		"/Filter/Standard/V 2/R 3/Length 128/P -4/O<" KEY ">/U<" KEY ">",
		"/Filter/Standard/V 5/R 6/Length 256/P -4/O<" LONG_KEY ">/U<" LONG_KEY ">/OE<" KEY
		">/UE<" KEY ">/Perms<00112233445566778899aabbccddeeff>"
		"/CF<</StdCF<</CFM/AESV3/Length 32/AuthEvent/DocOpen>>>>/StmF/StdCF/StrF/StdCF",
		"/Filter/Adobe.PubSec/SubFilter/adbe.pkcs7.s4/V 1/Recipients[<" KEY ">]",
		"/Filter/Nobody.Knows/V 1",
	};
	char trailer[900];

	for (unsigned i = 0; i < sizeof(locks) / sizeof(*locks); i++) {
		pdf_begin(1);
		pdf_page(595, 842, "", square, strlen(square));
		snprintf(trailer, sizeof(trailer), "/ID[<%s><%s>]/Encrypt<<%s>>", KEY, KEY,
			 locks[i]);
		pdf_save(at("a.pdf"), trailer);
		refused("a.pdf", "locked");
		assert_non_null(strstr(seen.message, "password"));
	}
}

static void cut(const char *name, unsigned percent)
{
	struct stat st;

	assert_int_equal(stat(at(name), &st), 0);
	assert_int_equal(truncate(at(name), st.st_size * percent / 100), 0);
}

static void what_was_cut_off_is_endured(void **state)
{
	static const char *const names[] = {"a.pdf", "a.png", "a.jpg", "b.jpg", "a.tif", "b.tif"};

	for (unsigned percent = 10; percent < 100; percent += 40) {
		pdf_begin(3);
		for (unsigned i = 0; i < 3; i++)
			pdf_page(595, 842, "", square, strlen(square));
		pdf_end("a.pdf");
		png_make("a.png", 800, 800, false);
		jpeg_make("a.jpg", 800, 800, false);
		jpeg_make("b.jpg", 800, 800, true);
		pages_write(at("a.tif"), 3, false);
		tiff_make("b.tif", 800, 800, 8);
		for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
			cut(names[i], percent);
			endured(names[i]);
		}
	}
}

/* --- larger than it looks -------------------------------------------------------------------- */

static void a_bomb_in_a_bomb_is_endured(void **state)
{
	static const char *const filters[] = {"/Filter/FlateDecode",
					      "/Filter[/FlateDecode/FlateDecode]",
					      "/Filter[/FlateDecode/FlateDecode/FlateDecode]"};

	seconds = 3;
	for (unsigned times = 1; times <= 3; times++) {
		size_t n;
		uint8_t *packed = zeros_packed(&n, times);

		pdf_begin(1);
		pdf_page(595, 842, filters[times - 1], packed, n);
		pdf_end("a.pdf");
		free(packed);
		endured("a.pdf");
	}
}

static void a_picture_in_a_pdf_that_is_a_bomb_is_endured(void **state)
{
	static const char *const kinds[] = {
		"/Width 57000/Height 57000/BitsPerComponent 1/ColorSpace/DeviceGray",
		"/Width 20000/Height 20000/BitsPerComponent 8/ColorSpace/DeviceRGB",
		"/Width 2000000000/Height 2000000000/BitsPerComponent 16/ColorSpace/DeviceCMYK",
		"/Width 1/Height 400000000/BitsPerComponent 8/ColorSpace/DeviceGray",
	};
	static const char draw[] = "595 0 0 842 0 0 cm /I Do";
	size_t n;
	uint8_t *packed = zeros_packed(&n, 1);
	char entries[300];

	seconds = 3;
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		pdf_begin(1);
		pdf_sheet(595, 842, "/Resources<</XObject<</I 5 0 R>>>>");
		stream("", draw, strlen(draw));
		snprintf(entries, sizeof(entries),
			 "/Type/XObject/Subtype/Image/Filter/FlateDecode%s", kinds[i]);
		stream(entries, packed, n);
		pdf_end("a.pdf");
		endured("a.pdf");
	}
	free(packed);
}

static void pictures_are_drawn_up_to_a_size(void **state)
{
	png_make("a.png", 8000, 8000, false);
	convert("a.png");
	assert_true(seen.ok);
	out_empty();
	jpeg_make("a.jpg", 8000, 8000, false);
	convert("a.jpg");
	assert_true(seen.ok);
	out_empty();
}

static void larger_pictures_are_called_too_large(void **state)
{
	png_make("a.png", 20000, 20000, false);
	refused("a.png", "too-large");
	png_make("b.png", 9000, 9000, true);
	refused("b.png", "too-large");
	jpeg_make("a.jpg", 12000, 12000, false);
	refused("a.jpg", "too-large");
	/* all of its scans are kept until the last one */
	jpeg_make("b.jpg", 8000, 8000, true);
	endured("b.jpg");
	tiff_make("a.tif", 20000, 20000, 100);
	refused("a.tif", "too-large");
	tiff_make("b.tif", 8000, 8000, 8000);
	WATCHED ? endured("b.tif") : refused("b.tif", "too-large");
	tiff_with("c.tif", (struct entry){256, 4, 1, 0x7fffffff});
	refused("c.tif", "too-large");
	tiff_with("d.tif", (struct entry){257, 4, 1, 0xffffffff});
	refused("d.tif", "damaged");
}

static void twenty_thousand_pages_are_refused(void **state)
{
	pdf_begin(20000);
	for (unsigned i = 0; i < 20000; i++)
		pdf_page(595, 842, "", "f", 1);
	pdf_end("a.pdf");
	refused("a.pdf", "too-many-pages");
	tiff_pages("a.tif", 20000, 0);
	refused("a.tif", "too-many-pages");
}

static void a_count_of_pages_that_lies_is_endured(void **state)
{
	static const long counts[] = {0, -1, 20000, 2147483647};

	for (unsigned i = 0; i < 4; i++) {
		pdf_head("");
		object();
		put("<</Type/Pages/Count %ld/Kids[3 0 R]>>\nendobj\n", counts[i]);
		pdf_page(595, 842, "", "f", 1);
		pdf_end("a.pdf");
		endured("a.pdf");
	}
}

static void paper_of_any_size_is_endured(void **state)
{
	static const unsigned sizes[][2] = {
		{14400, 14400},		  {1, 2000000000}, {2000000000, 1},
		{2000000000, 2000000000}, {0, 0},	   {1, 1},
	};

	for (unsigned i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		pdf_begin(1);
		pdf_page(sizes[i][0], sizes[i][1], "", square, strlen(square));
		pdf_end("a.pdf");
		endured("a.pdf");
	}
	pdf_begin(1);
	pdf_sheet(595, 842, "/MediaBox[-1e30 -1e30 1e30 1e30]/CropBox[9 9 8 8]/UserUnit 75000");
	stream("", square, strlen(square));
	pdf_end("a.pdf");
	endured("a.pdf");
}

/* --- what does something --------------------------------------------------------------------- */

static void what_a_pdf_wants_to_do_is_not_done(void **state)
{
	char catalogue[1200], script[200];

	snprintf(script, sizeof(script),
		 "/S/JavaScript/JS(app.launchURL\\('http://127.0.0.1:%u/'\\);this.saveAs"
		 "\\('%s/js'\\);)",
		 port, folder.path);
	snprintf(catalogue, sizeof(catalogue),
		 "/OpenAction<<%s/Next<</S/Launch/F(/usr/bin/touch)/Win<</F(touch)/P(%s/launched)"
		 ">>/Next<</S/URI/URI(http://127.0.0.1:%u/)>>>>>>"
		 "/AA<</WC<<%s>>/WS<<%s>>>>/Names<</JavaScript<</Names[(a)<<%s>>]>>>>"
		 "/AcroForm<</Fields[]/XFA(<xdp/>)/NeedAppearances true>>",
		 script, folder.path, port, script, script, script);
	for (unsigned i = 0; i < 2; i++) {
		bwrap = i ? "/nowhere/bwrap" : "/usr/bin/bwrap";
		pdf_head(catalogue);
		pdf_list(1);
		snprintf(catalogue + 1000, 200, "/AA<</O<<%s>>>>", "/S/Launch/F(/usr/bin/touch)");
		pdf_sheet(595, 842, catalogue + 1000);
		stream("", square, strlen(square));
		pdf_end("a.pdf");
		convert("a.pdf");
		assert_true(seen.ok);
		assert_int_equal(seen.pages, 1);
		assert_in_range(black(), 200 * 190, 210 * 200);
		out_empty();
	}
}

/* What is drawn of it would be black */
static void elsewhere(const char *draw, const char *entries)
{
	pdf_begin(1);
	pdf_sheet(595, 842, "/Resources<</XObject<</I 5 0 R>>>>");
	stream(draw ? "" : entries, draw ? draw : "", draw ? strlen(draw) : 0);
	stream(draw ? entries : "", "", 0);
	pdf_end("a.pdf");
	convert("a.pdf");
	if (seen.ok)
		assert_int_equal(black(), 0);
	out_empty();
}

static void what_lies_elsewhere_is_not_fetched(void **state)
{
	static const char draw[] = "595 0 0 842 0 0 cm /I Do";
	char text[400];

	file_write("secret", ink, strlen(ink));
	for (unsigned i = 0; i < 2; i++) {
		bwrap = i ? "/nowhere/bwrap" : "/usr/bin/bwrap";
		snprintf(text, sizeof(text), "/F(%s)", at("secret"));
		elsewhere(NULL, text);
		snprintf(text, sizeof(text), "/F<</FS/URL/F(http://127.0.0.1:%u/ink)>>", port);
		elsewhere(NULL, text);
		snprintf(text, sizeof(text),
			 "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8"
			 "/ColorSpace/DeviceGray/F(%s)",
			 at("secret"));
		elsewhere(draw, text);
		snprintf(text, sizeof(text),
			 "/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Ref<</F(%s)/Page 0>>"
			 "/OPI<</1.3<</F(%s)/Size[1 1]>>>>",
			 at("secret"), at("secret"));
		elsewhere(draw, text);
	}
}

/* --- in circles, and deep -------------------------------------------------------------------- */

static void what_draws_itself_is_endured(void **state)
{
	static const char draw[] = "/I Do /I Do /I Do";

	seconds = 3;
	pdf_begin(1);
	pdf_sheet(595, 842, "/Resources<</XObject<</I 5 0 R>>>>");
	stream("", draw, strlen(draw));
	stream("/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</I 5 0 R>>>>",
	       draw, strlen(draw));
	pdf_end("a.pdf");
	endured("a.pdf");
	pdf_head("");
	object();
	put("<</Type/Pages/Count 5/Kids[2 0 R 2 0 R]>>\nendobj\n");
	pdf_end("b.pdf");
	endured("b.pdf");
	pdf_begin(1);
	pdf_sheet(595, 842, "/Parent 3 0 R");
	put("6 0 obj\n6 0 R\nendobj\n");
	stream("/Length 6 0 R/Filter 6 0 R", square, strlen(square));
	pdf_end("c.pdf");
	endured("c.pdf");
}

static void no_depth_is_too_deep(void **state)
{
	enum { DEEP = 300000 };
	char *text = malloc(DEEP + 1);

	seconds = 3;
	memset(text, '[', DEEP);
	text[DEEP] = '\0';
	pdf_head("");
	object();
	put("<</Type/Pages/Count 1/Kids[3 0 R]/Deep %s>>\nendobj\n", text);
	pdf_page(595, 842, "", text, DEEP);
	pdf_end("a.pdf");
	endured("a.pdf");
	for (unsigned i = 0; i + 2 <= DEEP; i += 2)
		memcpy(text + i, "q ", 2);
	pdf_begin(1);
	pdf_page(595, 842, "", text, DEEP);
	pdf_end("b.pdf");
	endured("b.pdf");
	free(text);
}

static void a_tiff_in_a_circle_ends(void **state)
{
	tiff_pages("a.tif", 1, 16);
	endured("a.tif");
	assert_true(seen.pages <= 1);
	tiff_pages("b.tif", 3, 16 + IFD);
	endured("b.tif");
	assert_true(seen.pages <= 3);
	tiff_pages("c.tif", 2, 0xfffffff0);
	endured("c.tif");
	op = "pdf";
	tiff_pages("d.tif", 3, 16);
	endured("d.tif");
}

static void a_tiff_that_lies_about_its_strips_is_endured(void **state)
{
	static const struct entry lies[] = {
		{273, 4, 1, 0xfffffff0}, {273, 4, 0x20000000, 8}, {279, 4, 1, 0xffffffff},
		{279, 4, 0x20000000, 8}, {278, 4, 1, 0},	  {278, 4, 1, 0xffffffff},
		{277, 3, 1, 65535},	 {258, 3, 1, 64},	  {258, 3, 65535, 8},
		{259, 3, 1, 4},		 {259, 3, 1, 34712},	  {262, 3, 1, 65535},
		{256, 4, 1, 0},		 {257, 4, 1, 64 << 20},
	};

	for (unsigned i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		tiff_with("a.tif", lies[i]);
		op = "fax";
		endured("a.tif");
		op = "pdf";
		endured("a.tif");
	}
}

static void a_logo_that_is_meant_to_hurt_is_refused(void **state)
{
	char request[600];

	png_make("a.png", 20000, 20000, false);
	snprintf(request, sizeof(request),
		 "{\"op\":\"cover\",\"template\":\" \",\"logo\":\"%s\",\"out\":\"%s\"}",
		 at("a.png"), at("out"));
	run(request);
	harmless(3);
	assert_string_equal(seen.reason, "too-large");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, open_folder, close_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(every_kind_of_lock_is_called_a_lock),
		IN_FOLDER(what_was_cut_off_is_endured),
		IN_FOLDER(a_bomb_in_a_bomb_is_endured),
		IN_FOLDER(a_picture_in_a_pdf_that_is_a_bomb_is_endured),
		IN_FOLDER(pictures_are_drawn_up_to_a_size),
		IN_FOLDER(larger_pictures_are_called_too_large),
		IN_FOLDER(twenty_thousand_pages_are_refused),
		IN_FOLDER(a_count_of_pages_that_lies_is_endured),
		IN_FOLDER(paper_of_any_size_is_endured),
		IN_FOLDER(what_a_pdf_wants_to_do_is_not_done),
		IN_FOLDER(what_lies_elsewhere_is_not_fetched),
		IN_FOLDER(what_draws_itself_is_endured),
		IN_FOLDER(no_depth_is_too_deep),
		IN_FOLDER(a_tiff_in_a_circle_ends),
		IN_FOLDER(a_tiff_that_lies_about_its_strips_is_endured),
		IN_FOLDER(a_logo_that_is_meant_to_hurt_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
