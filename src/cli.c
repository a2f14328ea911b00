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
#include "text.h"
#include "user.h"

/** What a command works on, and what it found */
struct order {
	const char *email, *name, *domain;
	char password[64], hash[USER_HASH];
	struct field_errors errors;
	unsigned count;
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
	struct tenant_row t = {.md5_allowed = true, .created_at = clock_wall_ms()};
	int err;

	text_printf(t.name, sizeof(t.name), "%s", o->name);
	text_printf(t.domain, sizeof(t.domain), "%s", o->domain);
	text_printf(t.country, sizeof(t.country), "US");
	text_printf(t.currency, sizeof(t.currency), "USD");
	text_printf(t.timezone, sizeof(t.timezone), "America/New_York");
	text_printf(t.permissions, sizeof(t.permissions), "%s", permissions_all());
	err = tenant_check(&o->errors, db, &t);
	if (!err)
		err = tenant_add(db, &t);
	return err ? err : audit(db, t.id, "tenant.add", o->domain);
}

static int said(int err, const struct order *o, const char *what, const char *missing)
{
	for (unsigned i = 0; i < o->errors.count && i < FIELD_ERRORS; i++)
		fprintf(stderr, "%s %s\n", o->errors.v[i].name, o->errors.v[i].text);
	if (!err)
		printf("%s\n", what);
	else if (err == ENOENT)
		fprintf(stderr, "%s\n", missing);
	else if (!o->errors.count)
		fprintf(stderr, "failed: %s\n", strerror(err));
	return err ? 1 : 0;
}

static int usage(void)
{
	fputs("carillon user unlock EMAIL       lets a locked-out user sign in again\n"
	      "carillon user password EMAIL     sets a new password and prints it\n"
	      "carillon user second-step EMAIL  lets a user sign in without the code of an app\n"
	      "carillon tenant list             the tenants and their domains\n"
	      "carillon tenant add NAME DOMAIN  a new tenant\n",
	      stderr);
	return 2;
}

static int user_password(struct house *h, struct order *o)
{
	char line[128];

	password_make(o->password, sizeof(o->password));
	if (password_hash(o->hash, o->password))
		return said(ENOMEM, o, "", "");
	text_printf(line, sizeof(line), "The new password of %.60s is: %s", o->email, o->password);
	return said(store_write_wait(h->store, password_set, o), o, line,
		    "There is no user with this e-mail address.");
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
	struct order o = {.email = argc > 2 ? argv[2] : ""};

	if (argc == 3 && !strcmp(argv[0], "user") && !strcmp(argv[1], "unlock"))
		return said(store_write_wait(h->store, unlock, &o), &o, "Unlocked.",
			    "There is no user with this e-mail address.");
	if (argc == 3 && !strcmp(argv[0], "user") && !strcmp(argv[1], "second-step"))
		return said(store_write_wait(h->store, second_step_reset, &o), &o,
			    "The password alone signs in again.",
			    "There is no user with this e-mail address.");
	if (argc == 3 && !strcmp(argv[0], "user") && !strcmp(argv[1], "password"))
		return user_password(h, &o);
	if (argc == 2 && !strcmp(argv[0], "tenant") && !strcmp(argv[1], "list"))
		return said(store_read(h->store, tenants_print, NULL), &o, "", "");
	if (argc == 4 && !strcmp(argv[0], "tenant") && !strcmp(argv[1], "add")) {
		o.name = argv[2];
		o.domain = argv[3];
		return said(store_write_wait(h->store, tenant_make, &o), &o, "Added.", "");
	}
	return usage();
}
