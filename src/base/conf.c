/**
 * @file conf.c  Reads the configuration file and the CARILLON_* variables
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "conf.h"
#include "own.h"
#include "text.h"

enum kind { KIND_TEXT, KIND_NUMBER, KIND_FLAG, KIND_CHOICE };

struct row {
	enum kind kind;
	const char *key, *env, *def;
	int64_t min, max;
	const char *choices, *help, *example;
	size_t offset;
};

#define AT(field) offsetof(struct conf, field)
static const struct row rows[] = {
#define TEXT(f, env, def, help, ex) {KIND_TEXT, #f, env, def, 0, 0, NULL, help, ex, AT(f)},
#define NUMBER(f, env, def, lo, hi, help, ex) \
	{KIND_NUMBER, #f, env, #def, lo, hi, NULL, help, ex, AT(f)},
#define FLAG(f, env, def, help) {KIND_FLAG, #f, env, def, 0, 0, NULL, help, "yes", AT(f)},
#define CHOICE(f, env, def, ch, help) {KIND_CHOICE, #f, env, def, 0, 0, ch, help, def, AT(f)},
#include "conf_table.h"
#undef TEXT
#undef NUMBER
#undef FLAG
#undef CHOICE
};

static bool number_set(int64_t *out, const struct row *row, const char *value, char *why, size_t n)
{
	char *end;

	errno = 0;
	*out = strtoll(value, &end, 10);
	if (end != value && !*end && !errno && *out >= row->min && *out <= row->max)
		return true;
	text_printf(why, n, "must be a whole number from %" PRId64 " to %" PRId64, row->min, row->max);
	return false;
}

static bool flag_set(bool *out, const char *value, char *why, size_t n)
{
	*out = !strcmp(value, "yes");
	if (*out || !strcmp(value, "no"))
		return true;
	text_printf(why, n, "must be yes or no");
	return false;
}

static bool choice_set(char *out, const struct row *row, const char *value, char *why, size_t n)
{
	const char *p = strstr(row->choices, value);
	size_t len = strlen(value);

	if (p && len && !strchr(value, ' ') && (p == row->choices || p[-1] == ' ') &&
	    (p[len] == ' ' || !p[len]))
		return text_printf(out, CONF_TEXT, "%s", value);
	text_printf(why, n, "must be one of: %s", row->choices);
	return false;
}

static bool value_set(struct conf *conf, const struct row *row, const char *value, char *why,
		      size_t n)
{
	void *field = (char *)conf + row->offset;

	switch (row->kind) {
	case KIND_NUMBER:
		return number_set(field, row, value, why, n);
	case KIND_FLAG:
		return flag_set(field, value, why, n);
	case KIND_CHOICE:
		return choice_set(field, row, value, why, n);
	case KIND_TEXT:
		break;
	}
	if (text_printf(field, CONF_TEXT, "%s", value))
		return true;
	text_printf(why, n, "must be at most %d characters", CONF_TEXT - 1);
	return false;
}

static int complain(char *error, size_t size, const char *where, const struct row *row,
		    const char *value, const char *why)
{
	text_printf(error, size, "%s: %s = \"%.60s\" %s, for example: %s = %s", where, row->key, value,
		    why, row->key, row->example);
	return EINVAL;
}

static const struct row *row_find(const char *key)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (!strcmp(rows[i].key, key))
			return &rows[i];
	}
	return NULL;
}

static char *trim(char *s)
{
	char *end = s + strlen(s);

	while (end > s && isspace((unsigned char)end[-1]))
		*--end = '\0';
	while (isspace((unsigned char)*s))
		++s;
	return s;
}

static int line_read(struct conf *conf, char *line, const char *where, char *error, size_t size)
{
	const struct row *row;
	char why[128], *eq, *key = trim(line);

	if (!*key || *key == '#')
		return 0;
	eq = strchr(key, '=');
	if (!eq) {
		text_printf(error, size, "%s: \"%.60s\" is not of the form key = value", where, key);
		return EINVAL;
	}
	*eq = '\0';
	key = trim(key);
	row = row_find(key);
	if (!row) {
		text_printf(error, size, "%s: there is no key \"%.60s\"; the keys are listed in "
			    "docs/configuration.md", where, key);
		return EINVAL;
	}
	if (!value_set(conf, row, trim(eq + 1), why, sizeof(why)))
		return complain(error, size, where, row, trim(eq + 1), why);
	return 0;
}

static int file_read(struct conf *conf, const char *file, char *error, size_t size)
{
	FILE *f = fopen(file, "re");
	char line[1024], where[CONF_TEXT + 16];
	int err = 0;

	if (!f) {
		err = errno;
		text_printf(error, size, "%s: cannot be read: %s", file, strerror(err));
		return err;
	}
	for (int n = 1; !err && fgets(line, sizeof(line), f); n++) {
		text_printf(where, sizeof(where), "%.200s:%d", file, n);
		err = line_read(conf, line, where, error, size);
	}
	fclose(f);
	return err;
}

static int env_read(struct conf *conf, char *error, size_t size)
{
	char why[128];

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *value = getenv(rows[i].env);

		if (value && !value_set(conf, &rows[i], value, why, sizeof(why)))
			return complain(error, size, rows[i].env, &rows[i], value, why);
	}
	return 0;
}

static int ports_read(struct conf *conf, char *error, size_t size)
{
	unsigned lo, hi;
	char rest;

	if (sscanf(conf->rtp_ports, "%5u-%5u%c", &lo, &hi, &rest) != 2 || lo < 1024 || hi > 65535 ||
	    hi < lo + 1)
		return complain(error, size, "CARILLON_RTP_PORTS", row_find("rtp_ports"),
				conf->rtp_ports, "must be two ports from 1024 to 65535");
	conf->rtp_min = (uint16_t)lo;
	conf->rtp_max = (uint16_t)hi;
	return 0;
}

/**
 * Fills the configuration: defaults, then the file, then the environment
 *
 * @param conf  Result
 * @param file  Configuration file, NULL for none
 * @param error One sentence that says what is wrong, where and how to do it right
 * @param size  Its size
 *
 * @return 0 or errno
 */
int conf_load(struct conf *conf, const char *file, char *error, size_t size)
{
	char why[128];
	int err = 0;

	memset(conf, 0, sizeof(*conf));
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK(value_set(conf, &rows[i], rows[i].def, why, sizeof(why)));
	if (file)
		err = file_read(conf, file, error, size);
	if (!err)
		err = env_read(conf, error, size);
	return err ? err : ports_read(conf, error, size);
}

/** Prints the reference as the Markdown table that docs/configuration.md holds */
void conf_print_reference(void)
{
	puts("| key | variable | default | meaning | example |\n|---|---|---|---|---|");
	for (size_t i = 0; i < COUNT(rows); i++)
		printf("| `%s` | `%s` | %s%s%s | %s | `%s` |\n", rows[i].key, rows[i].env,
		       *rows[i].def ? "`" : "", *rows[i].def ? rows[i].def : "(empty)",
		       *rows[i].def ? "`" : "", rows[i].help, rows[i].example);
}
