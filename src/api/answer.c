/**
 * @file answer.c  Errors as problems, versions as ETags, audit rows, events
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "audit.h"
#include "clock.h"
#include "event.h"
#include "inside.h"
#include "log.h"
#include "text.h"

/** Answers what an errno of the store or of a live question means to a person */
void answer_error(struct reply *rp, int err)
{
	switch (err) {
	case ENOENT:
		reply_problem(rp, 404, "It does not exist, or not any more.");
		break;
	case ESTALE:
		reply_problem(rp, 412, "Load it again, then make your change once more.");
		break;
	case EEXIST:
		reply_problem(rp, 409, "This exists already.");
		break;
	case EBUSY:
		reply_problem(rp, 409, "It is still in use.");
		break;
	case ETIMEDOUT:
	case ENOBUFS:
		reply_problem(rp, 503, "The system is busy. Try again in a moment.");
		reply_header(rp, "Retry-After", "2");
		break;
	default:
		if (err != ENOSPC) /* of which the store has told */
			log_error("api.failed", "err=%d text=\"%s\"", err, strerror(err));
		reply_problem(
			rp, err == ENOSPC || err == EIO ? 503 : 500,
			"This is our fault. Try again, and tell your administrator the request id "
			"if it stays.");
	}
}

/** Answers 503: what little room there is on the disk is for calls and messages */
void disk_nearly_full(struct reply *rp)
{
	reply_problem(rp, 503, "The server's disk is nearly full. Tell your administrator.");
}

/** Answers 429, and in how many ms it may be asked again */
void answer_later(struct reply *rp, int64_t ms, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	reply_problem(rp, 429, "%s", text);
	reply_member(rp, "retryAfterMs", json_integer(ms));
	reply_header(rp, "Retry-After", "%d", (int)((ms + 999) / 1000));
}

/** Whether there is a tenant to act in; a platform administrator has to choose one, and is told so
 */
bool tenant_chosen(const struct request *rq, struct reply *rp)
{
	if (!who_of(rq)->tenant)
		reply_problem(rp, 409, "Choose a tenant first.");
	return who_of(rq)->tenant != 0;
}

/** Answers 422 when the model found something wrong; returns whether it did */
bool answer_fields(struct reply *rp, const struct field_errors *fe)
{
	for (unsigned i = 0; i < fe->count; i++)
		reply_field(rp, fe->v[i].name, "%s", fe->v[i].text);
	return fe->count > 0;
}

/** Answers what kept a change from being made: fields, or an errno; returns whether anything did */
bool answer_refused(struct reply *rp, const struct field_errors *fe, int err)
{
	if (answer_fields(rp, fe))
		return true;
	if (err)
		answer_error(rp, err);
	return err != 0;
}

/** Adds the ETag of a version */
void answer_etag(struct reply *rp, int64_t version)
{
	reply_header(rp, "ETag", "\"%" PRId64 "\"", version);
}

/** False when If-Match names another version: somebody else was faster */
bool version_matches(const struct request *rq, int64_t version)
{
	const char *have = request_header(rq, "If-Match");
	char tag[32];

	text_printf(tag, sizeof(tag), "\"%" PRId64 "\"", version);
	return !have || !strcmp(have, "*") || strstr(have, tag);
}

/** The client's address as text, without its port */
void client_ip(const struct request *rq, char *ip, size_t size)
{
	if (sa_ntop(&rq->client, ip, (int)size))
		ip[0] = '\0';
}

/**
 * Adds a row to the audit log; on the store's writer, in the transaction of what it tells of
 *
 * @param db        Writer's connection
 * @param rq        Request
 * @param tenant    In whose log
 * @param u         Who did it; NULL for somebody who is not signed in
 * @param action    "extension.add", ...
 * @param object_id What it was done to, or NULL
 * @param object    Its name, or ""
 */
void audit_as(struct db *db, const struct request *rq, int64_t tenant, const struct user *u,
	      const char *action, const char *object_id, const char *object)
{
	struct audit a = {.tenant = tenant, .at = clock_wall_ms()};
	int err;

	if (u) {
		text_printf(a.user_id, sizeof(a.user_id), "%s", u->id);
		text_printf(a.who, sizeof(a.who), "%s", u->email);
	}
	client_ip(rq, a.ip, sizeof(a.ip));
	text_printf(a.action, sizeof(a.action), "%s", action);
	text_printf(a.object_id, sizeof(a.object_id), "%s", object_id ? object_id : "");
	text_printf(a.object, sizeof(a.object), "%s", object ? object : "");
	err = audit_add(db, &a);
	if (err)
		log_error("audit.failed", "action=%s err=%d", action, err);
}

/** The same for whoever is signed in, in the log of the tenant they act in */
void audit_note(struct db *db, const struct request *rq, const char *action, const char *object_id,
		const char *object)
{
	const struct who *w = who_of(rq);

	audit_as(db, rq, w->tenant, &w->user, action, object_id, object);
}

/** The WebSocket's address for whoever asked: the same host and port as the portal's */
void ws_url(const struct request *rq, char *url, size_t size)
{
	const char *public = api_of(rq)->public_url;

	if (!strncmp(public, "https://", 8))
		text_printf(url, size, "wss://%s/ws/", public + 8);
	else
		text_printf(url, size, "%s://%s/ws/", rq->tls ? "wss" : "ws", rq->host);
}

/** Publishes an event; takes over the object */
void tell(int64_t tenant, const char *extension, const char *name, json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT);
	struct event event = {.tenant = tenant, .extension = extension, .name = name, .data = text};

	if (text)
		event_publish(&event);
	free(text);
	json_decref(o);
}
