/**
 * @file verbs_mail.c  Mailboxes: how many messages they have, and what is in them
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "ear.h"
#include "http.h"
#include "scene.h"

enum { WAV_HEADER = 44, WAV_PARTS = 22, WAV_SIZE = 40 };

static const double PURE = 0.75;

static unsigned le(const uint8_t *p, unsigned n)
{
	unsigned v = 0;

	while (n--)
		v = v << 8 | p[n];
	return v;
}

/* How many of a sound's windows there are, and in how many of them one tone is nearly all. */
static void windows_count(unsigned *all, unsigned *pure, const uint8_t *wav, unsigned side,
			  double hz)
{
	unsigned parts = le(wav + WAV_PARTS, 2), n = le(wav + WAV_SIZE, 4) / 2 / parts;
	static struct ear ear;

	*all = *pure = 0;
	memset(&ear, 0, sizeof(ear));
	for (unsigned i = 0; i < n; i++) {
		int16_t v = (int16_t)le(wav + WAV_HEADER + 2 * (i * parts + side), 2);

		ear_hear(&ear, &v, 1);
		if (ear.count % EAR_WINDOW)
			continue;
		++*all;
		*pure += ear_share(&ear, hz) > PURE;
	}
}

/**
 * Whether a WAV file of the API is mostly one phone's tone
 *
 * @param s    Scene
 * @param path Of the API
 * @param side 0 left or only, 1 right
 * @param who  Phone, or a frequency
 */
int scene_sound(struct scene *s, const char *path, unsigned side, const char *who)
{
	double hz = scene_tone(s, who) > 0 ? scene_tone(s, who) : atof(who);
	unsigned all = 0, pure = 0;
	char *wav = NULL;
	long status = 0;
	int err = http_call(s->d->http, "admin", "GET", path, NULL, &status, &wav);

	if (err || status != 200 || !wav || memcmp(wav, "RIFF", 4))
		err = scene_wait(s, "no sound: %ld", status);
	if (!err)
		windows_count(&all, &pure, (const uint8_t *)wav, side, hz);
	if (!err && (all < 2 || pure * 2 < all))
		err = scene_wait(s, "%u of %u parts are %.0f Hz", pure, all, hz);
	free(wav);
	return err;
}

static int list_get(struct scene *s, char **reply, const char *path)
{
	long status = 0;
	int err = http_call(s->d->http, "admin", "GET", path, NULL, &status, reply);

	if (!err && status != 200)
		err = scene_fail(s, "%ld %.200s", status, *reply ? *reply : "");
	return err;
}

/* mailbox NUMBER has NEW [OLD] */
static int mailbox_has(struct scene *s, struct step *st)
{
	char path[160], fresh[16] = "", old[16] = "", *reply = NULL;
	int err;

	(void)re_snprintf(path, sizeof(path), "/api/v1/mailboxes?q=%s", st->arg[0]);
	err = list_get(s, &reply, path);
	(void)json_at(fresh, sizeof(fresh), reply, "rows.0.new");
	(void)json_at(old, sizeof(old), reply, "rows.0.old");
	free(reply);
	if (err)
		return err;
	if (strcmp(fresh, st->arg[1]) || (st->args > 2 && strcmp(old, st->arg[2])))
		return scene_wait(s, "%s new, %s old", fresh, old);
	return 0;
}

/* message of NUMBER sounds like WHO: the newest one */
static int message_sounds(struct scene *s, struct step *st)
{
	char path[200], id[64], *reply = NULL;
	int err;

	(void)re_snprintf(path, sizeof(path), "/api/v1/mailboxes?q=%s", st->arg[0]);
	err = list_get(s, &reply, path);
	if (err || !json_at(id, sizeof(id), reply, "rows.0.extensionId")) {
		free(reply);
		return err ? err : scene_fail(s, "no mailbox %s", st->arg[0]);
	}
	free(reply);
	(void)re_snprintf(path, sizeof(path), "/api/v1/voicemail?extensionId=%s", id);
	err = list_get(s, &reply, path);
	if (!err && !json_at(id, sizeof(id), reply, "rows.0.id"))
		err = scene_wait(s, "no message");
	free(reply);
	(void)re_snprintf(path, sizeof(path), "/api/v1/voicemail/%s/audio", id);
	return err ? err : scene_sound(s, path, 0, st->arg[1]);
}

/* recording N has LEFT and RIGHT: of all of the tenant's, 0 is the newest */
static int recording_has(struct scene *s, struct step *st)
{
	char path[200], key[32], id[64], *reply = NULL;
	int err = list_get(s, &reply, "/api/v1/recordings");

	(void)re_snprintf(key, sizeof(key), "rows.%s.id", st->arg[0]);
	if (!err && !json_at(id, sizeof(id), reply, key))
		err = scene_wait(s, "no such recording");
	free(reply);
	(void)re_snprintf(path, sizeof(path), "/api/v1/recordings/%s/audio", id);
	if (!err)
		err = scene_sound(s, path, 0, st->arg[1]);
	return err ? err : scene_sound(s, path, 1, st->arg[2]);
}

/* NAME sees lamp TEXT: in the last NOTIFY */
static int sees_lamp(struct scene *s, struct step *st)
{
	const struct phone *p = scene_phone(s, st->arg[0]);

	if (!p)
		return ENOENT;
	return !strncmp(p->mwi, st->arg[1], strlen(st->arg[1]))
		       ? 0
		       : scene_wait(s, "it shows \"%s\"", p->mwi);
}

const struct verb mail_verbs[] = {
	{"mailbox ? has *", 5000, mailbox_has},
	{"message of ? sounds like ?", 5000, message_sounds},
	{"recording ? has ? and ?", 5000, recording_has},
	{"? sees lamp ?", 4000, sees_lamp},
	{NULL, 0, NULL},
};
