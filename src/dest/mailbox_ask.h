/* What a mailbox's menu asks of the store, and hears back on its own step; inside src/dest */
#ifndef CARILLON_MAILBOX_ASK_H
#define CARILLON_MAILBOX_ASK_H

#include "call.h"
#include "exchange.h"
#include "mailbox.h"

enum { MENU_MESSAGES = 100 };

struct ask;

/** Runs on the store's writer */
typedef int(ask_fn)(struct db *db, struct ask *a);

/** Runs on the core while the step that asked is still there */
typedef void(ask_reply_h)(struct step *s, struct ask *a, int err);

struct ask {
	/* who asks */
	struct exchange *x;
	int64_t tenant;
	char call[ID_SIZE];
	uint64_t serial; /* of the step: another one in the same call hears nothing      */
	ask_fn *fn;
	ask_reply_h *reply;
	/* what about */
	char extension_id[ID_SIZE], extension[PHONE_SIZE]; /* the mailbox                  */
	char pin[PIN_MAX + 2];
	char timezone[MODEL_WORD];
	const char *folder;
	struct voicemail message;
	enum voicemail_state mark;
	char to_id[ID_SIZE], to[PHONE_SIZE], by[MODEL_NAME]; /* forwarded to, by           */
	char blob[BLOB_KEY];
	uint32_t ms; /* of blob                                                          */
	/* what came of it */
	enum pin_result result;
	bool counted, to_counted;
	struct voicemail_counts counts, to_counts;
	struct voicemail *list; /* oldest first                                          */
	unsigned count;
	int64_t offset_ms;	  /* of the zone                                                */
	const struct tenant *old; /* shares with the snapshot what stays the same */
	struct tenant *snapshot;
};

int ask_post(struct ask *a);
struct ask *ask_make(struct step *s, uint64_t serial, const struct tenant_extension *of, ask_fn *fn,
		     ask_reply_h *reply);

ask_fn ask_pin, ask_counts, ask_list, ask_mark, ask_delete, ask_undelete, ask_forward;
ask_fn ask_pin_set, ask_greeting_set, ask_greeting_drop, ask_name_set;

void litter_drop(struct exchange *x, const char *key);

/* mailbox.c */
uint64_t menu_serial(const struct step *s);

#endif
