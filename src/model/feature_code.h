/**
 * @file feature_code.h  Feature codes: what is dialled to make the system do something
 *
 * tbl/feature_codes.h has them; a tenant may give each another code or switch it off. expand.h says
 * what a dialled one leads to. Functions with a struct db run on the store's writer or in
 * store_read(), the others on any thread.
 */
#ifndef CARILLON_FEATURE_CODE_H
#define CARILLON_FEATURE_CODE_H

#include "dest.h"

enum { FEATURE_CODE = 16 };

enum feature_id {
#define X(name, code, argument, kind, target, label, what) FEATURE_##name,
#include "tbl/feature_codes.h"
#undef X
	FEATURE_MAX
};

/** What follows the code; after ASK it may be left out, and is asked for. KEYS: it is keyed during
 * a call */
enum feature_argument {
	ARGUMENT_NOTHING,
	ARGUMENT_NUMBER,
	ARGUMENT_DIGITS,
	ARGUMENT_ASK,
	ARGUMENT_KEYS
};

/** A row of the table */
struct feature {
	const char *name, *code, *label, *what;
	enum feature_argument argument;
	struct dest dest; /* the argument is appended to its target */
};

/** What a tenant dials for it */
struct feature_code {
	int64_t tenant;
	enum feature_id id;
	char code[FEATURE_CODE];
	bool active;
};

typedef int(feature_code_h)(const struct feature_code *c, void *arg);

const struct feature *feature(enum feature_id id);
int feature_parse(enum feature_id *id, const char *name);
int feature_code_check(struct field_errors *fe, struct db *db, const struct feature_code *c);
int feature_code_set(struct db *db, const struct feature_code *c);
int feature_code_list(struct db *db, int64_t tenant, feature_code_h *h, void *arg);

#endif
