/**
 * @file order.c  What the worker is told: one JSON object a line on its standard input
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <jansson.h>
#include "order.h"

static int text(char *to, size_t size, const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	if (!s || !*s || strlen(s) >= size)
		return EINVAL;
	memcpy(to, s, strlen(s) + 1);
	return 0;
}

static long number(const json_t *o, const char *key, long low, long high, long otherwise)
{
	const json_t *v = json_object_get(o, key);
	json_int_t n = json_integer_value(v);

	return json_is_integer(v) && n >= low && n <= high ? (long)n : otherwise;
}

static int start_read(struct order_start *o, const json_t *j, const char **fault)
{
	struct machine_conf *c = &o->machine;

	*fault = "send, file, ident: needed";
	if (!json_is_boolean(json_object_get(j, "send")) ||
	    text(o->file, sizeof(o->file), j, "file") ||
	    text(o->ident, sizeof(o->ident), j, "ident") || strlen(o->ident) > 20)
		return EINVAL;
	if (text(o->proof, sizeof(o->proof), j, "proof"))
		o->proof[0] = '\0';
	c->sends = json_is_true(json_object_get(j, "send"));
	c->file = o->file;
	c->ident = o->ident;
	c->ecm = !json_is_false(json_object_get(j, "ecm"));
	c->rate = (int)number(j, "rate", 2400, 14400, 14400);
	c->sheets = (int)number(j, "sheets", 0, 1, 0);
	o->confirmed = (int)number(j, "confirmed", 0, MACHINE_PAGES, 0);
	c->max_pages = (int)number(j, "maxPages", 1, MACHINE_PAGES, MACHINE_PAGES);
	o->audio = (int)number(j, "audioFd", 3, 63, -1);
	o->t38 = (int)number(j, "t38Fd", 3, 63, -1);
	*fault = "audioFd or t38Fd: needed";
	return o->audio < 0 && o->t38 < 0 ? EINVAL : 0;
}

/** Reads the first line; 0, or EINVAL with what is wrong */
int order_start(struct order_start *o, const char *line, const char **fault)
{
	json_t *j = json_loads(line, 0, NULL);
	int err;

	memset(o, 0, sizeof(*o));
	*fault = "not a JSON object";
	err = json_is_object(j) ? start_read(o, j, fault) : EINVAL;
	json_decref(j);
	return err;
}

static int address(struct sockaddr_storage *to, const json_t *o, const char *key, long port)
{
	const char *s = json_string_value(json_object_get(o, key));
	struct sockaddr_in *four = (struct sockaddr_in *)to;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)to;

	memset(to, 0, sizeof(*to));
	if (s && inet_pton(AF_INET, s, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons((uint16_t)port);
		return 0;
	}
	if (s && inet_pton(AF_INET6, s, &six->sin6_addr) == 1) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons((uint16_t)port);
		return 0;
	}
	return EINVAL;
}

static int t38_read(struct order_t38 *t, const json_t *o, const char **fault)
{
	long port = number(o, "port", 1, 65535, 0);

	*fault = "t38.address, t38.port: needed";
	if (!port || address(&t->peer, o, "address", port))
		return EINVAL;
	if (address(&t->source, o, "source", port))
		t->source = t->peer;
	t->vouched = json_is_true(json_object_get(o, "vouched"));
	t->machine.max_datagram = (size_t)number(o, "maxDatagram", 40, 65535, 400);
	t->machine.rate = (int)number(o, "rate", 2400, 33600, 14400);
	t->machine.fec = json_is_true(json_object_get(o, "fec"));
	return 0;
}

/** Reads a later line; 0, or EINVAL with what is wrong */
int order_next(enum order_kind *kind, struct order_t38 *t38, const char *line, const char **fault)
{
	json_t *j = json_loads(line, 0, NULL);
	const json_t *t = json_object_get(j, "t38");
	int err = EINVAL;

	*fault = "neither t38 nor ask nor hangup";
	if (t) {
		*kind = ORDER_T38;
		err = t38_read(t38, t, fault);
	} else if (json_is_true(json_object_get(j, "ask"))) {
		*kind = ORDER_ASK;
		err = 0;
	} else if (json_is_true(json_object_get(j, "hangup"))) {
		*kind = ORDER_HANGUP;
		err = 0;
	}
	json_decref(j);
	return err;
}
