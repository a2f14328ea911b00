/**
 * @file exit.c  The table of exits
 */
#include "exit.h"

static const struct {
	const char *name, *text;
	enum cause cause;
} rows[EXIT_MAX] = {
#define X(name, cause, text) {#name, text, CAUSE_##cause},
#include "tbl/exits.h"
#undef X
};

/** Name as stored and shown, such as "noanswer" */
const char *exit_name(enum exit_id exit)
{
	return rows[exit].name;
}

/** What happened, to be said after the dest's name: "Tom: nobody answered" */
const char *exit_text(enum exit_id exit)
{
	return rows[exit].text;
}

/** The cause with which a call ends when no row follows this exit */
enum cause exit_cause(enum exit_id exit)
{
	return rows[exit].cause;
}
