/**
 * @file dest_exit.h  What comes after a dest that ended so: rows (dest, exit, next dest)
 *
 * A row may speak for every dest of a kind (target "") or for every exit. next.h asks them; what
 * follows an extension stands in its settings instead. Functions with a struct db run on the
 * store's writer or in store_read().
 */
#ifndef CARILLON_DEST_EXIT_H
#define CARILLON_DEST_EXIT_H

#include "dest.h"
#include "exit.h"

struct dest_exit {
	struct dest dest, next;
	enum exit_id exit; /* or EXIT_ANY */
};

/** What comes next in a form: the dest, if there is one */
struct dest_next {
	const struct dest *self; /* whose next it is      */
	const char *what;	 /* "this call flow", ... */
	bool has;
	const struct dest *next;
};

typedef int(dest_exit_h)(const struct dest_exit *row, void *arg);

int dest_exit_set(struct db *db, int64_t tenant, const struct dest_exit *row);
int dest_exit_remove(struct db *db, int64_t tenant, const struct dest *dest, enum exit_id exit);
int dest_next_check(struct field_errors *fe, const char *field, struct db *db, int64_t tenant,
		    const struct dest_next *n);
int dest_next_write(struct db *db, int64_t tenant, enum exit_id exit, const struct dest_next *n);
int dest_exit_forget(struct db *db, int64_t tenant, const struct dest *dest);
int dest_exit_rename(struct db *db, int64_t tenant, const struct dest *dest, const char *target);
int dest_exit_list(struct db *db, int64_t tenant, const struct dest *dest, dest_exit_h *h,
		   void *arg);

#endif
