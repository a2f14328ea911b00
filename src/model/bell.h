/**
 * @file bell.h  Bells: where a browser can be rung while its portal is closed (Web Push)
 *
 * A bell belongs to a browser's device record and ends with the sign-in that made it; a user has a
 * few at most, the oldest goes. Functions with a struct db run on the store's writer or in
 * store_read(); bell_text() on any thread.
 */
#ifndef CARILLON_BELL_H
#define CARILLON_BELL_H

#include <stdbool.h>
#include <stdint.h>
#include "db.h"
#include "id.h"
#include "push.h"
#include "secret.h"

enum {
	BELLS_MAX = 8,	     /* of one user                                  */
	BELL_WAIT_MS = 25000 /* so long a call waits for a browser to come back */
};

struct bell {
	int64_t tenant;
	char id[ID_SIZE], login_id[ID_SIZE], user_id[ID_SIZE], extension_id[ID_SIZE],
		device_id[ID_SIZE];
	struct push_target target;
	int64_t created_at, expires_at;
};

/** What a browser is told: a call comes, or is over: answered by somebody, or in vain */
enum bell_news { BELL_CALL, BELL_ANSWERED, BELL_MISSED };

typedef int(bell_h)(const struct bell *b, void *arg);

int bell_put(struct db *db, struct bell *b, int64_t now);
int bell_forget(struct db *db, const char *id);
int bell_end(struct db *db, int64_t tenant, const char *extension_id, const char *only_device,
	     const char *but_device);
int bell_list(struct db *db, int64_t tenant, const char *extension_id, int64_t now, bell_h *h,
	      void *arg);
int bell_each(struct db *db, int64_t now, bell_h *h, void *arg);
int bell_key(uint8_t key[PUSH_PRIVATE], struct db *db, const struct secret *s, int64_t now);
bool bell_text(char text[PUSH_TEXT], enum bell_news news, const char *call, const char *name,
	       const char *number);

#endif
