/**
 * @file mailbox.h  Mailboxes: where callers of an extension leave messages
 *
 * Every extension has one, switched on or off. Wrong PINs (pin.h) lock it for a while. The messages
 * are in voicemail.h, the greetings in greeting.h. Functions with a struct db run on the store's
 * writer or in store_read().
 */
#ifndef CARILLON_MAILBOX_H
#define CARILLON_MAILBOX_H

#include <stdint.h>
#include "blob.h"
#include "db.h"
#include "emails.h"
#include "field.h"
#include "id.h"
#include "phone.h"
#include "pin.h"

enum {
	MAILBOX_MS_MIN = 10000,
	MAILBOX_MS_MAX = 1800000,
	MAILBOX_MS_DEFAULT = 180000,
	MAILBOX_SILENCE_MIN = 2000,
	MAILBOX_SILENCE_MAX = 60000,
	MAILBOX_SILENCE_DEFAULT = 10000,
	MAILBOX_MESSAGES_MAX = 1000,
	MAILBOX_MESSAGES_DEFAULT = 100,
	MAILBOX_KEEP_MAX = 3650,
};

/** What a mail about a message carries; in the order of mailbox_attach_name() */
enum mailbox_attach { ATTACH_NONE, ATTACH_OPUS, ATTACH_WAV };

struct mailbox {
	int64_t tenant;
	char extension_id[ID_SIZE];
	char number[PHONE_SIZE], name[MODEL_NAME]; /* of the extension, only read       */
	bool active;
	char pin[SECRET_MAC]; /* "" for none                                            */
	int64_t pin_locked_until;
	char emails[EMAILS];
	enum mailbox_attach attach;
	int64_t max_ms, max_messages; /* of one message; how many messages             */
	int64_t silence_ms;	      /* so much ends a message                        */
	int64_t keep_days;	      /* of messages that were heard; 0: for ever      */
	char greeting_id[ID_SIZE];    /* "": spoken by the system                      */
	char spoken_name[BLOB_KEY];   /* its owner's, only read; "": spelled           */
	int64_t spoken_name_ms;	      /* its length                                    */
	int64_t version;	      /* 0 in mailbox_change(): whatever it is         */
};

typedef int(mailbox_h)(const struct mailbox *m, void *arg);

const char *mailbox_attach_name(enum mailbox_attach attach);
int mailbox_attach_parse(enum mailbox_attach *attach, const char *name);

void mailbox_defaults(struct mailbox *m, int64_t tenant, const char *extension_id);
int mailbox_add(struct db *db, struct mailbox *m);
int mailbox_get(struct mailbox *m, struct db *db, int64_t tenant, const char *extension_id);
int mailbox_by_number(struct mailbox *m, struct db *db, int64_t tenant, const char *number);
int mailbox_list(struct db *db, int64_t tenant, const char *q, const char *after, unsigned limit,
		 mailbox_h *h, void *arg);
int mailbox_check(struct field_errors *fe, struct db *db, const struct mailbox *m);
int mailbox_change(struct db *db, struct mailbox *m);

void mailbox_pin_set(struct mailbox *m, const struct secret *s, const char *pin);
int mailbox_pin_try(enum pin_result *result, struct db *db, const struct secret *s, int64_t tenant,
		    const char *extension_id, const char *pin, int64_t now);

#endif
