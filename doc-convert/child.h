/**
 * @file child.h  Untrusted work in a confined process, read through a pipe until a deadline
 *
 * A child has the document as its standard input and a pipe as its standard output, and nothing
 * else: no network, no file that could be written, no other program, bounded memory and time.
 * Other programs run in bubblewrap where it works, else behind a filter of system calls.
 */
#ifndef DOC_CHILD_H
#define DOC_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "refuse.h"

struct child_limits {
	uint64_t deadline_ms; /* on the clock of child_now()                              */
	unsigned memory_mib;
	const char *bwrap; /* path of bubblewrap; NULL: not there                        */
};

struct child {
	pid_t pid;
	int out;
	const struct child_limits *limits;
	uint8_t buf[65536];
	size_t at, filled;
	bool late;
};

/** How a child ends that says more than "damaged" */
enum { CHILD_LARGE = 72, CHILD_PART = 73 };

typedef int(child_work_h)(void *arg); /* the child's whole life; reads 0, writes 1      */

uint64_t child_now(void);
bool child_bwrap_works(const char *bwrap);
enum refusal child_exec(struct child *c, const struct child_limits *limits, int in,
			const char *const *argv);
enum refusal child_work(struct child *c, const struct child_limits *limits, int in, child_work_h *h,
			void *arg);
int child_byte(struct child *c);
size_t child_block(struct child *c, const uint8_t **block);
bool child_read(struct child *c, void *to, size_t n);
enum refusal child_end(struct child *c);

#endif
