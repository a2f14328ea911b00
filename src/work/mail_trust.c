/**
 * @file mail_trust.c  What a mail server says of a sender: Authentication-Results (RFC 8601)
 *
 * Parts of it are the sender's own words: the name by which its server greeted stands in comments,
 * its address in quotes. Neither may look like a result.
 */
#include <string.h>
#include <strings.h>
#include <re.h>
#include "mail_in.h"

enum { RESULTS = 2048 };

/* The end of a comment, which may hold others (RFC 5322, 3.2.2) */
static const char *comment_end(const char *p)
{
	unsigned depth = 0;

	for (; *p; p++) {
		if (*p == '\\' && p[1])
			++p;
		else if (*p == '(')
			++depth;
		else if (*p == ')' && !--depth)
			return p + 1;
	}
	return p;
}

/* Copies what is in quotes without them; what separates becomes a letter. Returns where it ends */
static const char *quote_copy(char *to, size_t *n, const char *p)
{
	for (; *p && *p != '"'; p++) {
		if (*p == '\\' && p[1])
			++p;
		to[(*n)++] = strchr("; \t=", *p) ? '_' : *p;
	}
	return *p ? p + 1 : p;
}

/* The header without comments and quotes; false when it is too long */
static bool plain(char to[RESULTS], const char *p)
{
	size_t n = 0;

	if (strlen(p) >= RESULTS)
		return false;
	while (*p) {
		if (*p == '(') {
			p = comment_end(p);
			to[n++] = ' ';
		} else if (*p == '"') {
			p = quote_copy(to, &n, p + 1);
		} else {
			to[n++] = *p++;
		}
	}
	to[n] = '\0';
	return true;
}

/* Takes "name = value" off a list, blanks allowed around the sign; false at its end */
static bool pair(struct pl *name, struct pl *value, const char **list)
{
	const char *p = *list + strspn(*list, " \t");

	name->p = p;
	name->l = strcspn(p, "= \t");
	p += name->l;
	p += strspn(p, " \t");
	value->p = p;
	value->l = 0;
	if (*p == '=') {
		p += 1 + strspn(p + 1, " \t");
		value->p = p;
		value->l = strcspn(p, " \t");
		p += value->l;
	}
	*list = p;
	return name->l;
}

/* The same address, or its domain, perhaps with "@" before it */
static bool names(const struct pl *value, const char *from)
{
	const char *at = strrchr(from, '@');

	return !pl_strcasecmp(value, from) ||
	       (at && (!pl_strcasecmp(value, at) || !pl_strcasecmp(value, at + 1)));
}

/** What all results of one method say together */
struct verdict {
	const char *method, *property, *of;
	bool good, bad;
};

/* "spf=pass smtp.mailfrom=..." of this sender; of the name of its server it proves nothing */
static void hear(struct verdict *v, const char *result)
{
	struct pl name, value;
	bool good;

	if (!pair(&name, &value, &result) || pl_strcasecmp(&name, v->method))
		return;
	good = !pl_strcasecmp(&value, "pass");
	while (pair(&name, &value, &result)) {
		if (!pl_strcasecmp(&name, "smtp.helo"))
			return;
		if (!pl_strcasecmp(&name, v->property))
			good = good && names(&value, v->of);
	}
	v->good |= good;
	v->bad |= !good;
}

static bool server_is(const char *id, const char *server)
{
	size_t n = strlen(server);

	id += strspn(id, " \t");
	return !strncasecmp(id, server, n) && (!id[n] || strchr(" \t", id[n]));
}

/**
 * Whether our mail server proved a sender: SPF speaks of the envelope, DMARC of the header
 *
 * @param results Value of the topmost Authentication-Results, "" for none
 * @param server  Name that our mail server has there
 * @param from    Envelope's sender
 * @param header  Address in From
 */
bool mail_trusted(const char *results, const char *server, const char *from, const char *header)
{
	struct verdict spf = {.method = "spf", .property = "smtp.mailfrom", .of = from};
	struct verdict dmarc = {.method = "dmarc", .property = "header.from", .of = header};
	char text[RESULTS], *p = text;

	if (!plain(text, results) || !server_is(strsep(&p, ";"), server))
		return false;
	while (p) {
		const char *result = strsep(&p, ";");

		hear(&spf, result);
		hear(&dmarc, result);
	}
	return (spf.good && !spf.bad) || (dmarc.good && !dmarc.bad && !strcasecmp(header, from));
}
