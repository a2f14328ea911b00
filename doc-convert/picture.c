/**
 * @file picture.c  TIFF, PNG and JPEG, read in a confined child
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <jpeglib.h>
#include <jerror.h>
#include <png.h>
#include <tiffio.h>
#include "gray.h"
#include "picture.h"

/* What keeps a picture of that size from being drawn: 0, 1 or CHILD_LARGE */
static int fault(uint64_t width, uint64_t height)
{
	if (!width || !height)
		return 1;
	return width > GRAY_DOTS / height ? CHILD_LARGE : 0;
}

static void header(unsigned width, unsigned height, double dpi_x, double dpi_y)
{
	printf("P5\n#%.2f %.2f\n%u %u\n255\n", dpi_x, dpi_y, width, height);
}

static uint8_t over_white(unsigned r, unsigned g, unsigned b, unsigned alpha)
{
	unsigned grey = (r * 299 + g * 587 + b * 114) / 1000;

	return (uint8_t)((grey * alpha + 255 * (255 - alpha)) / 255);
}

/* A page of one bit keeps its dots, in order of rows; everything else goes through libtiff's
 * colours */
static int tiff_bits(TIFF *t, uint32_t width, uint32_t height)
{
	uint8_t *row = calloc(1, (size_t)TIFFScanlineSize(t) + 8), *grey = malloc(width);
	uint16_t photometric = PHOTOMETRIC_MINISWHITE;
	int err = !row || !grey;

	TIFFGetField(t, TIFFTAG_PHOTOMETRIC, &photometric);
	for (uint32_t y = 0; !err && y < height; y++) {
		err = TIFFReadScanline(t, row, y, 0) != 1;
		for (uint32_t x = 0; !err && x < width; x++) {
			bool one = row[x / 8] >> (7 - x % 8) & 1;

			grey[x] = one == (photometric == PHOTOMETRIC_MINISWHITE) ? 0 : 255;
		}
		err = err || fwrite(grey, 1, width, stdout) != width;
	}
	free(row);
	free(grey);
	return err;
}

static int tiff_colours(TIFF *t, uint32_t width, uint32_t height)
{
	uint32_t *dots = malloc((size_t)width * height * sizeof(*dots));
	uint8_t *grey = malloc(width);
	int err = !dots || !grey ? CHILD_LARGE : 0;

	err = err ? err
		  : !TIFFReadRGBAImageOriented(t, width, height, dots, ORIENTATION_TOPLEFT, 1);

	for (uint32_t y = 0; !err && y < height; y++) {
		for (uint32_t x = 0; x < width; x++) {
			uint32_t d = dots[(size_t)y * width + x];

			grey[x] = over_white(TIFFGetR(d), TIFFGetG(d), TIFFGetB(d), TIFFGetA(d));
		}
		err = fwrite(grey, 1, width, stdout) != width;
	}
	free(dots);
	free(grey);
	return err;
}

static int tiff_page(TIFF *t)
{
	uint32_t width = 0, height = 0;
	uint16_t bits = 1, samples = 1, unit = RESUNIT_INCH;
	float x = 0, y = 0;
	int err;

	TIFFGetField(t, TIFFTAG_IMAGEWIDTH, &width);
	TIFFGetField(t, TIFFTAG_IMAGELENGTH, &height);
	TIFFGetFieldDefaulted(t, TIFFTAG_BITSPERSAMPLE, &bits);
	TIFFGetFieldDefaulted(t, TIFFTAG_SAMPLESPERPIXEL, &samples);
	TIFFGetFieldDefaulted(t, TIFFTAG_RESOLUTIONUNIT, &unit);
	TIFFGetField(t, TIFFTAG_XRESOLUTION, &x);
	TIFFGetField(t, TIFFTAG_YRESOLUTION, &y);
	if (unit == RESUNIT_CENTIMETER) {
		x *= 2.54f;
		y *= 2.54f;
	}
	if (!(x >= 1 && x <= 10000 && y >= 1 && y <= 10000))
		x = y = 0;
	err = fault(width, height);
	if (err)
		return err;
	header(width, height, x, y);
	if (bits == 1 && samples == 1 && !TIFFIsTiled(t))
		return tiff_bits(t, width, height);
	return tiff_colours(t, width, height);
}

static void quiet(const char *module, const char *fmt, va_list ap)
{
}

/** Every page of a TIFF */
int picture_tiff(void *arg)
{
	TIFF *t;
	int err;

	TIFFSetErrorHandler(quiet);
	TIFFSetWarningHandler(quiet);
	t = TIFFFdOpen(0, "document", "rm");
	if (!t)
		return 1;
	do
		err = tiff_page(t);
	while (!err && TIFFReadDirectory(t));
	return fflush(stdout) ? 1 : err;
}

static void png_size(const png_image *image, uint8_t *dots)
{
	uint32_t x = 0, y = 0;

	/* The simple reader of libpng does not tell pHYs: it is looked for by hand. */
	for (size_t i = 8; i + 21 < 4096 && lseek(0, (off_t)i, SEEK_SET) >= 0;) {
		uint8_t chunk[17];
		uint32_t n;

		if (read(0, chunk, sizeof(chunk)) < (ssize_t)sizeof(chunk) ||
		    !memcmp(chunk + 4, "IDAT", 4))
			break;
		n = (uint32_t)chunk[0] << 24 | (uint32_t)chunk[1] << 16 | (uint32_t)chunk[2] << 8 |
		    chunk[3];
		if (!memcmp(chunk + 4, "pHYs", 4)) {
			x = (uint32_t)chunk[8] << 24 | (uint32_t)chunk[9] << 16 |
			    (uint32_t)chunk[10] << 8 | chunk[11];
			y = (uint32_t)chunk[12] << 24 | (uint32_t)chunk[13] << 16 |
			    (uint32_t)chunk[14] << 8 | chunk[15];
		}
		if (n > 4096)
			break;
		i += (size_t)n + 12;
	}
	header(image->width, image->height, x * 0.0254, y * 0.0254);
}

/** The picture of a PNG, on white where it lets through */
int picture_png(void *arg)
{
	png_image image = {.version = PNG_IMAGE_VERSION};
	const png_color white = {255, 255, 255};
	uint8_t *dots;
	size_t n;
	int err = png_image_begin_read_from_stdio(&image, stdin) ? fault(image.width, image.height)
								 : 1;

	if (err)
		return err;
	image.format = PNG_FORMAT_GRAY;
	n = PNG_IMAGE_SIZE(image);
	dots = malloc(n);
	if (!dots)
		return CHILD_LARGE;
	if (!png_image_finish_read(&image, &white, dots, 0, NULL))
		return 1;
	png_size(&image, dots);
	return fwrite(dots, 1, n, stdout) == n && !fflush(stdout) ? 0 : 1;
}

static jmp_buf jpeg_failed;
static int jpeg_fault;

/* One that is sent in passes is kept whole until the last of them */
static void jpeg_error(j_common_ptr j)
{
	jpeg_fault = j->err->msg_code == JERR_OUT_OF_MEMORY ? CHILD_LARGE : 1;
	longjmp(jpeg_failed, 1);
}

static void jpeg_message(j_common_ptr j, int level)
{
}

static double jpeg_dpi(const struct jpeg_decompress_struct *j, unsigned density)
{
	if (j->density_unit == 1)
		return density;
	return j->density_unit == 2 ? density * 2.54 : 0;
}

static int jpeg_rows(struct jpeg_decompress_struct *j)
{
	uint8_t *row = malloc(j->output_width);
	int err = !row;

	while (!err && j->output_scanline < j->output_height) {
		err = jpeg_read_scanlines(j, &row, 1) != 1 ||
		      fwrite(row, 1, j->output_width, stdout) != j->output_width;
	}
	free(row);
	return err || fflush(stdout) ? 1 : 0;
}

/** The picture of a JPEG */
int picture_jpeg(void *arg)
{
	struct jpeg_decompress_struct j = {0};
	struct jpeg_error_mgr errors;

	j.err = jpeg_std_error(&errors);
	errors.error_exit = jpeg_error;
	errors.emit_message = jpeg_message;
	if (setjmp(jpeg_failed))
		return jpeg_fault;
	jpeg_create_decompress(&j);
	jpeg_stdio_src(&j, stdin);
	if (jpeg_read_header(&j, TRUE) != JPEG_HEADER_OK)
		return 1;
	jpeg_fault = fault(j.image_width, j.image_height);
	if (jpeg_fault)
		return jpeg_fault;
	j.out_color_space = JCS_GRAYSCALE;
	if (!jpeg_start_decompress(&j) || j.output_components != 1)
		return 1;
	header(j.output_width, j.output_height, jpeg_dpi(&j, j.X_density),
	       jpeg_dpi(&j, j.Y_density));
	return jpeg_rows(&j);
}
