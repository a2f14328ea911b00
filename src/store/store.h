/**
 * @file store.h  The database as an actor: one writer with group commit, a reader per thread
 *
 * A write is a function queued for the writer's thread. Those that wait together share one
 * transaction, each in a savepoint of its own; only after the commit has reached the disk does
 * anybody hear of it. A read runs at once on the calling thread, on that thread's own connection
 * and inside one snapshot. store_write() may be called on any thread; store_write_wait() and
 * store_read() block and are not for the core thread while calls run. Release the store on the
 * thread that made it, after every other thread that used it has ended and before the inboxes it
 * replies to.
 */
#ifndef CARILLON_STORE_H
#define CARILLON_STORE_H

#include "actor.h"
#include "db.h"

struct store;

/** Reads or writes; returns 0 or an errno, which undoes what this function wrote */
typedef int(store_fn)(struct db *db, void *obj);

/** Hears of a write on the asker's thread; `obj` is released afterwards */
typedef void(store_done_h)(int err, void *obj);

int store_alloc(struct store **sp, const struct db_driver *driver, const char *where, char *error,
		size_t size);
int store_write(struct store *s, store_fn *fn, void *obj, struct actor *reply_to,
		store_done_h *done);
int store_write_wait(struct store *s, store_fn *fn, void *obj);
int store_read(struct store *s, store_fn *fn, void *obj);
int store_copy(const struct db_driver *driver, const char *where, const char *file);
int store_news_fd(const struct store *s);
bool store_healthy(const struct store *s);
uint64_t store_commits(const struct store *s);
uint64_t store_memory(const struct store *s);

#endif
