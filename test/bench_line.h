/**
 * @file bench_line.h  How every bench prints a figure: one JSON object a line; limit 0 is none
 */
#ifndef CARILLON_BENCH_LINE_H
#define CARILLON_BENCH_LINE_H

#include <stdio.h>

static inline void bench_line(const char *name, double value, const char *unit, double limit)
{
	printf("{\"bench\":\"%s\",\"value\":%.2f,\"unit\":\"%s\"", name, value, unit);
	if (limit != 0)
		printf(",\"limit\":%g", limit);
	puts("}");
	fflush(stdout);
}

#endif
