/* JPEG files of one grey, for tests */
#ifndef TEST_JPEG_MAKE_H
#define TEST_JPEG_MAKE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>

struct jpeg_kind {
	uint8_t level; /* of all its dots */
	bool colour, progressive;
};

static inline void jpeg_write(const char *path, unsigned wide, unsigned high,
			      const struct jpeg_kind *kind)
{
	struct jpeg_compress_struct j = {0};
	struct jpeg_error_mgr errors;
	uint8_t *row = malloc(3UL * wide);
	FILE *f = fopen(path, "wb");

	memset(row, kind->level, 3UL * wide);
	j.err = jpeg_std_error(&errors);
	jpeg_create_compress(&j);
	jpeg_stdio_dest(&j, f);
	j.image_width = wide;
	j.image_height = high;
	j.input_components = kind->colour ? 3 : 1;
	j.in_color_space = kind->colour ? JCS_RGB : JCS_GRAYSCALE;
	jpeg_set_defaults(&j);
	if (kind->progressive)
		jpeg_simple_progression(&j);
	jpeg_start_compress(&j, TRUE);
	while (j.next_scanline < high)
		jpeg_write_scanlines(&j, &row, 1);
	jpeg_finish_compress(&j);
	jpeg_destroy_compress(&j);
	fclose(f);
	free(row);
}

#endif
