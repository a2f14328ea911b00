/**
 * @file reply.c  What a handler answers, and how it becomes a response
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "own.h"
#include "server.h"
#include "text.h"

enum { FIELDS = 32 }; /* that one problem names: a body may have thousands of wrong ones */

static const struct {
	unsigned status;
	const char *title;
} titles[] = {
	{400, "The request is malformed"},
	{401, "Not signed in"},
	{403, "Not permitted"},
	{404, "Not found"},
	{405, "Method not allowed"},
	{409, "Conflict"},
	{412, "Somebody else has changed this"},
	{413, "Too large"},
	{415, "Only JSON is accepted"},
	{416, "There is no such part"},
	{422, "Some entries need another look"},
	{428, "If-Match is missing"},
	{429, "Too many tries"},
	{500, "Internal error"},
	{503, "Busy, try again"},
};

static const char *title_of(unsigned status)
{
	for (size_t i = 0; i < COUNT(titles); i++) {
		if (titles[i].status == status)
			return titles[i].title;
	}
	return "Error";
}

/** Drops what was answered so far */
void reply_reset(struct reply *rp)
{
	json_decref(rp->json);
	json_decref(rp->fields);
	json_decref(rp->members);
	mem_deref(rp->body);
	if (rp->fd)
		close(rp->fd - 1);
	for (size_t i = 0; i < rp->head_count; i++)
		mem_deref(rp->heads[i].value);
	shared_unref(rp->stream);
	memset(rp, 0, sizeof(*rp));
}

/** Answers with a JSON value, whose reference is taken over */
void reply_json(struct reply *rp, unsigned status, json_t *json)
{
	json_decref(rp->json);
	rp->json = json;
	rp->status = json ? status : 500;
}

/** Answers 200 with a body of another type, whose reference is taken over */
void reply_text(struct reply *rp, const char *type, struct mbuf *body)
{
	mem_deref(rp->body);
	rp->body = body;
	rp->type = type;
	rp->status = body ? 200 : 500;
}

/** The same with parts that may be asked for (RFC 9110, 14): so a player moves within a sound */
void reply_sound(struct reply *rp, const char *type, struct mbuf *body)
{
	reply_text(rp, type, body);
	rp->ranges = true;
}

/** Answers 200 with a file, which is closed later, or a part of it; its type must stay valid */
void reply_file(struct reply *rp, const char *type, int fd, int64_t size)
{
	if (rp->fd)
		close(rp->fd - 1);
	rp->fd = fd + 1;
	rp->size = size;
	rp->type = type;
	rp->ranges = true;
	rp->status = 200;
}

/** Answers 204 */
void reply_done(struct reply *rp)
{
	rp->status = 204;
}

/**
 * Refuses, as application/problem+json (RFC 9457)
 *
 * @param rp     Reply
 * @param status 400 to 599
 * @param fmt    What the person can do about it, one or two sentences; "" for nothing
 */
void reply_problem(struct reply *rp, unsigned status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(rp->detail, sizeof(rp->detail), fmt, ap);
	va_end(ap);
	rp->status = status;
}

/** Says what is wrong with one field; the reply becomes 422 unless it is a problem already */
void reply_field(struct reply *rp, const char *field, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!rp->fields)
		rp->fields = json_object();
	if (!json_object_get(rp->fields, field) && json_object_size(rp->fields) < FIELDS)
		json_object_set_new(rp->fields, field, json_string(text));
	if (rp->status < 400)
		rp->status = 422;
}

/** Adds a member to a problem, such as retryAfterMs; takes over the value */
void reply_member(struct reply *rp, const char *name, json_t *value)
{
	if (!rp->members)
		rp->members = json_object();
	json_object_set_new(rp->members, name, value);
}

/** Adds a header; its name must stay valid */
void reply_header(struct reply *rp, const char *name, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	CHECK(rp->head_count < WEB_HEADERS);
	CHECK(n >= 0 && (size_t)n < sizeof(text));
	if (!str_dup(&rp->heads[rp->head_count].value, text))
		rp->heads[rp->head_count++].name = name;
}

/** The status so far, 0 for none */
unsigned reply_status(const struct reply *rp)
{
	return rp->status;
}

static json_t *problem(const struct request *rq, const struct reply *rp)
{
	json_t *o = json_object();

	json_object_set_new(o, "type", json_string("about:blank"));
	json_object_set_new(o, "title", json_string(title_of(rp->status)));
	json_object_set_new(o, "status", json_integer(rp->status));
	if (rp->detail[0])
		json_object_set_new(o, "detail", json_string(rp->detail));
	if (rp->fields)
		json_object_set(o, "fields", rp->fields);
	if (rp->members)
		json_object_update(o, rp->members);
	json_object_set_new(o, "requestId", json_string(rq->id));
	return o;
}

static struct MHD_Response *json_response(const json_t *json, const char *type)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
	struct MHD_Response *r;

	if (!text)
		return NULL;
	r = MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
	if (r)
		MHD_add_response_header(r, "Content-Type", type);
	return r;
}

/** A part of a body: bytes from..from+count */
struct part {
	uint64_t from, count, size;
};

/* One range of bytes; several, and other units, are answered as if nobody had asked (RFC 9110,
 * 14.2). False: there is no such part. */
static bool part_read(struct part *p, bool *asked, const char *range)
{
	uint64_t first, last;
	char *end;

	*asked = range && !strncmp(range, "bytes=", 6) && !strchr(range, ',');
	if (!*asked)
		return true;
	range += 6;
	if (*range == '-') {
		last = strtoull(range + 1, &end, 10);
		p->count = last < p->size ? last : p->size;
		p->from = p->size - p->count;
		return !*end && end != range + 1 && p->count;
	}
	first = strtoull(range, &end, 10);
	if (end == range || *end != '-' || first >= p->size)
		return false;
	range = end + 1;
	last = *range ? strtoull(range, &end, 10) : p->size - 1;
	if (*range && (*end || last < first))
		return false;
	p->from = first;
	p->count = (last < p->size ? last + 1 : p->size) - first;
	return true;
}

static struct MHD_Response *part_response(struct reply *rp, const struct part *p)
{
	struct MHD_Response *r;

	if (!rp->fd)
		return MHD_create_response_from_buffer(p->count, rp->body->buf + p->from,
						       MHD_RESPMEM_MUST_COPY);
	r = MHD_create_response_from_fd_at_offset64(p->count, rp->fd - 1, p->from);
	if (r)
		rp->fd = 0; /* the response closes it */
	return r;
}

static struct MHD_Response *ranged(const struct request *rq, struct reply *rp)
{
	struct part p = {.size = rp->fd ? (uint64_t)rp->size : rp->body->end};
	struct MHD_Response *r;
	char text[80];
	bool asked;

	p.count = p.size;
	if (!part_read(&p, &asked, request_header(rq, "Range"))) {
		rp->status = 416;
		r = MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
		text_printf(text, sizeof(text), "bytes */%llu", (unsigned long long)p.size);
	} else {
		rp->status = asked ? 206 : 200;
		r = part_response(rp, &p);
		text_printf(text, sizeof(text), "bytes %llu-%llu/%llu", (unsigned long long)p.from,
			    (unsigned long long)(p.from + p.count - 1), (unsigned long long)p.size);
	}
	if (!r)
		return NULL;
	MHD_add_response_header(r, "Content-Type", rp->type);
	MHD_add_response_header(r, "Accept-Ranges", "bytes");
	if (rp->status != 200)
		MHD_add_response_header(r, "Content-Range", text);
	return r;
}

static struct MHD_Response *response(const struct request *rq, struct reply *rp)
{
	struct MHD_Response *r;

	if (rp->status >= 400) {
		json_t *o = problem(rq, rp);

		r = json_response(o, "application/problem+json");
		json_decref(o);
		return r;
	}
	if (rp->json)
		return json_response(rp->json, "application/json");
	if (rp->ranges && (rp->fd || rp->body) && rp->status == 200)
		return ranged(rq, rp);
	if (!rp->body)
		return MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
	r = MHD_create_response_from_buffer(rp->body->end, rp->body->buf, MHD_RESPMEM_MUST_COPY);
	if (r)
		MHD_add_response_header(r, "Content-Type", rp->type);
	return r;
}

/** An ETag that the client has already turns a GET's reply into 304 */
static void not_modified(const struct request *rq, struct reply *rp)
{
	const char *have = request_header(rq, "If-None-Match");

	if (!have || rp->status != 200 || strcmp(rq->method, "GET"))
		return;
	for (size_t i = 0; i < rp->head_count; i++) {
		if (strcmp(rp->heads[i].name, "ETag") || !strstr(have, rp->heads[i].value))
			continue;
		rp->status = 304;
		json_decref(rp->json);
		rp->json = NULL;
		rp->body = mem_deref(rp->body);
		rp->ranges = false;
	}
}

/** Queues the reply; on the connection's own thread */
enum MHD_Result reply_send(const struct request *rq, struct reply *rp)
{
	struct MHD_Response *r;
	enum MHD_Result res;

	if (rp->stream)
		return sse_send(rq, shared_ref(rp->stream));
	if (!rp->status)
		rp->status = 500;
	not_modified(rq, rp);
	r = response(rq, rp);
	if (!r)
		return MHD_NO;
	security_heads(rq->web, r);
	MHD_add_response_header(r, "Cache-Control", "no-store");
	MHD_add_response_header(r, "X-Request-Id", rq->id);
	for (size_t i = 0; i < rp->head_count; i++)
		MHD_add_response_header(r, rp->heads[i].name, rp->heads[i].value);
	res = MHD_queue_response(rq->conn, rp->status, r);
	MHD_destroy_response(r);
	return res;
}
