/* PDF files by hand, for tests: right ones, and those that no program would write */
#ifndef TEST_PDF_MAKE_H
#define TEST_PDF_MAKE_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PDF_MAX = 64 << 20, PDF_OBJECTS = 50000 };

static struct {
	char *text;
	size_t at, objects[PDF_OBJECTS];
	unsigned count;
} pdf;

__attribute__((format(printf, 1, 2))) static inline void put(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	pdf.at += (size_t)vsnprintf(pdf.text + pdf.at, PDF_MAX - pdf.at, fmt, ap);
	va_end(ap);
	assert_true(pdf.at < PDF_MAX);
}

/* The next object: 1 is the catalogue, 2 the list of pages */
static inline void object(void)
{
	pdf.objects[++pdf.count] = pdf.at;
	put("%u 0 obj\n", pdf.count);
}

static inline void stream(const char *entries, const void *octets, size_t n)
{
	object();
	put("<<%s/Length %zu>>stream\n", entries, n);
	assert_true(pdf.at + n < PDF_MAX);
	memcpy(pdf.text + pdf.at, octets, n);
	pdf.at += n;
	put("\nendstream\nendobj\n");
}

/* With what else stands in the catalogue */
static inline void pdf_head(const char *catalogue)
{
	pdf.text = malloc(PDF_MAX);
	pdf.at = pdf.count = 0;
	assert_non_null(pdf.text);
	put("%%PDF-1.4\n");
	object();
	put("<</Type/Catalog/Pages 2 0 R%s>>\nendobj\n", catalogue);
}

/* So many pages, of two objects each: 3 and 4 are the first one */
static inline void pdf_list(unsigned pages)
{
	object();
	put("<</Type/Pages/Count %u/Resources<</Font<</F<</Type/Font/Subtype/Type1"
	    "/BaseFont/Helvetica>>>>>>/Kids[",
	    pages);
	for (unsigned i = 0; i < pages; i++)
		put("%u 0 R ", 3 + 2 * i);
	put("]>>\nendobj\n");
}

static inline void pdf_begin(unsigned pages)
{
	pdf_head("");
	pdf_list(pages);
}

/* Its contents are the next object */
static inline void pdf_sheet(unsigned wide, unsigned high, const char *entries)
{
	object();
	put("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %u %u]/Contents %u 0 R%s>>\nendobj\n", wide,
	    high, pdf.count + 1, entries);
}

static inline void pdf_page(unsigned wide, unsigned high, const char *filter, const void *text,
			    size_t n)
{
	pdf_sheet(wide, high, "");
	stream(filter, text, n);
}

static inline void pdf_save(const char *file, const char *trailer)
{
	size_t table = pdf.at;
	FILE *f = fopen(file, "wb");

	put("xref\n0 %u\n0000000000 65535 f \n", pdf.count + 1);
	for (unsigned i = 1; i <= pdf.count; i++)
		put("%010zu 00000 n \n", pdf.objects[i]);
	put("trailer\n<</Size %u/Root 1 0 R%s>>\nstartxref\n%zu\n%%%%EOF\n", pdf.count + 1, trailer,
	    table);
	assert_non_null(f);
	assert_int_equal(fwrite(pdf.text, 1, pdf.at, f), pdf.at);
	fclose(f);
	free(pdf.text);
}

#endif
