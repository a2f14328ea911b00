/**
 * @file registrations.c  Registrations of a tenant's phones
 */
#include <string.h>
#include "inside.h"
#include "own.h"
#include "text.h"

/** A registration; its id is made of what it is */
json_t *registration_json(const struct live_registration *r)
{
	json_t *o = json_object();
	char key[sizeof(r->extension) + sizeof(r->contact) + 2], hex[TEXT_SHA256];

	text_printf(key, sizeof(key), "%s %s", r->extension, r->contact);
	text_sha256(hex, key, strlen(key));
	hex[24] = '\0';
	put_text(o, "id", hex);
	put_text(o, "extension", r->extension);
	put_text(o, "device", r->device);
	put_text(o, "contact", r->contact);
	put_text(o, "transport", r->transport);
	put_text(o, "remote", r->remote);
	put_text(o, "userAgent", r->user_agent);
	put_time(o, "registeredAt", r->registered_at);
	put_time(o, "expiresAt", r->expires_at);
	json_object_set_new(o, "rttMs", r->rtt_ms ? json_integer(r->rtt_ms) : json_null());
	return o;
}

/** GET /registrations */
void registrations_get(struct request *rq, struct reply *rp)
{
	const struct api_live *live = &api_of(rq)->live;
	AUTO struct live_registration *v = NULL;
	json_t *rows = json_array();
	size_t n = 0;
	int err = live->registrations_h(&v, &n, who_of(rq)->tenant, NULL, live->arg);

	for (size_t i = 0; i < n; i++)
		json_array_append_new(rows, registration_json(&v[i]));
	rows_answer(rp, rows, err);
}
