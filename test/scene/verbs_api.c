/**
 * @file verbs_api.c  What the portal shows: the API, call records, stories
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "http.h"
#include "scene.h"

/* "keeps id as NAME": $NAME stands for it from now on */
static int keep(struct scene *s, const char *reply, const char *path, const char *name)
{
	for (size_t i = 0; i < KEPT; i++) {
		if (s->kept[i].name[0] && strcmp(s->kept[i].name, name))
			continue;
		str_ncpy(s->kept[i].name, name, sizeof(s->kept[i].name));
		return json_at(s->kept[i].value, sizeof(s->kept[i].value), reply, path)
			       ? 0
			       : scene_fail(s, "no \"%s\" in %.300s", path, reply);
	}
	return ENOSPC;
}

/* api USER METHOD PATH [BODY] expects STATUS [JSON-PATH VALUE]... [keeps JSON-PATH as NAME] */
static int api(struct scene *s, struct step *st)
{
	unsigned at = strcmp(st->arg[3], "expects") ? 4 : 3;
	char path[512], body[1024], value[512];
	long status = 0;
	char *reply;
	int err;

	if (st->args < at + 2 || strcmp(st->arg[at], "expects"))
		return EINVAL;
	scene_expand(s, path, sizeof(path), st->arg[2]);
	scene_expand(s, body, sizeof(body), at == 4 ? st->arg[3] : "");
	err = http_call(s->d->http, st->arg[0], st->arg[1], path, at == 4 ? body : NULL, &status,
			&reply);
	if (err)
		return scene_fail(s, "no answer: %s", strerror(err));
	if (status != atol(st->arg[at + 1]))
		err = scene_wait(s, "%ld %.300s", status, reply ? reply : "");
	for (unsigned i = at + 2; i + 1 < st->args && !err; i += 2) {
		if (!strcmp(st->arg[i], "keeps") && i + 3 < st->args) {
			err = keep(s, reply, st->arg[i + 1], st->arg[i + 3]);
			break;
		}
		if (!json_at(value, sizeof(value), reply, st->arg[i]))
			err = scene_wait(s, "no \"%s\" in %.300s", st->arg[i], reply);
		else if (strcmp(value, st->arg[i + 1]))
			err = scene_wait(s, "%s is \"%s\"", st->arg[i], value);
	}
	free(reply);
	return err == EAGAIN && strcmp(st->arg[1], "GET") ? EPROTO : err;
}

enum { WAV_HEAD = 44, TONE_RATE = 8000, TONE_SAMPLES = 2 * TONE_RATE };

/* Two seconds of a tone: a RIFF header, then 16-bit samples at 8 kHz */
static size_t tone_wav(uint8_t *p, double hz)
{
	static const uint8_t head[] = {'R', 'I', 'F', 'F', 0,	 0,    0,   0,	 'W',  'A',
				       'V', 'E', 'f', 'm', 't',	 ' ',  16,  0,	 0,    0,
				       1,   0,	 1,   0,   0x40, 0x1f, 0,   0,	 0x80, 0x3e,
				       0,   0,	 2,   0,   16,	 0,    'd', 'a', 't',  'a'};
	const uint32_t bytes = TONE_SAMPLES * 2, all = bytes + WAV_HEAD - 8;

	memcpy(p, head, sizeof(head));
	memcpy(p + 4, &all, sizeof(all));
	memcpy(p + 40, &bytes, sizeof(bytes));
	for (unsigned i = 0; i < TONE_SAMPLES; i++) {
		int16_t v = (int16_t)(8000 * sin(2 * M_PI * hz * i / TONE_RATE));

		memcpy(p + WAV_HEAD + 2 * i, &v, sizeof(v));
	}
	return WAV_HEAD + bytes;
}

/* Uploads a tone; keeps the id of what was made of it, unless `as` is NULL */
static int tone_upload(struct scene *s, const char *user, const char *path, const char *hz,
		       const char *as)
{
	static uint8_t wav[WAV_HEAD + 2 * TONE_SAMPLES];
	char *reply = NULL;
	long status = 0;
	int err =
		http_upload(s->d->http, user, path, wav, tone_wav(wav, atof(hz)), &status, &reply);

	if (!err && status != 201)
		err = scene_fail(s, "%ld %.300s", status, reply ? reply : "");
	if (!err && as)
		err = keep(s, reply, "id", as);
	free(reply);
	return err;
}

/* USER uploads KIND NAME tone HZ as KEPT */
static int uploads(struct scene *s, struct step *st)
{
	char path[256];

	(void)re_snprintf(path, sizeof(path), "/api/v1/sounds?kind=%s&name=%s", st->arg[1],
			  st->arg[2]);
	return tone_upload(s, st->arg[0], path, st->arg[3], st->arg[4]);
}

/* USER says the own name as tone HZ */
static int says_name(struct scene *s, struct step *st)
{
	return tone_upload(s, st->arg[0], "/api/v1/mailboxes/mine/spoken-name", st->arg[1], NULL);
}

static void admin_of(char *user, size_t size, const char *number)
{
	const char *at = strchr(number, '@');

	(void)re_snprintf(user, size, "admin@%s", at ? at + 1 : "northwind.localhost");
}

/* The tenant's newest call from or to a number, whole; NULL when there is none that has ended */
static char *call_find(struct scene *s, const char *number)
{
	char user[PHONE_URI], key[32], id[64], other[64], plain[64];
	char *list = NULL, *reply = NULL;
	long status = 0;

	admin_of(user, sizeof(user), number);
	(void)re_snprintf(plain, sizeof(plain), "%b", number, strcspn(number, "@"));
	if (http_call(s->d->http, user, "GET", "/api/v1/calls?scope=tenant&limit=10", NULL, &status,
		      &list))
		return NULL;
	for (unsigned i = 0; i < 10 && !reply; i++) {
		static const char *const ends[] = {"from", "to"};
		bool found = false;

		for (unsigned e = 0; e < 2 && !found; e++) {
			(void)re_snprintf(key, sizeof(key), "rows.%u.%s.number", i, ends[e]);
			found = json_at(other, sizeof(other), list, key) && !strcmp(other, plain);
		}
		(void)re_snprintf(key, sizeof(key), "rows.%u.id", i);
		if (found && json_at(id, sizeof(id), list, key)) {
			char path[128];

			(void)re_snprintf(path, sizeof(path), "/api/v1/calls/%s", id);
			(void)http_call(s->d->http, user, "GET", path, NULL, &status, &reply);
		}
	}
	free(list);
	return reply;
}

static const char *path_of(const char *word)
{
	static const struct {
		const char *word, *path;
	} names[] = {{"legs", "legs.length"}, {"cause", "cause.text"},
		     {"code", "cause.code"},  {"answered-by", "answeredBy.name"},
		     {"from", "from.number"}, {"to", "to.number"}};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(word, names[i].word))
			return names[i].path;
	}
	return word;
}

/* cdr of NUMBER result answered legs 2 ... */
static int cdr(struct scene *s, struct step *st)
{
	char *call = call_find(s, st->arg[0]);
	char value[512];
	int err = call ? 0 : scene_wait(s, "no call of %s in the history", st->arg[0]);

	for (unsigned i = 1; i + 1 < st->args && !err; i += 2) {
		value[0] = '\0';
		(void)json_at(value, sizeof(value), call, path_of(st->arg[i]));
		if (strcmp(value, st->arg[i + 1]))
			err = scene_wait(s, "%s is \"%s\"", st->arg[i], value);
	}
	free(call);
	return err;
}

static int story(struct scene *s, struct step *st)
{
	char *call = call_find(s, st->arg[0]);
	char text[4096] = "";
	int err = 0;

	if (!json_at(text, sizeof(text), call, "story"))
		err = scene_wait(s, "no call of %s in the history", st->arg[0]);
	else if (!strstr(text, st->arg[1]))
		err = scene_wait(s, "the story is %.450s", text);
	free(call);
	return err;
}

/* Asks below an extension's address, as the administrator of its tenant; the reply is free()d */
static int extension_ask(struct scene *s, const char *number, const char *method, const char *below,
			 const char *json, char **reply)
{
	char path[160], id[64], user[PHONE_URI];
	long status = 0;
	int err;

	*reply = NULL;
	admin_of(user, sizeof(user), number);
	(void)re_snprintf(path, sizeof(path), "/api/v1/extensions?q=%b", number,
			  strcspn(number, "@"));
	err = http_call(s->d->http, user, "GET", path, NULL, &status, reply);
	if (err || !json_at(id, sizeof(id), *reply, "rows.0.id"))
		return scene_fail(s, "no extension %s", number);
	free(*reply);
	*reply = NULL;
	(void)re_snprintf(path, sizeof(path), "/api/v1/extensions/%s%s", id, below);
	err = http_call(s->d->http, user, method, path, json, &status, reply);
	return err || status == 200 ? err
				    : scene_fail(s, "%ld %.300s", status, *reply ? *reply : "");
}

static int extension_write(struct scene *s, const char *number, const char *method,
			   const char *below, const char *json)
{
	char body[2048], *reply;
	int err;

	scene_expand(s, body, sizeof(body), json);
	err = extension_ask(s, number, method, below, body, &reply);
	free(reply);
	return err;
}

/* set did +14155550110 JSON */
static int set_did(struct scene *s, struct step *st)
{
	char body[1024], path[160], id[64] = "", number[64], user[PHONE_URI], *reply = NULL;
	long status = 0;
	int err;

	admin_of(user, sizeof(user), st->arg[0]);
	err = http_call(s->d->http, user, "GET", "/api/v1/dids?limit=100", NULL, &status, &reply);
	for (unsigned i = 0; !err && !id[0] && i < 100; i++) {
		(void)re_snprintf(path, sizeof(path), "rows.%u.number", i);
		if (!json_at(number, sizeof(number), reply, path))
			break;
		(void)re_snprintf(path, sizeof(path), "rows.%u.id", i);
		if (!strncmp(number, st->arg[0], strlen(number)))
			(void)json_at(id, sizeof(id), reply, path);
	}
	free(reply);
	reply = NULL;
	if (err || !id[0])
		return scene_fail(s, "no phone number %s", st->arg[0]);
	(void)re_snprintf(path, sizeof(path), "/api/v1/dids/%s", id);
	scene_expand(s, body, sizeof(body), st->arg[1]);
	err = http_call(s->d->http, user, "PATCH", path, body, &status, &reply);
	if (!err && status != 200)
		err = scene_fail(s, "%ld %.300s", status, reply ? reply : "");
	free(reply);
	return err;
}

/* set extension NUMBER JSON */
static int set_extension(struct scene *s, struct step *st)
{
	return extension_write(s, st->arg[0], "PATCH", "", st->arg[1]);
}

/* set settings NUMBER JSON */
static int set_settings(struct scene *s, struct step *st)
{
	return extension_write(s, st->arg[0], "PUT", "/settings", st->arg[1]);
}

/* set follow NUMBER JSON */
static int set_follow(struct scene *s, struct step *st)
{
	return extension_write(s, st->arg[0], "PUT", "/follow-me", st->arg[1]);
}

/* set block NUMBER JSON: a rule of that extension */
static int set_block(struct scene *s, struct step *st)
{
	char path[160], id[64], body[1024], user[PHONE_URI], *reply = NULL;
	long status = 0;
	int err;

	admin_of(user, sizeof(user), st->arg[0]);
	(void)re_snprintf(path, sizeof(path), "/api/v1/extensions?q=%s", st->arg[0]);
	err = http_call(s->d->http, user, "GET", path, NULL, &status, &reply);
	if (err || !json_at(id, sizeof(id), reply, "rows.0.id"))
		return scene_fail(s, "no extension %s", st->arg[0]);
	free(reply);
	(void)re_snprintf(body, sizeof(body), "{\"extensionId\":\"%s\",%s", id, st->arg[1] + 1);
	err = http_call(s->d->http, user, "POST", "/api/v1/call-blocks", body, &status, &reply);
	if (!err && status != 201)
		err = scene_fail(s, "%ld %.300s", status, reply ? reply : "");
	free(reply);
	return err;
}

static int members_are(struct scene *s, struct step *st, const char *below)
{
	char value[512], *reply;
	int err = extension_ask(s, st->arg[0], "GET", below, NULL, &reply);

	for (unsigned i = 1; i + 1 < st->args && !err; i += 2) {
		if (!json_at(value, sizeof(value), reply, st->arg[i]))
			err = scene_wait(s, "no \"%s\" in %.300s", st->arg[i], reply);
		else if (strcmp(value, st->arg[i + 1]))
			err = scene_wait(s, "%s is \"%s\"", st->arg[i], value);
	}
	free(reply);
	return err;
}

/* settings of NUMBER MEMBER VALUE ...: as the API shows them */
static int settings_of(struct scene *s, struct step *st)
{
	return members_are(s, st, "/settings");
}

/* reach of NUMBER MEMBER VALUE ...: what would happen to a call */
static int reach_of(struct scene *s, struct step *st)
{
	return members_are(s, st, "/reach");
}

const struct verb api_verbs[] = {
	{"set did ? ?", 3000, set_did},
	{"set extension ? ?", 1000, set_extension},
	{"set settings ? ?", 1000, set_settings},
	{"settings of ? *", 3000, settings_of},
	{"reach of ? *", 3000, reach_of},
	{"set follow ? ?", 1000, set_follow},
	{"set block ? ?", 1000, set_block},
	{"api ? ? ? *", 3000, api},
	{"? uploads ? ? tone ? as ?", 3000, uploads},
	{"? says the own name as tone ?", 3000, says_name},
	{"cdr of ? *", 5000, cdr},
	{"story of ? says ?", 5000, story},
	{NULL, 0, NULL},
};
