/**
 * @file fax_news.c  What is said between a fax line and its fax-worker: JSON lines
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include "fax_news.h"

static const char *const kinds[] = {"ready", "here", "negotiated", "page", "result", "fault"};

static unsigned number(const json_t *o, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(o, key));

	return n > 0 && n < INT32_MAX ? (unsigned)n : 0;
}

static bool truth(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

/* The worker may have been taken over by whoever is on the line: nothing of it is believed but this
 * form. */
static void text(char *to, size_t size, const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	size_t n = 0;

	for (; s && *s && n + 1 < size; s++) {
		if (*s >= ' ' && *s <= '~')
			to[n++] = *s;
	}
	to[n] = '\0';
}

static int kind_of(enum fax_news_kind *kind, const char *word)
{
	for (size_t i = 0; word && i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!strcmp(kinds[i], word)) {
			*kind = (enum fax_news_kind)i;
			return 0;
		}
	}
	return EBADMSG;
}

/** Reads a line of the worker; 0 or EBADMSG */
int fax_news_parse(struct fax_news *n, const char *line)
{
	json_t *o = json_loads(line, 0, NULL);
	int err;

	memset(n, 0, sizeof(*n));
	err = kind_of(&n->kind, json_string_value(json_object_get(o, "event")));
	n->pages = number(o, "pages");
	n->rate = number(o, "rate");
	n->seconds = number(o, "seconds");
	n->code = (int)number(o, "code");
	n->ecm = truth(o, "ecm");
	n->t38 = truth(o, "t38");
	n->ok = truth(o, "ok");
	n->permanent = truth(o, "permanent");
	text(n->ident, sizeof(n->ident), o, "ident");
	text(n->reason, sizeof(n->reason), o, "reason");
	json_decref(o);
	return err;
}

static int print(char *line, size_t size, json_t *o)
{
	char *made = o ? json_dumps(o, JSON_COMPACT) : NULL;
	int n = made ? snprintf(line, size, "%s\n", made) : -1;

	free(made);
	json_decref(o);
	return n > 0 && (size_t)n < size ? 0 : EINVAL;
}

/** Prints the first order, its line feed included; 0 or EINVAL */
int fax_start_print(char *line, size_t size, const struct fax_start *s)
{
	json_t *o =
		json_pack("{s:b,s:s,s:s,s:b,s:i,s:i}", "send", s->sends, "file", s->file, "ident",
			  s->ident, "ecm", s->ecm, "confirmed", (int)s->confirmed, "audioFd", 3);

	if (o && s->proof)
		json_object_set_new(o, "proof", json_string(s->proof));
	if (o && s->sheets)
		json_object_set_new(o, "sheets", json_integer(s->sheets));
	if (o && s->rate)
		json_object_set_new(o, "rate", json_integer(s->rate));
	if (o && s->t38)
		json_object_set_new(o, "t38Fd", json_integer(4));
	return print(line, size, o);
}

/** Prints the order to move to T.38; 0 or EINVAL */
int fax_t38_print(char *line, size_t size, const struct fax_t38 *t)
{
	json_t *o =
		json_pack("{s:{s:s,s:i,s:s,s:b,s:b,s:i,s:i}}", "t38", "address", t->address, "port",
			  (int)t->port, "source", t->source, "vouched", t->vouched, "fec", t->fec,
			  "maxDatagram", (int)t->max_datagram, "rate", (int)t->rate);

	return print(line, size, o);
}
