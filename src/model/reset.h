/**
 * @file reset.h  Forgotten passwords: a link that lets its reader choose a new one, once
 *
 * The row holds the SHA-256 of the token; the token itself stands in the mail alone, and is made
 * when the mail is sent. A user has one link: a later one makes the earlier one useless. Functions
 * with a struct db run on the store's writer, reset_find() also in store_read().
 */
#ifndef CARILLON_RESET_H
#define CARILLON_RESET_H

#include "login.h"

enum { RESET_MINUTES = 60 };

int reset_make(struct db *db, char token[LOGIN_TOKEN], int64_t tenant, const char *user_id,
	       int64_t now);
int reset_find(struct user *u, struct db *db, const char *token, int64_t now);
int reset_take(struct db *db, const char *token, int64_t now);
int reset_purge(struct db *db, int64_t now);

#endif
