/**
 * @file mailbox.c  Mailboxes: settings, PIN
 */
#include <errno.h>
#include <string.h>
#include "mailbox.h"
#include "own.h"
#include "row.h"
#include "tenant.h"
#include "user.h"

#define COLUMNS                                                                                    \
	"m.tenant_id, m.extension_id, e.number, e.name, m.active, m.pin, m.pin_locked_until, "     \
	"m.emails, m.attach, m.max_ms, m.max_messages, m.keep_days, m.greeting_id, m.version, "    \
	"m.spoken_name, m.silence_ms, m.spoken_name_ms"
#define FROM                                                                                       \
	" FROM mailbox m JOIN extension e ON e.tenant_id = m.tenant_id AND e.id = m.extension_id "

static const char *const attach_names[] = {"none", "opus", "wav"};

/** Name of what a mail carries, as stored and as the API says it */
const char *mailbox_attach_name(enum mailbox_attach attach)
{
	return attach_names[attach];
}

/** What a name stands for; EINVAL when it is none */
int mailbox_attach_parse(enum mailbox_attach *attach, const char *name)
{
	for (size_t i = 0; i < COUNT(attach_names); i++) {
		if (!strcmp(attach_names[i], name)) {
			*attach = (enum mailbox_attach)i;
			return 0;
		}
	}
	return EINVAL;
}

static int mailbox_read(struct mailbox *m, const struct db_row *row)
{
	memset(m, 0, sizeof(*m));
	m->tenant = db_int(row, 0);
	db_copy(m->extension_id, sizeof(m->extension_id), row, 1);
	db_copy(m->number, sizeof(m->number), row, 2);
	db_copy(m->name, sizeof(m->name), row, 3);
	m->active = db_int(row, 4);
	db_copy(m->pin, sizeof(m->pin), row, 5);
	m->pin_locked_until = db_int(row, 6);
	db_copy(m->emails, sizeof(m->emails), row, 7);
	m->max_ms = db_int(row, 9);
	m->max_messages = db_int(row, 10);
	m->keep_days = db_int(row, 11);
	db_copy(m->greeting_id, sizeof(m->greeting_id), row, 12);
	m->version = db_int(row, 13);
	db_copy(m->spoken_name, sizeof(m->spoken_name), row, 14);
	m->silence_ms = db_int(row, 15);
	m->spoken_name_ms = db_int(row, 16);
	return mailbox_attach_parse(&m->attach, db_text(row, 8));
}

static int mailbox_one(const struct db_row *row, void *arg)
{
	return mailbox_read(arg, row);
}

/** One mailbox of the tenant by its extension's id; ENOENT */
int mailbox_get(struct mailbox *m, struct db *db, int64_t tenant, const char *extension_id)
{
	return db_find(db, mailbox_one, m,
		       "SELECT " COLUMNS FROM "WHERE m.tenant_id = $1 AND m.extension_id = $2",
		       "is", tenant, extension_id);
}

/** One mailbox of the tenant by its extension's number; ENOENT */
int mailbox_by_number(struct mailbox *m, struct db *db, int64_t tenant, const char *number)
{
	return db_find(db, mailbox_one, m,
		       "SELECT " COLUMNS FROM "WHERE m.tenant_id = $1 AND e.number = $2", "is",
		       tenant, number);
}

/** What a new mailbox is: switched off, without a PIN and without mail */
void mailbox_defaults(struct mailbox *m, int64_t tenant, const char *extension_id)
{
	memset(m, 0, sizeof(*m));
	m->tenant = tenant;
	str_ncpy(m->extension_id, extension_id, sizeof(m->extension_id));
	m->max_ms = MAILBOX_MS_DEFAULT;
	m->silence_ms = MAILBOX_SILENCE_DEFAULT;
	m->max_messages = MAILBOX_MESSAGES_DEFAULT;
	m->version = 1;
}

/** Adds the mailbox of an extension; EEXIST when it has one */
int mailbox_add(struct db *db, struct mailbox *m)
{
	m->version = 1;
	return db_exec(db,
		       "INSERT INTO mailbox (tenant_id, extension_id, active, pin, pin_failures, "
		       "pin_locked_until, emails, attach, max_ms, max_messages, keep_days, "
		       "greeting_id, silence_ms, version) VALUES ($1, $2, $3, $4, 0, 0, $5, $6, "
		       "$7, $8, $9, $10, $11, 1)",
		       "isdsssiiisi", m->tenant, m->extension_id, m->active, m->pin, m->emails,
		       attach_names[m->attach], m->max_ms, m->max_messages, m->keep_days,
		       m->greeting_id, m->silence_ms);
}

static void range_check(struct field_errors *fe, const char *name, int64_t v, int64_t min,
			int64_t max, int64_t unit)
{
	if (v < min || v > max)
		field_error(fe, name, "must be between %lld and %lld", (long long)(min / unit),
			    (long long)(max / unit));
}

/** Checks the settings of a mailbox; 0 or what the database said */
int mailbox_check(struct field_errors *fe, struct db *db, const struct mailbox *m)
{
	int64_t n = 1;
	int err = 0;

	emails_check(fe, "emails", m->emails);
	range_check(fe, "maxMs", m->max_ms, MAILBOX_MS_MIN, MAILBOX_MS_MAX, 1);
	range_check(fe, "silenceMs", m->silence_ms, MAILBOX_SILENCE_MIN, MAILBOX_SILENCE_MAX, 1);
	range_check(fe, "maxMessages", m->max_messages, 1, MAILBOX_MESSAGES_MAX, 1);
	range_check(fe, "keepDays", m->keep_days, 0, MAILBOX_KEEP_MAX, 1);
	if (m->greeting_id[0])
		err = db_number(db, &n,
				"SELECT count(*) FROM greeting WHERE tenant_id = $1 AND "
				"extension_id = $2 AND id = $3",
				"iss", m->tenant, m->extension_id, m->greeting_id);
	if (!err && !n)
		field_error(fe, "greetingId", "is not one of this mailbox");
	return err;
}

/**
 * Changes a mailbox; with a new PIN its lock is lifted
 *
 * @return 0, ENOENT, or ESTALE when somebody else changed it meanwhile
 */
int mailbox_change(struct db *db, struct mailbox *m)
{
	struct mailbox old;
	int err = mailbox_get(&old, db, m->tenant, m->extension_id);

	if (err)
		return err;
	if (m->version && m->version != old.version)
		return ESTALE;
	m->version = old.version + 1;
	err = db_change(db,
			"UPDATE mailbox SET active = $3, emails = $4, attach = $5, max_ms = $6, "
			"max_messages = $7, keep_days = $8, greeting_id = $9, version = $10, "
			"silence_ms = $11 WHERE tenant_id = $1 AND extension_id = $2",
			"isdssiiisii", m->tenant, m->extension_id, m->active, m->emails,
			attach_names[m->attach], m->max_ms, m->max_messages, m->keep_days,
			m->greeting_id, m->version, m->silence_ms);
	if (!err && strcmp(old.pin, m->pin))
		err = db_change(db,
				"UPDATE mailbox SET pin = $3, pin_failures = 0, "
				"pin_locked_until = 0 WHERE tenant_id = $1 AND extension_id = $2",
				"iss", m->tenant, m->extension_id, m->pin);
	return err ? err : tenant_touch_but(db, m->tenant, TENANT_PHONES);
}

struct list_arg {
	mailbox_h *h;
	void *arg;
};

static int mailbox_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct mailbox m;
	int err = mailbox_read(&m, row);

	return err ? err : l->h(&m, l->arg);
}

/** Shows the tenant's mailboxes in the order of their numbers, as extension_list() */
int mailbox_list(struct db *db, int64_t tenant, const char *q, const char *after, unsigned limit,
		 mailbox_h *h, void *arg)
{
	struct list_arg l = {h, arg};
	char like[2 * MODEL_NAME];

	field_search(like, sizeof(like), q);
	return db_query(db, mailbox_each, &l,
			"SELECT " COLUMNS FROM "WHERE m.tenant_id = $1 AND e.number > $2 AND "
			"($3 = '' OR e.number LIKE $3 ESCAPE '\\' OR "
			"lower(e.name) LIKE $3 ESCAPE '\\') ORDER BY e.number LIMIT $4",
			"issi", tenant, after ? after : "", like, row_limit(limit));
}

static void mailbox_pin(char mac[SECRET_MAC], const struct secret *s, int64_t tenant,
			const char *extension_id, const char *pin)
{
	pin_hash(mac, s, "mailbox pin", tenant, extension_id, pin);
}

/** Gives a mailbox a PIN, or with "" none; stored by mailbox_add() or mailbox_change() */
void mailbox_pin_set(struct mailbox *m, const struct secret *s, const char *pin)
{
	if (pin[0])
		mailbox_pin(m->pin, s, m->tenant, m->extension_id, pin);
	else
		m->pin[0] = '\0';
}

struct pin_row {
	char pin[SECRET_MAC];
	struct pin_lock lock;
};

static int pin_row(const struct db_row *row, void *arg)
{
	struct pin_row *p = arg;

	db_copy(p->pin, sizeof(p->pin), row, 0);
	p->lock.failures = db_int(row, 1);
	p->lock.until = db_int(row, 2);
	return 0;
}

/**
 * Tries the PIN of a mailbox; wrong ones lock it (pin.h). On the store's writer, so that no two
 * tries overlap.
 *
 * @param result       What came of it; PIN_NONE when the mailbox has no PIN
 * @param db           Connection
 * @param s            Key of the hash
 * @param tenant       Whose
 * @param extension_id Which mailbox
 * @param pin          What was keyed
 * @param now          Wall ms
 *
 * @return 0, ENOENT, or what the database said
 */
int mailbox_pin_try(enum pin_result *result, struct db *db, const struct secret *s, int64_t tenant,
		    const char *extension_id, const char *pin, int64_t now)
{
	struct pin_row p = {0};
	struct pin_lock before;
	char mac[SECRET_MAC];
	int err = db_find(db, pin_row, &p,
			  "SELECT pin, pin_failures, pin_locked_until FROM mailbox "
			  "WHERE tenant_id = $1 AND extension_id = $2",
			  "is", tenant, extension_id);

	if (err)
		return err;
	before = p.lock;
	mailbox_pin(mac, s, tenant, extension_id, pin);
	*result = pin_try(&p.lock, p.pin, mac, now);
	if (p.lock.failures == before.failures)
		return 0;
	return db_exec(db,
		       "UPDATE mailbox SET pin_failures = $3, pin_locked_until = $4 "
		       "WHERE tenant_id = $1 AND extension_id = $2",
		       "isii", tenant, extension_id, p.lock.failures, p.lock.until);
}
