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
#include "text.h"
#include "voicemail_mail.h"
#include "zone.h"

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

/** A message that is mailed to several people */
struct telling {
	struct db *db;
	const struct voicemail *v;
	const struct mailbox *m;
};

static int address_h(const char *address, void *arg)
{
	const struct telling *t = arg;
	const struct voicemail *v = t->v;
	const struct mailbox *m = t->m;
	struct mail mail = {.tenant = v->tenant, .template = TEMPLATE_voicemail};
	long long s = (v->duration_ms + 500) / 1000;
	char zone[MODEL_WORD] = "", text[64];
	int err = mail_zone(zone, t->db, v->tenant, address);

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
	return mail_add(t->db, &mail);
}

/** Adds the mails for a message that is new; 0 or what the database said */
int voicemail_mail(struct db *db, const struct voicemail *v)
{
	struct mailbox m;
	struct telling t = {db, v, &m};
	int err = mailbox_get(&m, db, v->tenant, v->extension_id);

	if (err)
		return err == ENOENT ? 0 : err; /* the extension is gone, and with it who reads */
	return emails_each(m.emails, address_h, &t);
}
