/**
 * @file extension_settings.h  What an extension does with its calls: Do Not Disturb, forwards,
 * follow me, whether it serves its queues; voicemail is mailbox.h's
 *
 * The portal and feature codes change it by the same function, which notes who set what, and when.
 * A time until which something holds is compared when a call comes (next.h); nothing switches off.
 * Functions with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_EXTENSION_SETTINGS_H
#define CARILLON_EXTENSION_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include "db.h"
#include "field.h"
#include "id.h"
#include "phone.h"

enum { PAUSE_REASON = 64 };

enum forward_kind {
#define X(kind, exit, member, label) FORWARD_##kind,
#include "tbl/forwards.h"
#undef X
	FORWARD_MAX
};

/** Who set something, as people read it, and when; filled in by extension_settings_change() */
struct setting_mark {
	char by[MODEL_NAME];
	int64_t at; /* wall ms, 0: never */
};

struct extension_forward {
	bool on;
	char number[PHONE_SIZE]; /* as it would be dialled; kept while off */
	int64_t until;		 /* wall ms, 0: until it is taken back     */
	struct setting_mark mark;
};

struct extension_settings {
	int64_t tenant;
	char extension_id[ID_SIZE];
	bool dnd, follow;
	bool agent, paused;		 /* logged in at its queues; not to be rung for now */
	char pause_reason[PAUSE_REASON]; /* "" for none                             */
	int64_t dnd_until;		 /* wall ms, 0: until it is taken back */
	struct setting_mark dnd_mark, follow_mark, agent_mark;
	struct extension_forward forward[FORWARD_MAX];
	int64_t version; /* 0: nothing was ever set */
};

typedef int(extension_settings_h)(const struct extension_settings *s, void *arg);

const char *forward_kind_name(enum forward_kind kind);
const char *forward_kind_member(enum forward_kind kind);
const char *forward_kind_label(enum forward_kind kind);
int forward_kind_parse(enum forward_kind *kind, const char *name);

int extension_settings_get(struct extension_settings *s, struct db *db, int64_t tenant,
			   const char *extension_id);
int extension_settings_check(struct field_errors *fe, struct db *db, struct extension_settings *s);
int extension_settings_change(struct db *db, struct extension_settings *s, const char *by);
int extension_settings_list(struct db *db, int64_t tenant, extension_settings_h *h, void *arg);

#endif
