/**
 * @file demo_voicemail.c  Messages for the demo, spoken by the prompts' own voice
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "blob.h"
#include "demo_voicemail.h"
#include "mailbox.h"
#include "own.h"
#include "text.h"
#include "voicemail.h"

enum { SOUND_MAX = 4 << 20, HEADER = 44, BYTES_MS = 16, MINUTE = 60 * 1000 };

static const struct {
	const char *sound, *number, *name;
	int minutes; /* ago */
	enum voicemail_state state;
} messages[] = {
	{"demo-abouttotry", "+14155550142", "Bay Dental Supply", 1500, VOICEMAIL_READ},
	{"demo-thanks", "+14155550118", "Grace Kim", 95, VOICEMAIL_NEW},
};

/* Where there are no prompts there are no messages. */
static int sound_keep(int64_t *ms, const struct demo_conf *conf, const char *sound, const char *key)
{
	AUTO char *bytes = mem_alloc(SOUND_MAX, NULL);
	char path[512];
	size_t n;
	FILE *f;

	if (!bytes)
		return ENOMEM;
	if (!text_printf(path, sizeof(path), "%s/%s.wav", conf->sounds, sound))
		return ENOENT;
	f = fopen(path, "rb");
	if (!f)
		return ENOENT;
	n = fread(bytes, 1, SOUND_MAX, f);
	fclose(f);
	if (n <= HEADER)
		return ENOENT;
	*ms = (int64_t)(n - HEADER) / BYTES_MS;
	return blob_put(conf->blobs, key, bytes, n);
}

static int message_add(struct db *db, const struct demo_conf *conf, const struct mailbox *m,
		       size_t i)
{
	struct voicemail v = {.tenant = m->tenant,
			      .created_at = conf->now - messages[i].minutes * MINUTE};
	int64_t ms = 0;
	int err;

	str_ncpy(v.id, id_new().s, sizeof(v.id));
	str_ncpy(v.extension_id, m->extension_id, sizeof(v.extension_id));
	str_ncpy(v.from_number, messages[i].number, sizeof(v.from_number));
	str_ncpy(v.from_name, messages[i].name, sizeof(v.from_name));
	blob_key(v.blob, v.tenant, v.created_at);
	err = sound_keep(&ms, conf, messages[i].sound, v.blob);
	if (!err)
		err = voicemail_begin(db, &v);
	if (!err)
		err = voicemail_finish(db, v.tenant, v.id, ms, false);
	if (!err && messages[i].state != VOICEMAIL_NEW)
		err = voicemail_mark(db, &v, messages[i].state, conf->now);
	return err == ENOENT ? 0 : err;
}

/** Leaves messages in the mailbox of 1001; 0 or errno */
int demo_voicemail(struct db *db, const struct demo_conf *conf, int64_t tenant)
{
	char emails[EMAILS];
	struct mailbox m;
	int err = mailbox_by_number(&m, db, tenant, "1001");

	if (err || !conf->blobs || !conf->sounds)
		return err;
	str_ncpy(emails, m.emails, sizeof(emails));
	m.emails[0] = '\0'; /* nobody is written to about what is invented */
	err = mailbox_change(db, &m);
	for (size_t i = 0; i < COUNT(messages) && !err; i++)
		err = message_add(db, conf, &m, i);
	str_ncpy(m.emails, emails, sizeof(m.emails));
	return err ? err : mailbox_change(db, &m);
}
