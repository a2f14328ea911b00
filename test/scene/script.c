/**
 * @file script.c  Reading a scene, and finding the verb of each statement
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "scene.h"

enum { STEPS = 400, ROW = 1024 };

static const struct verb *const tables[] = {daemon_verbs, phone_verbs, call_verbs, media_verbs,
					    api_verbs,	  peer_verbs,  raw_verbs,  mail_verbs,
					    smtp_verbs,	  fax_verbs,   line_verbs};

static bool matches(struct step *st, const char *pattern)
{
	unsigned at = 0;

	st->args = 0;
	while (*pattern) {
		size_t n = strcspn(pattern, " ");

		if (!strncmp(pattern, "*", n)) {
			while (at < st->count)
				st->arg[st->args++] = st->words[at++];
		} else if (at >= st->count) {
			return false;
		} else if (!strncmp(pattern, "?", n)) {
			st->arg[st->args++] = st->words[at++];
		} else if (strlen(st->words[at]) != n || strncmp(st->words[at++], pattern, n)) {
			return false;
		}
		pattern += n + (pattern[n] == ' ');
	}
	return at == st->count;
}

/* "... within 2s" belongs to every statement. */
static void patience_take(struct step *st)
{
	uint64_t ms;

	if (st->count > 2 && !strcmp(st->words[st->count - 2], "within") &&
	    scene_duration(&ms, st->words[st->count - 1])) {
		st->patience = ms;
		st->count -= 2;
	}
}

static int verb_find(struct step *st, const char *file)
{
	patience_take(st);
	for (size_t t = 0; t < ARRAY_SIZE(tables); t++) {
		for (const struct verb *v = tables[t]; v->pattern; v++) {
			if (matches(st, v->pattern)) {
				st->verb = v;
				st->patience = st->patience ? st->patience : v->ms;
				return 0;
			}
		}
	}
	fprintf(stderr, "%s:%u: no such statement: %s %s ...\n", file, st->line, st->words[0],
		st->count > 1 ? st->words[1] : "");
	return EINVAL;
}

static int word_add(struct step *st, const char *from, size_t n)
{
	if (st->count >= WORDS)
		return E2BIG;
	st->words[st->count] = strndup(from, n);
	return st->words[st->count++] ? 0 : ENOMEM;
}

static int step_end(struct scene *s, struct step **stp, unsigned line)
{
	struct step *st = *stp;
	int err = 0;

	if (st->count) {
		err = verb_find(st, s->file);
		if (s->count + 1 >= STEPS)
			return E2BIG;
		*stp = &s->steps[++s->count];
	}
	(*stp)->line = line;
	return err;
}

/* Words are separated by blanks, quoted by '"' or "'"; ";" ends a statement, "#" a line. */
static int row_parse(struct scene *s, struct step **stp, const char *p, unsigned line)
{
	int err = 0;

	(*stp)->line = line;
	while (*p && *p != '#' && !err) {
		if (isspace((unsigned char)*p)) {
			++p;
		} else if (*p == ';') {
			err = step_end(s, stp, line);
			++p;
		} else if (*p == '"' || *p == '\'') {
			const char *end = strchr(p + 1, *p);

			if (!end)
				return EINVAL;
			err = word_add(*stp, p + 1, (size_t)(end - p - 1));
			p = end + 1;
		} else {
			size_t n = strcspn(p, " \t\n;");

			err = word_add(*stp, p, n);
			p += n;
		}
	}
	return err ? err : step_end(s, stp, line);
}

/** Reads a scene; complaints go to stderr */
int scene_parse(struct scene *s, const char *file)
{
	char row[ROW];
	unsigned line = 0;
	struct step *st;
	int err = 0, all = 0;
	FILE *f = fopen(file, "r");

	s->file = file;
	s->steps = calloc(STEPS, sizeof(*s->steps));
	st = s->steps;
	if (!f || !s->steps) {
		fprintf(stderr, "%s: %s\n", file, strerror(errno));
		return f ? ENOMEM : ENOENT;
	}
	while (fgets(row, sizeof(row), f)) {
		err = row_parse(s, &st, row, ++line);
		if (err && err != EINVAL)
			fprintf(stderr, "%s:%u: %s\n", file, line, strerror(err));
		all = all ? all : err;
	}
	fclose(f);
	return all ? all : s->count ? 0 : EINVAL;
}

/** Forgets the statements */
void scene_free(struct scene *s)
{
	for (unsigned i = 0; i <= s->count && s->steps; i++) {
		for (unsigned w = 0; w < WORDS; w++)
			free(s->steps[i].words[w]);
	}
	free(s->steps);
	s->steps = NULL;
}

/** "300ms", "20s", "2m", "1h" */
bool scene_duration(uint64_t *ms, const char *word)
{
	char *unit;
	double n = strtod(word, &unit);

	if (unit == word || n < 0)
		return false;
	if (!strcmp(unit, "ms"))
		*ms = (uint64_t)n;
	else if (!strcmp(unit, "s"))
		*ms = (uint64_t)(n * 1000);
	else if (!strcmp(unit, "m"))
		*ms = (uint64_t)(n * 60000);
	else if (!strcmp(unit, "h"))
		*ms = (uint64_t)(n * 3600000);
	else
		return false;
	return true;
}

/** Fails the step with a sentence */
int scene_fail(struct scene *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(s->note, sizeof(s->note), fmt, ap);
	va_end(ap);
	return EPROTO;
}

/** Asks to be called again, and says what was seen so far */
int scene_wait(struct scene *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(s->note, sizeof(s->note), fmt, ap);
	va_end(ap);
	return EAGAIN;
}
