/**
 * @file voicemail_mail.c  The mail that tells of a message, one for each address of the mailbox
 *
 * Added in the transaction in which the message becomes new: there are both, or neither.
 */
#include <errno.h>
#include <string.h>
#include "mail.h"
#include "mailbox.h"
#include "own.h"
#include "tenant.h"
#include "text.h"
#include "user.h"
#include "voicemail_mail.h"
#include "zone.h"

/* Whose clock the reader lives by: its own as a user of the tenant, else the tenant's. */
static int zone_of(char zone[MODEL_WORD], struct db *db, int64_t tenant, const char *email)
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

static void file_name(struct mail *mail, const struct voicemail *v, const struct mailbox *m)
{
	bool opus = m->attach == ATTACH_OPUS;

	if (m->attach == ATTACH_NONE)
		return;
	str_ncpy(mail->blob, v->blob, sizeof(mail->blob));
	text_printf(mail->file_name, sizeof(mail->file_name), "voicemail-%s.%s", m->number,
		    opus ? "ogg" : "wav");
	text_printf(mail->file_type, sizeof(mail->file_type), opus ? "audio/ogg" : "audio/wav");
}

static int mail_one(struct db *db, const struct voicemail *v, const struct mailbox *m,
		    const char *address)
{
	struct mail mail = {.tenant = v->tenant, .template = TEMPLATE_voicemail};
	long long s = (v->duration_ms + 500) / 1000;
	char zone[MODEL_WORD] = "", text[64];
	int err = zone_of(zone, db, v->tenant, address);

	if (err)
		return err;
	str_ncpy(mail.to, address, sizeof(mail.to));
	str_ncpy(mail.to_name, m->name, sizeof(mail.to_name));
	str_ncpy(mail.object_id, v->id, sizeof(mail.object_id));
	str_ncpy(mail.page, "/voicemail", sizeof(mail.page));
	file_name(&mail, v, m);
	mail_field(&mail, "caller", v->from_name[0] ? v->from_name : v->from_number);
	mail_field(&mail, "number", v->from_number);
	mail_field(&mail, "extension", m->number);
	text_printf(text, sizeof(text), "%lld:%02lld min", s / 60, s % 60);
	mail_field(&mail, "length", text);
	zone_text(text, sizeof(text), zone, v->created_at);
	mail_field(&mail, "time", text);
	return mail_add(db, &mail);
}

/** Adds the mails for a message that is new; 0 or what the database said */
int voicemail_mail(struct db *db, const struct voicemail *v)
{
	struct mailbox m;
	int err = mailbox_get(&m, db, v->tenant, v->extension_id);
	char address[MODEL_EMAIL];

	if (err)
		return err == ENOENT ? 0 : err; /* the extension is gone, and with it who reads */
	for (const char *at = m.emails; *at && !err;) {
		size_t n = strcspn(at, " ");

		if (n && text_printf(address, sizeof(address), "%.*s", (int)n, at))
			err = mail_one(db, v, &m, address);
		at += n + (at[n] == ' ');
	}
	return err;
}
