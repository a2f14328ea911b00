/**
 * @file guard.h  What stands between spandsp and a hostile far side
 *
 * spandsp 0.0.6 trusts the length of some frames; guard.c takes the place of t30_hdlc_accept() and
 * drops those. It also takes the place of TIFFOpen(): spandsp gets files by number that were opened
 * before the sandbox closed, and no other. Both work by the linker's --wrap, and because
 * spandsp has what it calls so in other object files than the function itself.
 */
#ifndef FAX_GUARD_H
#define FAX_GUARD_H

#include <stdbool.h>

void guard_file(const char *name, int fd);
unsigned guard_dropped(void);

#endif
