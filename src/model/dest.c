/**
 * @file dest.c  Kinds of dests, and whether a dest is there
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "dest.h"
#include "extension.h"
#include "own.h"
#include "text.h"

enum target {
	TARGET_NOTHING,
	TARGET_EXTENSION,
	TARGET_NUMBER,
	TARGET_PROMPT,
	TARGET_DELAY,
	TARGET_MAILBOX,
	TARGET_CODE
};
enum { DELAY_MAX_MS = 10000 };

static const struct {
	const char *name, *label;
	enum target target;
} rows[DEST_MAX] = {
#define X(kind, target, label) {#kind, label, TARGET_##target},
#include "tbl/dest_kinds.h"
#undef X
};

/** Name as stored and as the API says it, such as "extension" */
const char *dest_kind_name(enum dest_kind kind)
{
	return rows[kind].name;
}

/** Name as people read it */
const char *dest_kind_label(enum dest_kind kind)
{
	return rows[kind].label;
}

/** The kind of a name; EINVAL when there is none */
int dest_kind_parse(enum dest_kind *kind, const char *name)
{
	for (int i = 0; i < DEST_MAX; i++) {
		if (!strcmp(rows[i].name, name)) {
			*kind = (enum dest_kind)i;
			return 0;
		}
	}
	return EINVAL;
}

/** True when both are the same kind and target */
bool dest_same(const struct dest *a, const struct dest *b)
{
	return a->kind == b->kind && !strcmp(a->target, b->target);
}

/* A prompt is a file name below the folder of prompts: words, digits, "/" within. */
static bool prompt_good(const char *s)
{
	return s[0] && s[0] != '/' && !strstr(s, "//") && s[strlen(s) - 1] != '/' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_/") == strlen(s);
}

/* Milliseconds, 0 to DELAY_MAX_MS. */
static bool delay_good(const char *s)
{
	size_t n = strlen(s);

	return n && n <= 5 && strspn(s, "0123456789") == n && atoi(s) <= DELAY_MAX_MS;
}

static int extension_there(struct field_errors *fe, struct db *db, int64_t tenant, const char *s)
{
	struct extension e;
	int err = extension_by_number(&e, db, tenant, s);

	if (err == ENOENT) {
		field_error(fe, "dest", "is extension %s, which does not exist", s);
		err = 0;
	}
	return err;
}

/**
 * Checks that a tenant's dest is there
 *
 * @param fe     Filled with what is wrong, under the name "dest"
 * @param db     Connection
 * @param tenant Whose
 * @param d      Dest
 *
 * @return 0 or what the database said
 */
int dest_check(struct field_errors *fe, struct db *db, int64_t tenant, const struct dest *d)
{
	char e164[PHONE_SIZE];

	switch (rows[d->kind].target) {
	case TARGET_EXTENSION:
		return extension_there(fe, db, tenant, d->target);
	case TARGET_MAILBOX: /* "" is the caller's own, "any" is asked for */
		return !d->target[0] || !strcmp(d->target, "any")
			       ? 0
			       : extension_there(fe, db, tenant, d->target);
	case TARGET_NUMBER:
		if (!phone_e164(e164, sizeof(e164), d->target, "") || strcmp(e164, d->target))
			field_error(fe, "dest", "must be a number such as +14155550110");
		break;
	case TARGET_PROMPT:
		if (!prompt_good(d->target))
			field_error(fe, "dest", "must name a prompt");
		break;
	case TARGET_DELAY:
		if (!delay_good(d->target))
			field_error(fe, "dest", "must be a delay from 0 to %d ms", DELAY_MAX_MS);
		break;
	case TARGET_CODE:
		field_error(fe, "dest", "is only for whoever dials it");
		break;
	case TARGET_NOTHING:
		if (d->target[0])
			field_error(fe, "dest", "has no target");
		break;
	}
	return 0;
}

/** How people read a dest: "1001 Maya Chen", "+14155550110", "Hang up"; 0 or the database's error
 */
int dest_label(char *label, size_t size, struct db *db, int64_t tenant, const struct dest *d)
{
	struct extension e;
	int err = 0;

	(void)text_printf(label, size, "%s", d->target[0] ? d->target : rows[d->kind].label);
	if (rows[d->kind].target == TARGET_EXTENSION) {
		err = extension_by_number(&e, db, tenant, d->target);
		if (!err)
			(void)text_printf(label, size, "%s %s", e.number, e.name);
	}
	return err == ENOENT ? 0 : err;
}
