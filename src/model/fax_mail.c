/**
 * @file fax_mail.c  The mails about faxes
 */
#include <errno.h>
#include <string.h>
#include "did.h"
#include "fax_box.h"
#include "fax_document.h"
#include "fax_mail.h"
#include "mail.h"
#include "own.h"
#include "tenant.h"
#include "text.h"
#include "user.h"
#include "zone.h"

/** A fax that is mailed to several people */
struct delivery {
	struct db *db;
	const struct fax_received *f;
	const char *done; /* addresses that have it already */
};

static void pages_field(struct mail *m, int64_t sent, int64_t pages, const char *more)
{
	char text[64];

	if (sent == pages)
		text_printf(text, sizeof(text), "%lld page%s%s", (long long)pages,
			    pages == 1 ? "" : "s", more);
	else
		text_printf(text, sizeof(text), "%lld of %lld", (long long)sent, (long long)pages);
	mail_field(m, "pages", text);
}

static int time_field(struct mail *m, struct db *db, int64_t at)
{
	char zone[MODEL_WORD] = "", text[64];
	int err = mail_zone(zone, db, m->tenant, m->to);

	zone_text(text, sizeof(text), zone, at);
	mail_field(m, "time", text);
	return err;
}

/* The PDF; what could not be converted goes as it came */
static void file_field(struct mail *m, const struct fax_received *f)
{
	bool pdf = f->state != RECEIVED_FAILED;
	char number[PHONE_SIZE];

	phone_name(number, sizeof(number), f->from);
	str_ncpy(m->blob, pdf ? f->pdf : f->blob, sizeof(m->blob));
	text_printf(m->file_name, sizeof(m->file_name), "fax%s%s.%s", number[0] ? "-" : "", number,
		    pdf ? "pdf" : "tif");
	text_printf(m->file_type, sizeof(m->file_type), pdf ? "application/pdf" : "image/tiff");
}

/* What is to be said of its pages beside their number */
static void state_field(struct mail *m, const struct fax_received *f)
{
	char text[FIELD_SENTENCE + 64];

	if (f->state == RECEIVED_FAILED)
		text_printf(text, sizeof(text), "It could not be converted to a PDF%s",
			    f->blob[0] ? ". The file is as the fax machine wrote it (TIFF)." : ".");
	else if (f->state == RECEIVED_INCOMPLETE)
		text_printf(text, sizeof(text), "It is not complete: %s", f->reason);
	else
		return;
	mail_field(m, "incomplete", text);
}

/** Mails a received fax to somebody; the store has it already */
int fax_mail_forward(struct db *db, const struct fax_received *f, const char *address)
{
	struct mail mail = {.tenant = f->tenant, .template = TEMPLATE_fax_received};
	int err;

	str_ncpy(mail.to, address, sizeof(mail.to));
	str_ncpy(mail.object_id, f->id, sizeof(mail.object_id));
	text_printf(mail.page, sizeof(mail.page), "/fax/received/%s", f->id);
	file_field(&mail, f);
	mail_field(&mail, "sender", f->from[0] ? f->from : "an unknown number");
	mail_field(&mail, "station", f->ident);
	mail_field(&mail, "number", f->to);
	pages_field(&mail, f->pages, f->pages,
		    f->state == RECEIVED_INCOMPLETE ? ", incomplete" : "");
	state_field(&mail, f);
	err = time_field(&mail, db, f->received_at);
	return err ? err : mail_add(db, &mail);
}

static int deliver_h(const char *address, void *arg)
{
	const struct delivery *d = arg;

	return emails_have(d->done, address) ? 0 : fax_mail_forward(d->db, d->f, address);
}

/** Mails a fax that came in to the addresses of its extension and its number */
int fax_mail_received(struct db *db, const struct fax_received *f)
{
	struct delivery d = {db, f, ""};
	struct fax_box box;
	struct did did;
	bool may;
	int err = fax_box_get(&box, db, f->tenant, f->extension_id);

	if (!err)
		err = extension_may(&may, db, f->tenant, f->extension_id, "fax_to_email");
	if (err || !may)
		return err == ENOENT ? 0 : err; /* the extension is gone */
	err = emails_each(box.emails, deliver_h, &d);
	d.done = box.emails;
	if (err || did_by_number(&did, db, f->to) || did.tenant != f->tenant)
		return err;
	return emails_each(did.fax_emails, deliver_h, &d);
}

static int result_wanted(bool *wanted, struct db *db, const struct fax *f)
{
	struct fax_box box;
	int err = 0;

	*wanted = f->sender_email[0] && (f->state == FAX_SENT || f->state == FAX_FAILED);
	if (!*wanted || !f->extension_id[0])
		return 0;
	err = fax_box_get(&box, db, f->tenant, f->extension_id);
	if (!err)
		*wanted = box.result == RESULT_ALWAYS ||
			  (box.result == RESULT_FAILURES && f->state == FAX_FAILED);
	return err == ENOENT ? 0 : err;
}

/* What failed is told with its first page, so that its reader knows which one it is */
static int first_page(struct mail *m, struct db *db, const struct fax *f)
{
	int err = fax_page_get(m->blob, db, f->tenant, f->document_id, 1);

	text_printf(m->file_name, sizeof(m->file_name), "page-1.png");
	text_printf(m->file_type, sizeof(m->file_type), "image/png");
	return err == ENOENT ? 0 : err;
}

/** Mails the sender of a fax how it ended, if that is wanted */
int fax_mail_result(struct db *db, const struct fax *f)
{
	struct mail mail = {.tenant = f->tenant, .template = TEMPLATE_fax_result};
	bool wanted, sent = f->state == FAX_SENT;
	char text[PHONE_SIZE + MODEL_NAME + 4];
	int err = result_wanted(&wanted, db, f);

	if (err || !wanted)
		return err;
	str_ncpy(mail.to, f->sender_email, sizeof(mail.to));
	str_ncpy(mail.object_id, f->id, sizeof(mail.object_id));
	text_printf(mail.page, sizeof(mail.page), "/fax/sent/%s", f->id);
	text_printf(text, sizeof(text), f->to_name[0] ? "%s (%s)" : "%s", f->to, f->to_name);
	mail_field(&mail, "recipient", text);
	mail_field(&mail, "result", sent ? "delivered" : "failed");
	mail_field(&mail, "subject", f->subject);
	mail_field(&mail, "reason", sent ? "" : f->reason);
	pages_field(&mail, f->pages_sent, f->pages, "");
	text_printf(text, sizeof(text), "%lld", (long long)f->tries);
	mail_field(&mail, "tries", text);
	err = sent ? 0 : first_page(&mail, db, f);
	err = err ? err : time_field(&mail, db, f->ended_at);
	return err ? err : mail_add(db, &mail);
}
