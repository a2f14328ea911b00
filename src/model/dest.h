/**
 * @file dest.h  Dests: whatever one can be connected to, as (kind, target)
 *
 * The kinds stand in tbl/dest_kinds.h; the target of an extension is its number, of an outside
 * number its E.164 form, of an announcement the prompt's name. expand.h says what a dialled string
 * means. Any thread; dest_check() where its struct db is.
 */
#ifndef CARILLON_DEST_H
#define CARILLON_DEST_H

#include <stdint.h>
#include "db.h"
#include "field.h"

enum { DEST_TARGET = 64 };

enum dest_kind {
#define X(kind, target, label) DEST_##kind,
#include "tbl/dest_kinds.h"
#undef X
	DEST_MAX
};

struct dest {
	enum dest_kind kind;
	char target[DEST_TARGET];
};

const char *dest_kind_name(enum dest_kind kind);
const char *dest_kind_label(enum dest_kind kind);
int dest_kind_parse(enum dest_kind *kind, const char *name);
bool dest_same(const struct dest *a, const struct dest *b);
int dest_check(struct field_errors *fe, struct db *db, int64_t tenant, const struct dest *d);
int dest_label(char *label, size_t size, struct db *db, int64_t tenant, const struct dest *d);

#endif
