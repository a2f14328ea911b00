/**
 * @file cli.c  carillon user|tenant: what an operator does without the portal
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "audit.h"
#include "clock.h"
#include "house.h"
#include "login.h"
#include "second_step.h"
#include "permission.h"
#include "rate_plan.h"
#include "text.h"
#include "user.h"

/** What a command works on, and what it found */
struct order {
	const char **words; /* after the command's two, NULL where there are no more */
	const char *email;
	char password[64], hash[USER_HASH];
	struct field_errors errors;
};

static int audit(struct db *db, int64_t tenant, const char *action, const char *target)
{
	struct audit a = {.tenant = tenant, .at = clock_wall_ms()};

	text_printf(a.action, sizeof(a.action), "%s", action);
	text_printf(a.who, sizeof(a.who), "command line");
	text_printf(a.object, sizeof(a.object), "%s", target);
	return audit_add(db, &a);
}

static int unlock(struct db *db, void *obj)
{
	struct order *o = obj;
	struct user u;
	int err = user_by_email(&u, db, o->email);

	if (!err)
		err = lock_clear(db, o->email, NULL);
	return err ? err : audit(db, u.tenant, "user.unlock", o->email);
}

static int second_step_reset(struct db *db, void *obj)
{
	struct order *o = obj;
	struct user u;
	int err = user_by_email(&u, db, o->email);

	if (!err)
		err = second_step_end(db, u.tenant, u.id);
	return err ? err : audit(db, u.tenant, "second-step.reset", o->email);
}

static int password_set(struct db *db, void *obj)
{
	struct order *o = obj;
	struct user u;
	int err = user_by_email(&u, db, o->email);

	if (!err)
		err = user_set_password(db, u.tenant, u.id, o->hash);
	if (!err)
		err = login_end_all(db, u.tenant, u.id, "");
	return err ? err : audit(db, u.tenant, "user.password", o->email);
}

static int role_fill(struct order *o, struct db *db, struct user *u)
{
	struct tenant_row t;
	int err = 0;

	if (user_role_parse(&u->role, o->words[2])) {
		field_error(&o->errors, "role", "must be platform, admin, agent or user");
		return EINVAL;
	}
	if (o->words[3])
		err = tenant_by_domain(&t, db, o->words[3]);
	if (err == ENOENT)
		field_error(&o->errors, "domain", "is no tenant's; see carillon tenant list");
	else if ((u->role == USER_platform) == !!o->words[3])
		field_error(&o->errors, "domain",
			    "is needed, but not for a platform administrator");
	if (err || o->errors.count)
		return EINVAL;
	if (o->words[3]) {
		u->tenant = t.id;
		text_printf(u->permissions, sizeof(u->permissions), "%s", t.permissions);
	}
	return 0;
}

static int user_make(struct db *db, void *obj)
{
	struct order *o = obj;
	struct user u = {.language = "en", .theme = "system"};
	int err;

	text_printf(u.email, sizeof(u.email), "%s", o->email);
	text_printf(u.name, sizeof(u.name), "%s", o->words[1]);
	text_printf(u.hash, sizeof(u.hash), "%s", o->hash);
	err = role_fill(o, db, &u);
	if (!err)
		err = user_check(&o->errors, db, &u);
	if (!err && o->errors.count)
		err = EINVAL;
	if (!err)
		err = user_add(db, &u);
	return err ? err : audit(db, u.tenant, "user.add", o->email);
}

static int tenant_print(const struct tenant_row *t, void *arg)
{
	printf("%-6" PRId64 " %-30s %s\n", t->id, t->domain, t->name);
	return 0;
}

static int tenants_print(struct db *db, void *obj)
{
	return tenant_list(db, "", "", 1000, tenant_print, obj);
}

static int tenant_make(struct db *db, void *obj)
{
	struct order *o = obj;
	static const char *const usual[] = {"US", "USD", "America/New_York"};
	const char *const *where = o->words[2] ? &o->words[2] : usual;
	struct tenant_row t = {.md5_allowed = true, .created_at = clock_wall_ms()};
	int err;

	text_printf(t.name, sizeof(t.name), "%s", o->words[0]);
	text_printf(t.domain, sizeof(t.domain), "%s", o->words[1]);
	text_printf(t.country, sizeof(t.country), "%s", where[0]);
	text_printf(t.currency, sizeof(t.currency), "%s", where[1] ? where[1] : "");
	text_printf(t.timezone, sizeof(t.timezone), "%s", where[1] && where[2] ? where[2] : "");
	text_printf(t.permissions, sizeof(t.permissions), "%s", permissions_all());
	text_printf(t.settings, sizeof(t.settings), "{}");
	err = tenant_check(&o->errors, db, &t);
	if (!err && o->errors.count)
		err = EINVAL;
	if (!err)
		err = tenant_add(db, &t);
	return err ? err : audit(db, t.id, "tenant.add", t.domain);
}

/* With the plan "-" nothing is priced. */
static int tenant_rates(struct db *db, void *obj)
{
	struct order *o = obj;
	struct rate_plan p = {.id = ""};
	struct tenant_row t;
	int err = tenant_by_domain(&t, db, o->words[0]);

	if (err == ENOENT)
		field_error(&o->errors, o->words[0], "is no tenant's domain");
	if (!err && strcmp(o->words[1], "-"))
		err = rate_plan_by_name(&p, db, 0, o->words[1]);
	if (err == ENOENT && !o->errors.count)
		field_error(&o->errors, o->words[1], "is no rate plan");
	if (!err)
		err = rate_plan_use(&o->errors, db, t.id, p.id);
	if (o->errors.count)
		return EINVAL;
	return err ? err : audit(db, t.id, "tenant.rate_plan", o->words[1]);
}

static int said(int err, const struct order *o, const char *what)
{
	for (unsigned i = 0; i < o->errors.count && i < FIELD_ERRORS; i++)
		fprintf(stderr, "%s %s\n", o->errors.v[i].name, o->errors.v[i].text);
	if (!err && what[0])
		printf("%s\n", what);
	else if (err == ENOENT)
		fputs("There is no user with this e-mail address.\n", stderr);
	else if (err && !o->errors.count)
		fprintf(stderr, "failed: %s\n", strerror(err));
	return err ? 1 : 0;
}

static int user_unlock(struct house *h, struct order *o)
{
	return said(store_write_wait(h->store, unlock, o), o, "Unlocked.");
}

static int user_second_step(struct house *h, struct order *o)
{
	return said(store_write_wait(h->store, second_step_reset, o), o,
		    "The password alone signs in again.");
}

static int with_password(struct house *h, struct order *o, store_fn *fn, const char *what)
{
	char line[192];

	password_make(o->password, sizeof(o->password));
	if (password_hash(o->hash, o->password))
		return said(ENOMEM, o, "");
	text_printf(line, sizeof(line), what, o->email, o->password);
	return said(store_write_wait(h->store, fn, o), o, line);
}

static int user_password(struct house *h, struct order *o)
{
	return with_password(h, o, password_set, "The new password of %.60s is: %s");
}

static int user_new(struct house *h, struct order *o)
{
	return with_password(h, o, user_make, "Added. The password of %.60s is: %s");
}

static int tenants(struct house *h, struct order *o)
{
	return said(store_read(h->store, tenants_print, NULL), o, "");
}

static int tenant_new(struct house *h, struct order *o)
{
	return said(store_write_wait(h->store, tenant_make, o), o,
		    "Added. A running server knows it after its next start.");
}

static int tenant_plan(struct house *h, struct order *o)
{
	return said(store_write_wait(h->store, tenant_rates, o), o,
		    "Changed. A running server knows it after its next start.");
}

enum { WORDS = 5 };

static const struct command {
	const char *noun, *verb;
	int least, most; /* words that follow */
	int (*run)(struct house *h, struct order *o);
	const char *words, *text;
} commands[] = {
	{"user", "add", 3, 4, user_new, "EMAIL NAME ROLE [DOMAIN]",
	 "a new user, and prints the password; ROLE is platform (without DOMAIN), admin, agent or "
	 "user"},
	{"user", "unlock", 1, 1, user_unlock, "EMAIL", "lets a locked-out user sign in again"},
	{"user", "password", 1, 1, user_password, "EMAIL", "sets a new password and prints it"},
	{"user", "second-step", 1, 1, user_second_step, "EMAIL",
	 "lets a user sign in without the code of an app"},
	{"tenant", "list", 0, 0, tenants, "", "the tenants and their domains"},
	{"tenant", "add", 2, 5, tenant_new, "NAME DOMAIN [COUNTRY CURRENCY TIMEZONE]",
	 "a new tenant, without more one of US, USD, America/New_York"},
	{"tenant", "rates", 2, 2, tenant_plan, "DOMAIN PLAN",
	 "which rate plan the tenant uses, by name; - for none"},
};

static int usage(void)
{
	for (size_t i = 0; i < COUNT(commands); i++)
		fprintf(stderr, "carillon %s %s %s\n    %s\n", commands[i].noun, commands[i].verb,
			commands[i].words, commands[i].text);
	return 2;
}

/**
 * Runs a sub-command on the open store
 *
 * @param h    House whose store is open
 * @param argc Words after "carillon"
 * @param argv The words
 *
 * @return exit code
 */
int cli_run(struct house *h, int argc, char **argv)
{
	const char *words[WORDS + 1] = {NULL};
	struct order o = {.words = words};

	for (int i = 2; i < argc && i - 2 < WORDS; i++)
		words[i - 2] = argv[i];
	o.email = words[0];
	for (size_t i = 0; argc >= 2 && i < COUNT(commands); i++) {
		const struct command *c = &commands[i];

		if (!strcmp(argv[0], c->noun) && !strcmp(argv[1], c->verb) &&
		    argc - 2 >= c->least && argc - 2 <= c->most)
			return c->run(h, &o);
	}
	return usage();
}
