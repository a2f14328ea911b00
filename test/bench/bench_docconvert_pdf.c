/**
 * @file bench_docconvert_pdf.c  Eight received pages become a PDF: processor time, children
 * included
 *
 * The document is opened only in a confined child; `bare` is a child that does nothing.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <cmocka.h>
#include "bench_line.h"
#include "convert.h"
#include "fax_pages.h"

enum { PAGES = 8, TIMES = 50 };
static const double limit_ms = 6;

static double used_ms(void)
{
	static const int who[] = {RUSAGE_SELF, RUSAGE_CHILDREN};
	double ms = 0;

	for (unsigned i = 0; i < 2; i++) {
		struct rusage r;

		getrusage(who[i], &r);
		ms += (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e3 +
		      (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e3;
	}
	return ms;
}

static void bare(void)
{
	double before = used_ms();

	for (int i = 0; i < TIMES; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
	bench_line("docconvert.pdf.bare", (used_ms() - before) / TIMES, "ms", 0);
}

int main(void)
{
	char in[] = "/tmp/bench-pdf-in.XXXXXX", out[] = "/tmp/bench-pdf-out.XXXXXX";
	struct converted done;
	struct convert c = {
		.inputs = {in}, .count = 1, .out = out, .seconds = 30, .memory_mib = 1500};
	double before;

	if (mkstemp(in) < 0 || mkstemp(out) < 0)
		return 1;
	pages_write(in, PAGES, true);
	bare();
	before = used_ms();
	for (int i = 0; i < TIMES; i++) {
		if (convert_received(&done, &c) != REFUSE_NOTHING)
			return 1;
	}
	bench_line("docconvert.pdf.pages_8", (used_ms() - before) / TIMES, "ms", limit_ms);
	unlink(in);
	unlink(out);
	return 0;
}
