/**
 * @file push_private.h  What the files of this folder share
 */
#ifndef CARILLON_PUSH_PRIVATE_H
#define CARILLON_PUSH_PRIVATE_H

#include <sys/socket.h>
#include "push.h"

enum {
	PUSH_SALT = 16,
	PUSH_RECORD = 4096,			     /* RFC 8291 section 4: all in one record */
	PUSH_HEAD = PUSH_SALT + 4 + 1 + PUSH_PUBLIC, /* RFC 8188 section 2.1 */
	PUSH_BODY = PUSH_HEAD + PUSH_TEXT + 1 + 16,
	PUSH_ORIGIN = 300,
	PUSH_JWT = 1024
};

/** What is drawn anew for each message */
struct push_dice {
	uint8_t key[PUSH_PRIVATE], salt[PUSH_SALT];
};

/* push_key.c */
int push_public(uint8_t point[PUSH_PUBLIC], const uint8_t key[PUSH_PRIVATE]);
struct evp_pkey_st *push_pkey(const uint8_t *key, const uint8_t point[PUSH_PUBLIC]);
void push_word(char *word, size_t size, const void *bytes, size_t n);

/* push_seal.c */
int push_seal(uint8_t body[PUSH_BODY], size_t *n, const struct push_target *t,
	      const struct push_dice *dice, const char *text, size_t size);

/* push_vapid.c */
int push_jwt(char jwt[PUSH_JWT], const uint8_t key[PUSH_PRIVATE], const char *origin,
	     const char *contact, int64_t ends_s);

/* push_where.c */
bool push_origin(char origin[PUSH_ORIGIN], const char *endpoint);
bool push_outside(const struct sockaddr *sa);

#endif
