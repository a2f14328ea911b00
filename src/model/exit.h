/**
 * @file exit.h  The closed list of ways in which a dest can end
 *
 * A row (dest, exit, next dest) continues the call; with no row the exit's own cause ends it.
 * Any thread.
 */
#ifndef CARILLON_EXIT_H
#define CARILLON_EXIT_H

#include "cause.h"

enum exit_id {
#define X(name, cause, text) EXIT_##name,
#include "tbl/exits.h"
#undef X
	EXIT_MAX,
	EXIT_ANY = EXIT_MAX /* in a row: whichever exit */
};

const char *exit_name(enum exit_id exit);
const char *exit_text(enum exit_id exit);
enum cause exit_cause(enum exit_id exit);

#endif
