/**
 * @file emergency_mail.c  The mail that tells of a call for help, one for each address of the
 * tenant
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "emergency.h"
#include "emergency_mail.h"
#include "log.h"
#include "mail.h"
#include "text.h"
#include "zone.h"

/* A phone that dials in a loop must not bury those whom it concerns, nor the mail server. */
enum { NOTICES_MAX = 100, NOTICES_LOOKED_AT = 500, NOTICES_MS = 10 * 60 * 1000 };

struct telling {
	struct db *db;
	const struct emergency_call *c;
};

static int address_h(const char *address, void *arg)
{
	const struct telling *t = arg;
	const struct emergency_call *c = t->c;
	struct mail mail = {.tenant = c->tenant, .template = TEMPLATE_emergency};
	char zone[MODEL_WORD] = "", text[64];
	int err = mail_zone(zone, t->db, c->tenant, address);

	if (err)
		return err;
	str_ncpy(mail.to, address, sizeof(mail.to));
	str_ncpy(mail.object_id, c->call_id, sizeof(mail.object_id));
	text_printf(mail.page, sizeof(mail.page), "/calls/%s", c->call_id);
	mail_field(&mail, "caller", c->caller[0] ? c->caller : "Somebody");
	mail_field(&mail, "extension", c->extension);
	mail_field(&mail, "number", c->number);
	mail_field(&mail, "address", c->address[0] ? c->address : "none");
	zone_text(text, sizeof(text), zone, c->at);
	mail_field(&mail, "time", text);
	return mail_add(t->db, &mail);
}

static int too_many(bool *many, struct db *db, int64_t tenant)
{
	int64_t n = 0;
	int err = db_number(db, &n,
			    "SELECT count(*) FROM (SELECT template, created_at FROM mail WHERE "
			    "tenant_id = $1 ORDER BY id DESC LIMIT $2) AS newest WHERE template = "
			    "$3 AND created_at > $4",
			    "idsi", tenant, (int)NOTICES_LOOKED_AT,
			    template_name(TEMPLATE_emergency), clock_wall_ms() - NOTICES_MS);

	*many = n >= NOTICES_MAX;
	return err;
}

/**
 * Adds the mails that tell of a call for help; of very many calls in a short time not all are told
 *
 * @return 0, ENAMETOOLONG or what the database said
 */
int emergency_mail(struct db *db, const struct emergency_call *c)
{
	struct telling t = {db, c};
	struct emergency e;
	bool many = false;
	int err = emergency_read(&e, db, c->tenant);

	if (!err && e.notify[0])
		err = too_many(&many, db, c->tenant);
	if (err)
		return err;
	if (many) {
		log_warn("emergency.unmailed", "tenant=%lld call=%s", (long long)c->tenant,
			 c->call_id);
		return 0;
	}
	return emails_each(e.notify, address_h, &t);
}
