/**
 * @file conf.c  Reads the configuration file and the CARILLON_* variables
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "conf.h"
#include "own.h"
#include "text.h"

enum kind { KIND_TEXT, KIND_NUMBER, KIND_FLAG, KIND_CHOICE, KIND_PORTS, KIND_ADDRESS };

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
#define NUMBER(f, env, def, lo, hi, help, ex)                                                      \
	{KIND_NUMBER, #f, env, #def, lo, hi, NULL, help, ex, AT(f)},
#define FLAG(f, env, def, help) {KIND_FLAG, #f, env, def, 0, 0, NULL, help, "yes", AT(f)},
#define CHOICE(f, env, def, ch, help) {KIND_CHOICE, #f, env, def, 0, 0, ch, help, def, AT(f)},
#define ADDRESS(f, env, def, help, ex) {KIND_ADDRESS, #f, env, def, 0, 0, NULL, help, ex, AT(f)},
#define PORTS(f, env, def, help, ex) {KIND_PORTS, #f, env, def, 0, 0, NULL, help, ex, AT(f)},
#include "conf_table.h"
#undef TEXT
#undef NUMBER
#undef FLAG
#undef CHOICE
#undef PORTS
#undef ADDRESS
};

static bool number_set(int64_t *out, const struct row *row, const char *value, char *why, size_t n)
{
	char *end;

	errno = 0;
	*out = strtoll(value, &end, 10);
	if (end != value && !*end && !errno && *out >= row->min && *out <= row->max)
		return true;
	text_printf(why, n, "must be a whole number from %" PRId64 " to %" PRId64, row->min,
		    row->max);
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

static bool ports_split(uint16_t *first, uint16_t *last, const char *value)
{
	unsigned lo, hi;
	char rest;

	if (!isdigit((unsigned char)*value) || sscanf(value, "%5u-%5u%c", &lo, &hi, &rest) != 2 ||
	    lo < 1024 || hi > 65535 || hi < lo + 1)
		return false;
	*first = (uint16_t)lo;
	*last = (uint16_t)hi;
	return true;
}

static bool ports_set(char *out, const char *value, char *why, size_t n)
{
	uint16_t first, last;

	if (ports_split(&first, &last, value) && text_printf(out, CONF_TEXT, "%s", value))
		return true;
	text_printf(why, n, "must be two ports from 1024 to 65535, first-last");
	return false;
}

/* A name would have to be looked up, and may stand for several addresses. Empty is for "none". */
static bool address_set(char *out, const struct row *row, const char *value, char *why, size_t n)
{
	struct sa sa;

	if ((*value || !*row->def) && (!*value || !sa_set_str(&sa, value, 0)) &&
	    text_printf(out, CONF_TEXT, "%s", value))
		return true;
	text_printf(why, n, "must be an IP address");
	return false;
}

static bool text_set(char *out, const char *value, char *why, size_t n)
{
	if (text_printf(out, CONF_TEXT, "%s", value))
		return true;
	text_printf(why, n, "must be at most %d characters", CONF_TEXT - 1);
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
	case KIND_PORTS:
		return ports_set(field, value, why, n);
	case KIND_ADDRESS:
		return address_set(field, row, value, why, n);
	case KIND_TEXT:
		break;
	}
	return text_set(field, value, why, n);
}

static int complain(char *error, size_t size, const char *where, const struct row *row,
		    const char *value, const char *why)
{
	text_printf(error, size, "%s: %s = \"%.60s\" %s, for example: %s = %s", where, row->key,
		    value, why, row->key, row->example);
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
		text_printf(error, size, "%s: \"%.60s\" is not of the form key = value", where,
			    key);
		return EINVAL;
	}
	*eq = '\0';
	key = trim(key);
	row = row_find(key);
	if (!row) {
		text_printf(error, size,
			    "%s: there is no key \"%.60s\"; the keys are listed in "
			    "docs/configuration.md",
			    where, key);
		return EINVAL;
	}
	if (!value_set(conf, row, trim(eq + 1), why, sizeof(why)))
		return complain(error, size, where, row, trim(eq + 1), why);
	return 0;
}

/* The rest of a longer line would otherwise be read as a line of its own, out of a comment too. */
static int line_whole(const char *line, size_t size, const char *where, char *error,
		      size_t error_size)
{
	if (strlen(line) + 1 < size || line[size - 2] == '\n')
		return 0;
	text_printf(error, error_size, "%s: the line is longer than %zu characters", where,
		    size - 2);
	return EINVAL;
}

static int lines_read(struct conf *conf, FILE *f, const char *file, char *error, size_t size)
{
	char line[1024], where[CONF_TEXT + 16];
	int err = 0;

	for (int n = 1; !err && fgets(line, sizeof(line), f); n++) {
		text_printf(where, sizeof(where), "%.200s:%d", file, n);
		err = line_whole(line, sizeof(line), where, error, size);
		if (!err)
			err = line_read(conf, line, where, error, size);
	}
	return err;
}

static int file_read(struct conf *conf, const char *file, char *error, size_t size)
{
	FILE *f = fopen(file, "re");
	int err, why = f ? 0 : errno;

	if (f) {
		err = lines_read(conf, f, file, error, size);
		why = ferror(f) ? errno : 0; /* a folder can be opened, but not read */
		fclose(f);
		if (!why)
			return err;
	}
	text_printf(error, size, "%.200s: cannot be read: %s", file, strerror(why));
	return why;
}

/* The file that has the rest is named by a variable too */
static bool env_is(const char *name, size_t n)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (strlen(rows[i].env) == n && !memcmp(rows[i].env, name, n))
			return true;
	}
	return n == strlen("CARILLON_CONFIG") && !memcmp(name, "CARILLON_CONFIG", n);
}

/* A name that is mistyped would do nothing, and nobody would know */
static int env_known(char *error, size_t size)
{
	for (char **e = environ; *e; e++) {
		size_t n = strcspn(*e, "=");

		if (strncmp(*e, "CARILLON_", strlen("CARILLON_")) || env_is(*e, n))
			continue;
		text_printf(error, size,
			    "environment: %.*s: there is no such variable; carillon check "
			    "--reference lists them, for example: CARILLON_DATA",
			    (int)(n < 60 ? n : 60), *e);
		return EINVAL;
	}
	return 0;
}

static int env_read(struct conf *conf, char *error, size_t size)
{
	char why[128];

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *value = getenv(rows[i].env);

		if (value && !value_set(conf, &rows[i], value, why, sizeof(why)))
			return complain(error, size, rows[i].env, &rows[i], value, why);
	}
	return env_known(error, size);
}

static bool here(const char *host)
{
	struct sa sa;

	return !strcmp(host, "localhost") || (!sa_set_str(&sa, host, 0) && sa_is_loopback(&sa));
}

#define HOST_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.[]:"

/* RFC 7065: a host, perhaps a port and a transport */
static bool turn_url_valid(const char *url, size_t n)
{
	size_t scheme = !strncmp(url, "turns:", 6) ? 6 : !strncmp(url, "turn:", 5) ? 5 : 0;
	const char *rest = url + scheme;
	size_t host = strspn(rest, HOST_CHARS);
	static const char *const ends[] = {"", "?transport=udp", "?transport=tcp"};

	if (!scheme || !host || *rest == ':' || scheme + host > n)
		return false;
	for (size_t i = 0; i < COUNT(ends); i++) {
		if (strlen(ends[i]) == n - scheme - host &&
		    !strncmp(rest + host, ends[i], n - scheme - host))
			return true;
	}
	return false;
}

/* A scheme and a host, perhaps a port: no more, for it becomes a part of a header. Without TLS only
 * this machine. */
static bool phone_server_valid(const char *url, size_t n)
{
	size_t scheme =
		!strncmp(url, "wss://", 6)						       ? 6
		: !strncmp(url, "ws://127.0.0.1:", 15) || !strncmp(url, "ws://localhost:", 15) ? 5
											       : 0;
	size_t host = strspn(url + scheme, HOST_CHARS);

	return scheme && host && url[scheme] != ':' && scheme + host == n;
}

typedef bool(url_valid_h)(const char *url, size_t n);

static bool each_valid(const char *urls, url_valid_h *h)
{
	struct pl url;

	while (text_word(&url, &urls)) {
		if (!h(url.p, url.l))
			return false;
	}
	return true;
}

/* What no single value can tell: the sentence that is missing, or NULL */
static const char *disagreement(const struct conf *conf)
{
	struct sa bind;

	if (conf->register_min_s > conf->register_max_s)
		return "register_min_s must not be more than register_max_s, for example: "
		       "register_min_s = 60";
	if (!conf->cert[0] != !conf->key[0])
		return "cert and key are given together or not at all, for example: "
		       "key = /etc/carillon/key.pem";
	if (!sa_set_str(&bind, conf->bind, 0) && sa_is_any(&bind) && !conf->advertise[0])
		return "bind is every address, so advertise must say which one phones see, for "
		       "example: advertise = 198.51.100.4";
	if (conf->mail_host[0] && !strchr(conf->mail_from, '@'))
		return "mail_host needs mail_from, the address that our mail comes from, for "
		       "example: mail_from = pbx@example.com";
	if (!conf->mail_user[0] != !conf->mail_password[0])
		return "mail_user and mail_password are given together or not at all, for example: "
		       "mail_user = carillon";
	if (conf->mail_host[0] && !strcmp(conf->mail_tls, "none") && !here(conf->mail_host))
		return "mail_tls = none is for a mail server on this machine only, for example: "
		       "mail_tls = starttls";
	if (!each_valid(conf->phone_servers, phone_server_valid))
		return "phone_servers must be wss:// and a host, perhaps a port, with a space "
		       "between, for example: phone_servers = wss://pbx.example.com";
	if (!each_valid(conf->turn_urls, turn_url_valid))
		return "turn_urls must be addresses of TURN servers with a space between, for "
		       "example: turn_urls = turn:turn.example.com:3478";
	if (!conf->turn_urls[0] != !conf->turn_secret[0])
		return "turn_urls and turn_secret are given together or not at all, for example: "
		       "turn_secret = the static-auth-secret of coturn";
	return NULL;
}

static int whole_check(struct conf *conf, const char *file, char *error, size_t size)
{
	const char *what = disagreement(conf);

	CHECK(ports_split(&conf->rtp_min, &conf->rtp_max, conf->rtp_ports));
	if (!what)
		return 0;
	text_printf(error, size, "%.200s: %s", file ? file : "environment", what);
	return EINVAL;
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
	return err ? err : whole_check(conf, file, error, size);
}

static void values_print(const struct row *row)
{
	static const char *const what[] = {[KIND_TEXT] = "text",
					   [KIND_FLAG] = "yes or no",
					   [KIND_PORTS] = "first-last",
					   [KIND_ADDRESS] = "IP address"};

	if (row->kind == KIND_NUMBER)
		printf("%" PRId64 " to %" PRId64, row->min, row->max);
	else
		fputs(row->kind == KIND_CHOICE ? row->choices : what[row->kind], stdout);
}

/** Prints the reference as the Markdown table that docs/configuration.md holds */
void conf_print_reference(void)
{
	puts("| key | variable | default | values | meaning | example "
	     "|\n|---|---|---|---|---|---|");
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *tick = *rows[i].def ? "`" : "";

		printf("| `%s` | `%s` | %s%s%s | ", rows[i].key, rows[i].env, tick,
		       *rows[i].def ? rows[i].def : "(empty)", tick);
		values_print(&rows[i]);
		printf(" | %s | `%s` |\n", rows[i].help, rows[i].example);
	}
}
