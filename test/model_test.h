/**
 * @file model_test.h  For the tests of src/model: an empty database and two tenants with people
 *
 * The driver is a parameter: the same tests run on every engine.
 */
#ifndef CARILLON_MODEL_TEST_H
#define CARILLON_MODEL_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <cmocka.h>
#include "db.h"
#include "device.h"
#include "extension.h"
#include "folder.h"
#include "log.h"
#include "own.h"
#include "permission.h"
#include "schema.h"
#include "tenant.h"
#include "user.h"

static const struct db_driver *driver = &db_sqlite;
static struct folder folder;
static struct db *db;
static struct secret *secret;
static struct tenant_row mine, other;

static inline void tenant_make(struct tenant_row *t, const char *domain)
{
	memset(t, 0, sizeof(*t));
	str_ncpy(t->name, domain, sizeof(t->name));
	str_ncpy(t->domain, domain, sizeof(t->domain));
	str_ncpy(t->country, "US", sizeof(t->country));
	str_ncpy(t->currency, "USD", sizeof(t->currency));
	str_ncpy(t->timezone, "UTC", sizeof(t->timezone));
	str_ncpy(t->settings, "{}", sizeof(t->settings));
	str_ncpy(t->permissions, "cdr pbx_cdr my_dids users", sizeof(t->permissions));
	assert_int_equal(tenant_add(db, t), 0);
}

/* Adds an extension of a tenant */
static inline struct extension extension_make(int64_t tenant, const char *number, const char *name)
{
	struct extension e = {.tenant = tenant, .ring_ms = RING_MS_DEFAULT, .call_waiting = true};

	str_ncpy(e.number, number, sizeof(e.number));
	str_ncpy(e.name, name, sizeof(e.name));
	assert_int_equal(extension_add(db, &e), 0);
	return e;
}

static inline struct device device_make(const struct extension *e, const char *domain,
					enum device_kind kind)
{
	struct device d = {.tenant = e->tenant, .kind = kind, .name = "Phone"};

	str_ncpy(d.extension_id, e->id, sizeof(d.extension_id));
	assert_int_equal(device_auth_user(&d, db, e->number), 0);
	assert_int_equal(device_credentials(&d, secret, domain, "sesame"), 0);
	assert_int_equal(device_add(db, &d), 0);
	return d;
}

static inline struct user user_make(int64_t tenant, const char *email, const char *extension_id)
{
	struct user u = {.tenant = tenant, .role = tenant ? USER_user : USER_platform};

	str_ncpy(u.email, email, sizeof(u.email));
	str_ncpy(u.name, email, sizeof(u.name));
	str_ncpy(u.extension_id, extension_id, sizeof(u.extension_id));
	str_ncpy(u.language, "en", sizeof(u.language));
	str_ncpy(u.theme, "system", sizeof(u.theme));
	assert_int_equal(user_add(db, &u), 0);
	return u;
}

static inline int setup(void **state)
{
	char key[128];

	folder_make(&folder);
	snprintf(key, sizeof(key), "%s/secret.key", folder.path);
	if (secret_load(&secret, key) || schema_put(driver, folder.file) ||
	    driver->open_h(&db, folder.file, DB_WRITE))
		return -1;
	tenant_make(&mine, "mine.example.com");
	tenant_make(&other, "other.example.com");
	return 0;
}

static inline int teardown(void **state)
{
	db = mem_deref(db);
	secret = mem_deref(secret);
	folder_remove(&folder);
	return 0;
}

/* The sentence of a field must contain this; NULL: there must be none */
static inline void assert_field(const struct field_errors *fe, const char *name, const char *part)
{
	const char *sentence = field_sentence(fe, name);

	if (!part)
		assert_null(sentence);
	else if (!sentence || !strstr(sentence, part))
		fail_msg("%s: \"%s\" is not in \"%s\"", name, part, sentence ? sentence : "");
}

/* How often a list was called, and the last thing it showed */
struct listed {
	unsigned count;
	char last[256], all[1024];
};

static inline void listed_add(struct listed *l, const char *text)
{
	size_t n = strlen(l->all);

	++l->count;
	str_ncpy(l->last, text, sizeof(l->last));
	snprintf(l->all + n, sizeof(l->all) - n, "%s%s", n ? " " : "", text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define RUN(tests) (log_set_level(LOG_ERROR + 1), cmocka_run_group_tests(tests, NULL, NULL))

#endif
