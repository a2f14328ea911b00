/**
 * @file feature_code.c  Feature codes, and what a tenant dials for them
 */
#include <errno.h>
#include <string.h>
#include "feature_code.h"
#include "own.h"
#include "tenant.h"

enum { CODE_MIN = 2, CODE_MAX = 8 };

static const struct feature rows[FEATURE_MAX] = {
#define X(name, code, argument, kind, target, label, what)                                         \
	{#name, code, label, what, ARGUMENT_##argument, {DEST_##kind, target}},
#include "tbl/feature_codes.h"
#undef X
};

/** The table's row */
const struct feature *feature(enum feature_id id)
{
	return &rows[id];
}

/** The feature of a name such as "echo_test"; ENOENT */
int feature_parse(enum feature_id *id, const char *name)
{
	for (int i = 0; i < FEATURE_MAX; i++) {
		if (!strcmp(rows[i].name, name)) {
			*id = (enum feature_id)i;
			return 0;
		}
	}
	return ENOENT;
}

struct codes {
	int64_t tenant;
	struct feature_code v[FEATURE_MAX];
};

/* A name that this program does not know, or not any more, is passed over. */
static int codes_row(const struct db_row *row, void *arg)
{
	struct codes *c = arg;
	enum feature_id id;

	if (feature_parse(&id, db_text(row, 0)))
		return 0;
	db_copy(c->v[id].code, sizeof(c->v[id].code), row, 1);
	c->v[id].active = db_int(row, 2);
	return 0;
}

static int codes_read(struct codes *c, struct db *db, int64_t tenant)
{
	memset(c, 0, sizeof(*c));
	for (int i = 0; i < FEATURE_MAX; i++) {
		c->v[i].tenant = tenant;
		c->v[i].id = (enum feature_id)i;
		c->v[i].active = true;
		str_ncpy(c->v[i].code, rows[i].code, sizeof(c->v[i].code));
	}
	return db_query(db, codes_row, c,
			"SELECT name, code, active FROM feature_code WHERE tenant_id = $1", "i",
			tenant);
}

static bool code_good(const char *s)
{
	size_t n = strlen(s);

	return n >= CODE_MIN && n <= CODE_MAX && s[0] == '*' && strspn(s, "0123456789*") == n;
}

/* Codes of one class must differ */
static unsigned class_of(const struct feature_code *c)
{
	enum feature_argument argument = rows[c->id].argument;

	return argument == ARGUMENT_KEYS ? 2 : argument != ARGUMENT_NOTHING;
}

/* A code may stand twice if only one of both is followed by something: *8 and *8<ext>. What is
 * keyed during a call has no end: none of these begins another. */
static bool collides(const struct feature_code *a, const struct feature_code *b)
{
	size_t n = strlen(a->code) < strlen(b->code) ? strlen(a->code) : strlen(b->code);

	if (a->id == b->id || !a->active || !b->active || class_of(a) != class_of(b))
		return false;
	return class_of(a) == 2 ? !strncmp(a->code, b->code, n) : !strcmp(a->code, b->code);
}

/** Checks what a tenant wants to dial; 0 or what the database said, what is wrong is in fe */
int feature_code_check(struct field_errors *fe, struct db *db, const struct feature_code *c)
{
	struct codes all;
	int err = codes_read(&all, db, c->tenant);

	if (!code_good(c->code))
		field_error(fe, "code", "must be * and up to %d digits, such as *78", CODE_MAX - 1);
	for (int i = 0; i < FEATURE_MAX && !err; i++) {
		if (collides(c, &all.v[i]))
			field_error(fe, "code", "is already dialled for \"%s\"", rows[i].label);
	}
	return err;
}

/** Sets what a tenant dials for a feature, checked before; 0 or errno */
int feature_code_set(struct db *db, const struct feature_code *c)
{
	int err = db_exec(db,
			  "INSERT INTO feature_code (tenant_id, name, code, active) VALUES "
			  "($1, $2, $3, $4) ON CONFLICT (tenant_id, name) DO UPDATE SET code = $3, "
			  "active = $4",
			  "issd", c->tenant, rows[c->id].name, c->code, c->active);

	return err ? err : tenant_touch_but(db, c->tenant, TENANT_BULK);
}

/** Shows every feature of the table, in its order, with the tenant's code; 0 or errno */
int feature_code_list(struct db *db, int64_t tenant, feature_code_h *h, void *arg)
{
	struct codes all;
	int err = codes_read(&all, db, tenant);

	for (int i = 0; i < FEATURE_MAX && !err; i++)
		err = h(&all.v[i], arg);
	return err == DB_STOP ? 0 : err;
}
