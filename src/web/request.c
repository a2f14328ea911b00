/**
 * @file request.c  What a handler reads of a request, and where it really came from
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "id.h"
#include "own.h"
#include "server.h"
#include "text.h"

enum { PROXIES = 16, VALUE = 512 };

struct proxies {
	struct sa v[PROXIES];
	size_t n;
};

/**
 * Reads the addresses whose X-Forwarded-For is believed
 *
 * @param pp   Result
 * @param text Addresses separated by commas
 *
 * @return 0, EINVAL for what is no address, E2BIG for more than 16, or ENOMEM
 */
int proxies_alloc(struct proxies **pp, const char *text)
{
	AUTO struct proxies *p = mem_zalloc(sizeof(*p), NULL);

	if (!p)
		return ENOMEM;
	while (text && *text) {
		size_t n = strcspn(text, ", ");
		char addr[64];

		if (n >= sizeof(addr))
			return EINVAL;
		memcpy(addr, text, n);
		addr[n] = '\0';
		text += n + strspn(text + n, ", ");
		if (!n)
			continue;
		if (p->n == PROXIES)
			return E2BIG;
		if (sa_set_str(&p->v[p->n++], addr, 0))
			return EINVAL;
	}
	*pp = TAKE(p);
	return 0;
}

/** True when there is a proxy in front */
bool proxies_any(const struct proxies *p)
{
	return p->n > 0;
}

static bool trusted(const struct proxies *p, const struct sa *sa)
{
	for (size_t i = 0; i < p->n; i++) {
		if (sa_cmp(&p->v[i], sa, SA_ADDR))
			return true;
	}
	return false;
}

/** Walks X-Forwarded-For from its end: each trusted proxy vouches for the address before it */
static void forwarded(struct request *rq, const struct proxies *p)
{
	const char *list = request_header(rq, "X-Forwarded-For");
	const char *proto = request_header(rq, "X-Forwarded-Proto");
	size_t end = list ? strlen(list) : 0;

	if (!trusted(p, &rq->client))
		return;
	if (proto)
		rq->tls = !strcmp(proto, "https");
	while (end && trusted(p, &rq->client)) {
		size_t start = end;
		char addr[64];
		struct sa sa;
		struct pl pl;

		while (start && list[start - 1] != ',')
			--start;
		pl = (struct pl){.p = list + start, .l = end - start};
		while (pl.l && isspace((unsigned char)pl.p[0]))
			pl_advance(&pl, 1);
		while (pl.l && isspace((unsigned char)pl.p[pl.l - 1]))
			--pl.l;
		if (!text_copy_pl(addr, sizeof(addr), &pl) || sa_set_str(&sa, addr, 0))
			return;
		rq->client = sa;
		end = start ? start - 1 : 0;
	}
}

/* "host", "host:port" or "[v6]:port": what may be repeated in a URL for the phone */
static bool host_valid(const char *host)
{
	return host[0] && strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "0123456789.-:[]_") == strlen(host);
}

/** From where a connection comes */
void conn_address(struct sa *sa, struct MHD_Connection *conn)
{
	const union MHD_ConnectionInfo *ci =
		MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	bool six = ci && ci->client_addr->sa_family == AF_INET6;

	sa_init(sa, AF_INET);
	if (six)
		sa->u.in6 = *(const struct sockaddr_in6 *)ci->client_addr;
	else if (ci)
		sa->u.in = *(const struct sockaddr_in *)ci->client_addr;
	sa->len = six ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

/**
 * Fills path, Host, address and id of a request
 *
 * @param rq  Request with web, conn, tls and method set
 * @param url Path, unescaped
 *
 * @return false for what no well-meaning client sends: 400
 */
bool request_fill(struct request *rq, const char *url)
{
	const char *host = request_header(rq, "Host");
	size_t n = strlen(url);

	id_random(rq->id, sizeof(rq->id));
	conn_address(&rq->client, rq->conn);
	forwarded(rq, rq->web->proxies);
	if (n >= sizeof(rq->path) || url[0] != '/' || !text_printable(url))
		return false;
	memcpy(rq->path, url, n + 1);
	if (!host || strlen(host) >= sizeof(rq->host) || !host_valid(host))
		return false;
	memcpy(rq->host, host, strlen(host) + 1);
	return true;
}

/**
 * True unless a browser says that another site made this request
 *
 * A browser always sends Origin with what is not GET or HEAD and with a WebSocket; programs send
 * none, and carry no cookie by accident either. Sec-Fetch-Site is the second opinion.
 */
bool request_same_origin(const struct request *rq)
{
	const char *origin = request_header(rq, "Origin");
	const char *site = request_header(rq, "Sec-Fetch-Site");
	char own[WEB_HOST + 16];

	if (!origin)
		return !site || !strcmp(site, "same-origin") || !strcmp(site, "none");
	text_printf(own, sizeof(own), "%s://%s", rq->tls ? "https" : "http", rq->host);
	return !strcasecmp(origin, own) ||
	       (rq->web->public_url[0] && !strcasecmp(origin, rq->web->public_url));
}

/** A header's value, or NULL; valid as long as the request */
const char *request_header(const struct request *rq, const char *name)
{
	return MHD_lookup_connection_value(rq->conn, MHD_HEADER_KIND, name);
}

/** A query's value, or NULL: not there, empty, longer than 512 bytes or not printable */
const char *request_query(const struct request *rq, const char *name)
{
	const char *value;
	size_t n;

	if (MHD_YES != MHD_lookup_connection_value_n(rq->conn, MHD_GET_ARGUMENT_KIND, name,
						     strlen(name), &value, &n))
		return NULL;
	if (!value || !n || n > VALUE || strlen(value) != n || !text_printable(value))
		return NULL;
	return value;
}

/** Reads a query's value as a whole number; false if it is not there or is none */
bool request_query_int(const struct request *rq, const char *name, int64_t *v)
{
	const char *text = request_query(rq, name);
	char *end;

	if (!text)
		return false;
	errno = 0;
	*v = strtoll(text, &end, 10);
	return !errno && end != text && !*end;
}

/** Copies a cookie's value; false if it is not there or does not fit */
bool request_cookie(const struct request *rq, const char *name, char *value, size_t size)
{
	const char *p = request_header(rq, "Cookie");
	size_t len = strlen(name);

	while (p && *p) {
		size_t n;

		p += strspn(p, "; ");
		n = strcspn(p, ";");
		if (n > len && p[len] == '=' && !strncmp(p, name, len)) {
			struct pl pl = {.p = p + len + 1, .l = n - len - 1};

			return pl.l && text_copy_pl(value, size, &pl);
		}
		p += n;
	}
	return false;
}

/** True when the body has this member, even if it is null */
bool request_has(const struct request *rq, const char *name)
{
	return json_object_get(rq->body, name) != NULL;
}

/** A member's text, or NULL when it is not there or null */
const char *request_text(const struct request *rq, const char *name)
{
	return json_string_value(json_object_get(rq->body, name));
}

/** A member's number, or the default */
int64_t request_int(const struct request *rq, const char *name, int64_t def)
{
	const json_t *v = json_object_get(rq->body, name);

	return json_is_integer(v) ? json_integer_value(v) : def;
}

/** A member's truth, or the default */
bool request_bool(const struct request *rq, const char *name, bool def)
{
	const json_t *v = json_object_get(rq->body, name);

	return json_is_boolean(v) ? json_is_true(v) : def;
}
