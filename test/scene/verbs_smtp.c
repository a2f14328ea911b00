/**
 * @file verbs_smtp.c  The mail server, and what people find in their mail
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "http.h"
#include "scene.h"

enum { MAILS = 100, MAIL_TEXT = 65536 };

/* mail server starts: with STARTTLS, and a certificate that the program was told to trust */
static int server_starts(struct scene *s, struct step *st)
{
	char peer[300], port[16], folder[160], log[160], row[64];
	char *argv[] = {peer, port, folder, "starttls", NULL};
	bool ready;
	FILE *f;
	int err;

	(void)re_snprintf(peer, sizeof(peer), "%s/test/peers/smtp", s->source);
	(void)re_snprintf(port, sizeof(port), "%u", s->d->http + SMTP);
	(void)re_snprintf(folder, sizeof(folder), "%s/mail", s->dir);
	(void)re_snprintf(log, sizeof(log), "%s/smtp.log", s->dir);
	if (!st->begun) {
		(void)remove(log);
		err = proc_start(s, "smtp", argv);
		if (err)
			return err;
	}
	f = fopen(log, "r");
	ready = f && fgets(row, sizeof(row), f) && !strncmp(row, "ready", 5);
	if (f)
		fclose(f);
	return ready ? 0 : scene_wait(s, "no mail server yet; is python3-aiosmtpd there?");
}

static int server_stops(struct scene *s, struct step *st)
{
	struct proc *p = proc_find(s, "smtp");

	if (!p)
		return ENOENT;
	if (!st->begun && !p->over)
		(void)kill(p->pid, SIGKILL);
	return p->over ? 0 : EAGAIN;
}

/* The mails to somebody: the newest one's JSON, to be freed, its number, and how many there are */
static char *mail_find(const struct scene *s, const char *to, unsigned *count, unsigned *number)
{
	char *newest = NULL;

	*count = *number = 0;
	for (unsigned i = 1; i <= MAILS; i++) {
		char name[200], value[300];
		char *text;
		FILE *f;

		(void)re_snprintf(name, sizeof(name), "%s/mail/%u.json", s->dir, i);
		f = fopen(name, "r");
		if (!f)
			break;
		text = calloc(1, MAIL_TEXT);
		if (text && !fread(text, 1, MAIL_TEXT - 1, f))
			text[0] = '\0';
		fclose(f);
		if (text && json_at(value, sizeof(value), text, "to") && !strcmp(value, to)) {
			++*count;
			*number = i;
			free(newest);
			newest = text;
		} else {
			free(text);
		}
	}
	return newest;
}

static bool holds(const char *mail, unsigned count, const char *what, const char *want, char *value,
		  size_t size)
{
	static const char *const paths[][2] = {{"subject", "headers.Subject"},
					       {"text", "text"},
					       {"html", "html"},
					       {"attachment", "attachments"},
					       {"from", "headers.From"}};
	const char *path = what;

	if (!strcmp(what, "count")) {
		(void)re_snprintf(value, size, "%u", count);
		return !strcmp(value, want);
	}
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (!strcmp(paths[i][0], what))
			path = paths[i][1];
	}
	value[0] = '\0';
	return json_at(value, size, mail, path) && strstr(value, want);
}

/* mail to X has subject TEXT attachment NAME text TEXT count N ... */
static int mail_has(struct scene *s, struct step *st)
{
	static char value[MAIL_TEXT];
	unsigned count, number;
	char *mail = mail_find(s, st->arg[0], &count, &number);
	int err = mail ? 0 : scene_wait(s, "there is none");

	for (unsigned i = 1; i + 1 < st->args && !err; i += 2) {
		if (!holds(mail, count, st->arg[i], st->arg[i + 1], value, sizeof(value)))
			err = scene_wait(s, "%s is \"%.400s\"", st->arg[i], value);
	}
	free(mail);
	return err;
}

static int mail_none(struct scene *s, struct step *st)
{
	unsigned count, number;

	free(mail_find(s, st->arg[0], &count, &number));
	return count ? scene_fail(s, "there are %u", count) : 0;
}

static bool files_same(const char *a, const char *b)
{
	FILE *f = fopen(a, "r"), *g = fopen(b, "r");
	bool same = f && g;
	long n = 0;
	int c = 0;

	for (; same && c != EOF; n++) {
		c = fgetc(f);
		same = fgetc(g) == c;
	}
	if (f)
		fclose(f);
	if (g)
		fclose(g);
	return same && n > 1;
}

/* mail to X carries the fax of USER: the newest mail has the newest fax that USER received, as PDF
 */
static int mail_carries(struct scene *s, struct step *st)
{
	char id[64] = "", path[160], got[256], file[256];
	unsigned count, number;
	char *reply = NULL;
	long status = 0;

	free(mail_find(s, st->arg[0], &count, &number));
	if (!number)
		return scene_wait(s, "there is no mail");
	if (!http_call(s->d->http, st->arg[1], "GET", "/api/v1/received-faxes?limit=1", NULL,
		       &status, &reply))
		(void)json_at(id, sizeof(id), reply, "rows.0.id");
	free(reply);
	(void)re_snprintf(path, sizeof(path), "/api/v1/received-faxes/%s/pdf", id);
	(void)re_snprintf(got, sizeof(got), "%s/got.pdf", s->dir);
	(void)re_snprintf(file, sizeof(file), "%s/mail/%u.file", s->dir, number);
	if (http_file(s->d->http, st->arg[1], path, got))
		return scene_wait(s, "the fax cannot be read");
	return files_same(got, file) ? 0 : scene_fail(s, "what is attached is not the fax");
}

/* password of X becomes NEW by mail expects STATUS: follows the link of the newest mail */
static int password_becomes(struct scene *s, struct step *st)
{
	static char text[MAIL_TEXT];
	char token[128], body[400];
	unsigned count, number;
	char *mail = mail_find(s, st->arg[0], &count, &number), *reply = NULL;
	const char *p =
		mail && json_at(text, sizeof(text), mail, "text") ? strstr(text, "/reset#") : NULL;
	long status = 0;
	int err;

	free(mail);
	if (!p)
		return scene_wait(s, "no mail with a link");
	(void)re_snprintf(token, sizeof(token), "%b", p + 7, strcspn(p + 7, "\r\n"));
	(void)re_snprintf(body, sizeof(body), "{\"token\":\"%s\",\"password\":\"%s\"}", token,
			  st->arg[1]);
	err = http_call(s->d->http, "nobody", "POST", "/api/v1/auth/reset", body, &status, &reply);
	if (!err && status != atol(st->arg[2]))
		err = scene_fail(s, "%ld %.300s", status, reply ? reply : "");
	free(reply);
	return err;
}

const struct verb smtp_verbs[] = {
	{"mail server starts", 10000, server_starts},
	{"mail server stops", 5000, server_stops},
	{"mail to ? has *", 10000, mail_has},
	{"mail to ? carries the fax of ?", 10000, mail_carries},
	{"no mail to ?", 1000, mail_none},
	{"password of ? becomes ? by mail expects ?", 10000, password_becomes},
	{NULL, 0, NULL},
};
