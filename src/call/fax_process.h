/**
 * @file fax_process.h  The process of a fax line: started, told, heard, ended
 *
 * Private to fax_line.c. Core thread only.
 */
#ifndef CARILLON_FAX_PROCESS_H
#define CARILLON_FAX_PROCESS_H

#include <stddef.h>

struct fax_process;

/** A line of its output; NULL: it has ended */
typedef void(fax_process_h)(const char *line, void *arg);

int fax_process_start(struct fax_process **pp, const char *program, int audio, int t38,
		      fax_process_h *h, void *arg);
int fax_process_tell(struct fax_process *p, const char *line);

#endif
