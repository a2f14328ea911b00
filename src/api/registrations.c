/**
 * @file registrations.c  Registrations of a tenant's phones
 */
#include <string.h>
#include "inside.h"
#include "text.h"

/**
 * A registration; its id is made of what it is
 *
 * @param db     Where the name of its device is read
 * @param tenant Whose it is
 * @param r      As the registrar has it
 *
 * @return A new object
 */
json_t *registration_json(struct db *db, int64_t tenant, const struct live_registration *r)
{
	json_t *o = json_object();
	char key[sizeof(r->extension) + sizeof(r->contact) + 2], hex[TEXT_SHA256];
	struct device d = {0};
	bool known = !device_get(&d, db, tenant, r->device);

	text_printf(key, sizeof(key), "%s %s", r->extension, r->contact);
	text_sha256(hex, key, strlen(key));
	hex[24] = '\0';
	put_text(o, "id", hex);
	put_text(o, "extension", r->extension);
	put_text(o, "device", known ? d.name : "");
	put_text(o, "contact", r->contact);
	put_text(o, "transport", r->transport);
	put_text(o, "remote", r->remote);
	put_text(o, "userAgent", r->user_agent);
	put_time(o, "registeredAt", r->registered_at);
	put_time(o, "expiresAt", r->expires_at);
	json_object_set_new(o, "rttMs", r->rtt_ms ? json_integer(r->rtt_ms) : json_null());
	return o;
}

struct registrations {
	struct live_registration *v;
	size_t n;
	int64_t tenant;
	json_t *rows;
};

static int rows_fn(struct db *db, void *obj)
{
	struct registrations *r = obj;

	for (size_t i = 0; i < r->n; i++)
		json_array_append_new(r->rows, registration_json(db, r->tenant, &r->v[i]));
	return 0;
}

/** GET /registrations */
void registrations_get(struct request *rq, struct reply *rp)
{
	const struct api *api = api_of(rq);
	struct registrations r = {.tenant = who_of(rq)->tenant, .rows = json_array()};
	int err = api->live.registrations_h(&r.v, &r.n, r.tenant, NULL, api->live.arg);

	if (!err)
		err = store_read(api->conf.store, rows_fn, &r);
	mem_deref(r.v);
	rows_answer(rp, r.rows, err);
}
