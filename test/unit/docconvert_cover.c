/**
 * @file docconvert_cover.c  Tests what a cover page needs of the machine it is drawn on: letters of
 * every script
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>
#include <pango/pangocairo.h>
#include "font_leaks.h"

static const char japanese[] =
	"\xe6\xa0\xaa\xe5\xbc\x8f\xe4\xbc\x9a\xe7\xa4\xbe\xe3\x82\xa2\xe3\x83\x8a";
static const char chinese[] = "\xe7\xae\x80\xe4\xbd\x93\xe7\xb9\x81\xe9\xab\x94";
static const char korean[] = "\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4";
static const char arabic[] = "\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7";

static PangoLayout *layout_of(cairo_t *cr, const char *text)
{
	PangoLayout *l = pango_cairo_create_layout(cr);
	PangoFontDescription *font = pango_font_description_from_string("Sans 12");

	pango_layout_set_font_description(l, font);
	pango_layout_set_text(l, text, -1);
	pango_font_description_free(font);
	return l;
}

/* As a cover page draws them: each letter has a glyph, and Arabic runs right to left */
static void letters_of_other_scripts_have_glyphs(void **state)
{
	const char *const texts[] = {japanese, chinese, korean, arabic};
	cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_A8, 8, 8);
	cairo_t *cr = cairo_create(image);
	PangoRectangle first, last;

	for (size_t i = 0; i < 4; i++) {
		PangoLayout *l = layout_of(cr, texts[i]);

		assert_int_equal(pango_layout_get_unknown_glyphs_count(l), 0);
		pango_layout_index_to_pos(l, 0, &first);
		pango_layout_index_to_pos(l, (int)strlen(texts[i]) - 2, &last);
		assert_true(i == 3 ? first.x > last.x : first.x < last.x);
		g_object_unref(l);
	}
	cairo_destroy(cr);
	cairo_surface_destroy(image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_of_other_scripts_have_glyphs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
