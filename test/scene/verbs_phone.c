/**
 * @file verbs_phone.c  Phones that register, and what they subscribe to
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "scene.h"

/* What may follow "phone NAME udp 1001@northwind.localhost" */
struct options {
	const char *password, *from;
	bool srtp, pcma, refused, unregistered, early, busy, obeys;
};

static bool option_take(struct options *o, const struct step *st, unsigned *i)
{
	const char *word = st->arg[*i];
	const struct {
		const char *word;
		bool *flag;
	} flags[] = {{"srtp", &o->srtp},       {"pcma", &o->pcma},
		     {"early", &o->early},     {"busy", &o->busy},
		     {"refused", &o->refused}, {"unregistered", &o->unregistered},
		     {"obeys", &o->obeys}};

	for (size_t f = 0; f < ARRAY_SIZE(flags); f++) {
		if (!strcmp(word, flags[f].word))
			return *flags[f].flag = true;
	}
	if (*i + 1 >= st->args)
		return false;
	if (!strcmp(word, "password"))
		o->password = st->arg[++*i];
	else if (!strcmp(word, "from"))
		o->from = st->arg[++*i];
	else
		return false;
	return true;
}

static bool transport(enum sip_transp *tp, const char *name)
{
	static const enum sip_transp all[] = {SIP_TRANSP_UDP, SIP_TRANSP_TCP, SIP_TRANSP_TLS};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (!str_casecmp(name, sip_transp_name(all[i]))) {
			*tp = all[i];
			return true;
		}
	}
	return false;
}

static int phone_make(struct scene *s, struct step *st, const struct options *o)
{
	char number[PHONE_NAME], password[PHONE_NAME], server[64];
	struct phone_conf conf = {.name = st->arg[0],
				  .number = number,
				  .password = password,
				  .local = o->from ? o->from : "127.0.0.1",
				  .server = server,
				  .srtp = o->srtp,
				  .pcma = o->pcma,
				  .tone = scene_tone(s, "")};
	const char *at = strchr(st->arg[2], '@');
	struct phone *p;
	int err;

	if (!at || !transport(&conf.tp, st->arg[1]))
		return EINVAL;
	(void)re_snprintf(number, sizeof(number), "%b", st->arg[2], (size_t)(at - st->arg[2]));
	(void)re_snprintf(password, sizeof(password), o->password ? "%s" : "demo-%s",
			  o->password ? o->password : number);
	(void)re_snprintf(server, sizeof(server), "127.0.0.1:%u",
			  conf.tp == SIP_TRANSP_TLS ? s->d->sips : s->d->sip);
	conf.domain = at + 1;
	err = phone_alloc(&p, &conf, NULL, NULL);
	if (err)
		return err;
	p->trace = s->trace;
	p->early = o->early;
	p->obeys = o->obeys;
	p->busy = o->busy ? 486 : 0;
	list_append(&s->phones, &p->le, p);
	return o->unregistered ? 0 : phone_register(p);
}

static int phone_verb(struct scene *s, struct step *st)
{
	struct options o = {0};
	struct phone *p;

	for (unsigned i = 3; i < st->args; i++) {
		if (!option_take(&o, st, &i))
			return scene_fail(s, "what is \"%s\"?", st->arg[i]);
	}
	if (!st->begun) {
		int err = scene_phone(s, st->arg[0]) ? EEXIST : phone_make(s, st, &o);

		if (err)
			return err;
	}
	p = scene_phone(s, st->arg[0]);
	if (o.unregistered || (!o.refused && p->reg_code == 200))
		return 0;
	if (p->reg_code > 200 || p->reg_code == 1)
		return o.refused ? 0 : scene_fail(s, "REGISTER was answered %u", p->reg_code);
	return p->reg_code == 200 ? scene_fail(s, "REGISTER was accepted")
				  : scene_wait(s, "no answer to REGISTER");
}

static int registers(struct scene *s, struct step *st)
{
	struct phone *p = scene_phone(s, st->arg[0]);

	if (!p)
		return ENOENT;
	if (!st->begun) {
		int err = phone_register(p);

		if (err)
			return err;
	}
	return p->reg_code == 200 ? 0 : scene_wait(s, "REGISTER was answered %u", p->reg_code);
}

static int unregisters(struct scene *s, struct step *st)
{
	struct phone *p = scene_phone(s, st->arg[0]);

	if (!p)
		return ENOENT;
	phone_unregister(p);
	return 0;
}

static void speak(const struct phone *p, bool on)
{
	for (struct le *le = p->lines.head; le; le = le->next) {
		const struct line *l = le->data;

		voice_send(l->voice, on);
	}
}

/* The phone is gone, as when its plug is pulled: neither BYE nor an answer comes from it. */
static int vanishes(struct scene *s, struct step *st)
{
	struct phone *p = scene_phone(s, st->arg[0]);

	if (!p)
		return ENOENT;
	phone_unplug(p);
	speak(p, false);
	return 0;
}

static int is_disconnected(struct scene *s, struct step *st)
{
	struct phone *p = scene_phone(s, st->arg[0]);

	if (!p)
		return ENOENT;
	phone_disconnect(p);
	return 0;
}

/* The plug is in again: it registers anew, from other ports, with the calls that it still has. */
static int comes_back(struct scene *s, struct step *st)
{
	struct phone *p = scene_phone(s, st->arg[0]);

	if (!p)
		return ENOENT;
	if (!st->begun) {
		int err = phone_plug(p);

		if (err)
			return err;
		speak(p, true);
	}
	return registers(s, st);
}

static int subscribes(struct scene *s, struct step *st)
{
	struct phone *p = scene_phone(s, st->arg[0]);
	char uri[PHONE_URI];

	if (!p)
		return ENOENT;
	(void)re_snprintf(uri, sizeof(uri), "sip:%s", st->arg[2]);
	if (!st->begun) {
		int err = phone_subscribe(p, uri, st->arg[1]);

		if (err)
			return err;
	}
	if (!p->sub_code)
		return scene_wait(s, "no answer to SUBSCRIBE");
	return p->sub_code == (uint16_t)atoi(st->arg[3])
		       ? 0
		       : scene_fail(s, "SUBSCRIBE came to %u", p->sub_code);
}

static int sees_busy_lamp(struct scene *s, struct step *st)
{
	const struct phone *p = scene_phone(s, st->arg[0]);
	bool on = !strcmp(st->arg[1], "on");

	if (!p || (!on && strcmp(st->arg[1], "off")))
		return EINVAL;
	return on == (p->lamp[0] != '\0') ? 0 : scene_wait(s, "the lamp says \"%s\"", p->lamp);
}

const struct verb phone_verbs[] = {
	{"phone ? ? ? *", 8000, phone_verb},
	{"? registers", 8000, registers},
	{"? unregisters", 1000, unregisters},
	{"? vanishes", 1000, vanishes},
	{"? comes back", 8000, comes_back},
	{"? is disconnected", 1000, is_disconnected},
	{"? subscribes to ? of ? expects ?", 3000, subscribes},
	{"? sees busy lamp ?", 3000, sees_busy_lamp},
	{NULL, 0, NULL},
};
