/**
 * @file font_leaks.h  What libraries of fonts keep for the life of a process is no leak of ours
 */
#ifndef CARILLON_TEST_FONT_LEAKS_H
#define CARILLON_TEST_FONT_LEAKS_H

/* The fonts that were found are kept to the end of the process. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\nleak:libpango\nleak:libglib";
}

#endif
