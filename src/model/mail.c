/**
 * @file mail.c  Mails as rows
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "mail.h"
#include "own.h"
#include "row.h"
#include "tenant.h"
#include "text.h"
#include "user.h"

#define COLUMNS                                                                                    \
	"tenant_id, id, template, to_address, to_name, subject, object_id, page, fields, "         \
	"about_at, blob, file_name, file_type, state, tries, due_at, answer, created_at, ended_at"

/**
 * Gives a word of the template its value
 *
 * What does not fit any more is left out, together with its line of the text. Line ends become
 * spaces.
 *
 * @param m     Mail before mail_add(), with its template
 * @param word  Word of the template
 * @param value Any text
 */
void mail_field(struct mail *m, const char *word, const char *value)
{
	size_t at = strlen(m->fields);
	char *p = m->fields + at;

	CHECK(template_knows(m->template, word));
	if (!value[0])
		return;
	if (!text_printf(p, sizeof(m->fields) - at, "%s=%.*s\n", word, TEMPLATE_VALUE, value)) {
		*p = '\0';
		return;
	}
	for (; p[1]; p++) {
		if (*p == '\n' || *p == '\r')
			*p = ' ';
	}
}

/** Reads what mail_field() wrote; false when the word has no value */
bool mail_field_get(char *value, size_t size, const struct mail *m, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = m->fields; *p; p += strcspn(p, "\n") + 1) {
		if (!strncmp(p, word, n) && p[n] == '=') {
			p += n + 1;
			text_printf(value, size, "%.*s", (int)strcspn(p, "\n"), p);
			return true;
		}
	}
	return false;
}

static int mail_read(struct mail *m, const struct db_row *row)
{
	static const enum job_state states[] = {JOB_WAIT, JOB_RUN, JOB_HELD, JOB_DONE, JOB_FAILED};
	unsigned t = 0;

	memset(m, 0, sizeof(*m));
	while (t < TEMPLATES && !text_same(template_name(t), db_text(row, 2)))
		++t;
	if (t == TEMPLATES)
		return ENOTSUP;
	m->tenant = db_int(row, 0);
	m->template = t;
	db_copy(m->id, sizeof(m->id), row, 1);
	db_copy(m->to, sizeof(m->to), row, 3);
	db_copy(m->to_name, sizeof(m->to_name), row, 4);
	db_copy(m->subject, sizeof(m->subject), row, 5);
	db_copy(m->object_id, sizeof(m->object_id), row, 6);
	db_copy(m->page, sizeof(m->page), row, 7);
	db_copy(m->fields, sizeof(m->fields), row, 8);
	m->about_at = db_int(row, 9);
	db_copy(m->blob, sizeof(m->blob), row, 10);
	db_copy(m->file_name, sizeof(m->file_name), row, 11);
	db_copy(m->file_type, sizeof(m->file_type), row, 12);
	for (size_t i = 0; i < COUNT(states); i++) {
		if (text_same(job_state_name(states[i]), db_text(row, 13)))
			m->state = states[i];
	}
	m->tries = (unsigned)db_int(row, 14);
	m->due_at = db_int(row, 15);
	db_copy(m->answer, sizeof(m->answer), row, 16);
	m->created_at = db_int(row, 17);
	m->ended_at = db_int(row, 18);
	return 0;
}

/** Whose clock a reader lives by: its own as a user of the tenant, else the tenant's */
int mail_zone(char zone[MODEL_WORD], struct db *db, int64_t tenant, const char *email)
{
	struct tenant_row t;
	struct user u;
	int err = user_by_email(&u, db, email);

	if (!err && u.tenant == tenant && u.timezone[0]) {
		str_ncpy(zone, u.timezone, MODEL_WORD);
		return 0;
	}
	if (err && err != ENOENT)
		return err;
	err = tenant_get(&t, db, tenant);
	if (!err)
		str_ncpy(zone, t.timezone, MODEL_WORD);
	return err;
}

/* The words of a subject; what is known only when the mail is sent is not among them, but for the
 * name of the product. */
struct words {
	const struct mail *mail;
	char value[TEMPLATE_VALUE + 1];
};

static const char *word_value(const char *word, void *arg)
{
	struct words *w = arg;

	if (!strcmp(word, "product"))
		return "Carillon";
	return mail_field_get(w->value, sizeof(w->value), w->mail, word) ? w->value : NULL;
}

static int mail_insert(struct db *db, const struct mail *m)
{
	return db_exec(db,
		       "INSERT INTO mail (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
		       "$10, $11, $12, $13, 'wait', 0, $14, '', $14, 0)",
		       "issssssssisssi", m->tenant, m->id, template_name(m->template), m->to,
		       m->to_name, m->subject, m->object_id, m->page, m->fields, m->about_at,
		       m->blob, m->file_name, m->file_type, m->created_at);
}

/**
 * Adds a mail and the job that sends it, in the transaction of what causes it
 *
 * @param db Connection
 * @param m  Tenant, template, reader and fields; the rest is filled in
 *
 * @return 0 or errno
 */
int mail_add(struct db *db, struct mail *m)
{
	AUTO struct job_row *j = mem_zalloc(sizeof(*j), NULL);
	struct words w = {.mail = m};
	int err;

	if (!j)
		return ENOMEM;
	str_ncpy(m->id, id_new().s, sizeof(m->id));
	m->created_at = m->due_at = clock_wall_ms();
	m->state = JOB_WAIT;
	template_subject(m->subject, sizeof(m->subject), m->template, word_value, &w);
	err = mail_insert(db, m);
	if (err)
		return err;
	j->tenant = m->tenant;
	j->kind = JOB_mail;
	str_ncpy(j->object_id, m->id, sizeof(j->object_id));
	return job_add(db, j);
}

static int mail_one(const struct db_row *row, void *arg)
{
	return mail_read(arg, row);
}

/** Reads a mail; ENOENT */
int mail_get(struct mail *m, struct db *db, int64_t tenant, const char *id)
{
	return db_find(db, mail_one, m,
		       "SELECT " COLUMNS " FROM mail WHERE tenant_id = $1 AND id = $2", "is",
		       tenant, id);
}

struct list_arg {
	mail_h *h;
	void *arg;
	struct mail *mail;
};

static int mail_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	int err = mail_read(l->mail, row);

	return err ? err : l->h(l->mail, l->arg);
}

/** Shows mails, newest first */
int mail_list(struct db *db, int64_t tenant, const struct mail_filter *f, mail_h *h, void *arg)
{
	AUTO struct mail *m = mem_zalloc(sizeof(*m), NULL);
	struct list_arg l = {h, arg, m};
	char like[MODEL_NAME];

	if (!m)
		return ENOMEM;
	field_search(like, sizeof(like), f->q);
	if (f->by_state && !f->q)
		return db_query(db, mail_each, &l,
				"SELECT " COLUMNS " FROM mail WHERE tenant_id = $1 AND state = $2 "
				"AND id < $3 ORDER BY id DESC LIMIT $4",
				"issi", tenant, job_state_name(f->state),
				f->before ? f->before : "~", row_limit(f->limit));
	return db_query(db, mail_each, &l,
			"SELECT " COLUMNS
			" FROM mail WHERE tenant_id = $1 AND id < $2 AND ($3 = '' "
			"OR state = $3) AND ($4 = '' OR lower(to_address) LIKE $4 ESCAPE '\\' OR "
			"lower(subject) LIKE $4 ESCAPE '\\') ORDER BY id DESC LIMIT $5",
			"isssi", tenant, f->before ? f->before : "~",
			f->by_state ? job_state_name(f->state) : "", like, row_limit(f->limit));
}

/** Tries a failed mail anew, or one that waits at once; ENOENT when it was sent or is being sent */
int mail_retry(struct db *db, int64_t tenant, const char *id, int64_t now)
{
	AUTO struct job_row *j = mem_zalloc(sizeof(*j), NULL);
	int err = j ? job_of_object(j, db, tenant, JOB_mail, id) : ENOMEM;

	if (!err)
		err = job_retry(db, tenant, j->id, now);
	if (err)
		return err;
	return db_change(db,
			 "UPDATE mail SET state = 'wait', due_at = $3, tries = 0, ended_at = 0 "
			 "WHERE tenant_id = $1 AND id = $2",
			 "isi", tenant, id, now);
}

/** Notes what came of a try, in the transaction that ends it; ENOENT */
int mail_tried(struct db *db, const struct job_row *j)
{
	bool over = j->state == JOB_DONE || j->state == JOB_FAILED;

	return db_change(db,
			 "UPDATE mail SET state = $3, tries = $4, due_at = $5, answer = $6, "
			 "ended_at = $7 WHERE tenant_id = $1 AND id = $2",
			 "issdisi", j->tenant, j->object_id, job_state_name(j->state),
			 (int)j->tries, j->due_at, j->state == JOB_DONE ? j->result : j->error,
			 over ? j->changed_at : (int64_t)0);
}

/** Forgets mails that were over before a time, at most so many at once */
int mail_purge(struct db *db, int64_t before, unsigned limit)
{
	return db_exec(db,
		       "DELETE FROM mail WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM mail "
		       "WHERE ended_at > 0 AND ended_at < $1 LIMIT $2)",
		       "id", before, (int)limit);
}
