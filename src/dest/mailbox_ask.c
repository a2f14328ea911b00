/**
 * @file mailbox_ask.c  What a mailbox's menu asks of the store
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "dests_private.h"
#include "greeting.h"
#include "log.h"
#include "mailbox_ask.h"
#include "text.h"
#include "waiting.h"
#include "zone.h"

static void ask_destructor(void *arg)
{
	struct ask *a = arg;

	mem_deref(a->list);
	shared_unref(a->snapshot);
	shared_unref(a->old);
	memset(a->pin, 0, sizeof(a->pin));
}

/** Makes a question of a step about a mailbox; NULL without memory */
struct ask *ask_make(struct step *s, uint64_t serial, const struct tenant_extension *of, ask_fn *fn,
		     ask_reply_h *reply)
{
	struct ask *a = mem_zalloc(sizeof(*a), ask_destructor);

	if (!a)
		return NULL;
	a->x = call_exchange(s->call);
	a->tenant = call_tenant_id(s->call);
	str_ncpy(a->call, call_id(s->call), sizeof(a->call));
	a->serial = serial;
	a->fn = fn;
	a->reply = reply;
	str_ncpy(a->extension_id, of ? of->id : "", sizeof(a->extension_id));
	str_ncpy(a->extension, of ? of->number : "", sizeof(a->extension));
	str_ncpy(a->timezone, call_tenant(s->call)->timezone, sizeof(a->timezone));
	return a;
}

static int run_fn(struct db *db, void *obj)
{
	struct ask *a = obj;

	return a->fn(db, a);
}

static struct step *step_of(const struct ask *a)
{
	struct call *c = exchange_call_find(a->x, a->tenant, a->call);
	struct step *s = c ? call_step(c) : NULL;

	return s && s->ops == &dest_mailbox && menu_serial(s) == a->serial ? s : NULL;
}

/* What was written is told to the lamps and to new calls even if the caller has hung up. */
static void on_done(int err, void *obj)
{
	struct ask *a = obj;
	struct step *s;

	if (!err && a->counted)
		waiting_set(a->x, a->tenant, a->extension, &a->counts);
	if (!err && a->to_counted)
		waiting_set(a->x, a->tenant, a->to, &a->to_counts);
	if (!err && a->snapshot)
		(void)exchange_publish(a->x, TAKE(a->snapshot));
	if (err && err != ENOENT)
		log_error("mailbox.ask", "tenant=%lld err=%s", (long long)a->tenant, strerror(err));
	s = step_of(a);
	if (s)
		a->reply(s, a, err);
}

/** Asks; 0, or errno when no reply will come */
int ask_post(struct ask *a)
{
	const struct exchange_conf *conf = a ? exchange_conf(a->x) : NULL;

	if (!a)
		return ENOMEM;
	a->old = shared_ref(exchange_tenant(a->x, a->tenant));
	return store_write(conf->store, run_fn, a, conf->engine.core, on_done);
}

/** Is the PIN right? */
int ask_pin(struct db *db, struct ask *a)
{
	int err = mailbox_pin_try(&a->result, db, exchange_conf(a->x)->secret, a->tenant,
				  a->extension_id, a->pin, clock_wall_ms());

	if (err == ENOENT) {
		a->result = PIN_NONE;
		return 0;
	}
	return err ? err : voicemail_counts(&a->counts, db, a->tenant, a->extension_id);
}

/** How many messages are there? */
int ask_counts(struct db *db, struct ask *a)
{
	return voicemail_counts(&a->counts, db, a->tenant, a->extension_id);
}

static int list_h(const struct voicemail *v, void *arg)
{
	struct ask *a = arg;

	a->list[MENU_MESSAGES - ++a->count] = *v;
	return 0;
}

/** The messages of a folder */
int ask_list(struct db *db, struct ask *a)
{
	int err;

	a->list = mem_zalloc(MENU_MESSAGES * sizeof(*a->list), NULL);
	if (!a->list)
		return ENOMEM;
	err = voicemail_list(db, a->tenant, a->extension_id, a->folder, NULL, MENU_MESSAGES, list_h,
			     a);
	a->offset_ms = zone_offset_ms(a->timezone, clock_wall_ms());
	memmove(a->list, a->list + MENU_MESSAGES - a->count, a->count * sizeof(*a->list));
	return err;
}

static int counted(struct db *db, struct ask *a, int err)
{
	if (!err)
		err = voicemail_counts(&a->counts, db, a->tenant, a->extension_id);
	a->counted = !err;
	return err;
}

/** Makes a message read or saved */
int ask_mark(struct db *db, struct ask *a)
{
	return counted(db, a, voicemail_mark(db, &a->message, a->mark, clock_wall_ms()));
}

/** Deletes a message */
int ask_delete(struct db *db, struct ask *a)
{
	return counted(db, a, voicemail_delete(db, &a->message, clock_wall_ms()));
}

/** Takes a deletion back */
int ask_undelete(struct db *db, struct ask *a)
{
	return counted(db, a, voicemail_undelete(db, &a->message));
}

/** Puts a copy into another mailbox; ENOENT when that takes none, ENOSPC when it is full */
int ask_forward(struct db *db, struct ask *a)
{
	struct blobs *blobs = exchange_conf(a->x)->blobs;
	struct voicemail copy = a->message;
	struct mailbox to;
	char key[BLOB_KEY];
	int err = mailbox_by_number(&to, db, a->tenant, a->to);

	if (!err && !to.active)
		err = ENOENT;
	if (!err)
		err = voicemail_counts(&a->to_counts, db, a->tenant, to.extension_id);
	if (!err && a->to_counts.fresh + a->to_counts.old >= to.max_messages)
		err = ENOSPC;
	blob_key(key, a->tenant, clock_wall_ms());
	if (!err)
		err = blob_link(blobs, key, a->message.blob);
	if (!err)
		err = voicemail_copy(db, &copy, to.extension_id, a->by, key);
	if (!err)
		err = voicemail_counts(&a->to_counts, db, a->tenant, to.extension_id);
	a->to_counted = !err;
	return err;
}

static int snapshot_build(struct db *db, struct ask *a)
{
	return tenant_renew(&a->snapshot, db, a->tenant, a->old);
}

/** Gives the mailbox another PIN */
int ask_pin_set(struct db *db, struct ask *a)
{
	struct mailbox m;
	int err = mailbox_get(&m, db, a->tenant, a->extension_id);

	if (err)
		return err;
	mailbox_pin_set(&m, exchange_conf(a->x)->secret, a->pin);
	err = mailbox_change(db, &m);
	return err ? err : snapshot_build(db, a);
}

/* Beyond GREETINGS_MAX the oldest that was recorded by phone makes room. */
static int oldest_h(const struct greeting *g, void *arg)
{
	*(struct greeting *)arg = *g;
	return DB_STOP;
}

static int room_make(struct db *db, struct ask *a)
{
	struct greeting g = {0};
	int err = greeting_list(db, a->tenant, a->extension_id, oldest_h, &g);

	if (!err)
		err = greeting_remove(db, &g);
	return err ? err : blob_delete(exchange_conf(a->x)->blobs, g.blob);
}

/** What was recorded becomes the greeting */
int ask_greeting_set(struct db *db, struct ask *a)
{
	struct greeting g = {.tenant = a->tenant, .duration_ms = a->ms};
	int err;

	str_ncpy(g.extension_id, a->extension_id, sizeof(g.extension_id));
	str_ncpy(g.blob, a->blob, sizeof(g.blob));
	str_ncpy(g.name, "Recorded by phone", sizeof(g.name));
	err = greeting_add(db, &g);
	if (err == EBUSY) {
		err = room_make(db, a);
		if (!err)
			err = greeting_add(db, &g);
	}
	if (!err)
		err = greeting_use(db, a->tenant, a->extension_id, g.id);
	return err ? err : snapshot_build(db, a);
}

/** Callers hear the spoken greeting again; own ones stay */
int ask_greeting_drop(struct db *db, struct ask *a)
{
	int err = greeting_use(db, a->tenant, a->extension_id, "");

	return err ? err : snapshot_build(db, a);
}

/** What was recorded is the owner's name from now on */
int ask_name_set(struct db *db, struct ask *a)
{
	char old[BLOB_KEY] = "";
	int err = spoken_name_set(old, db, a->tenant, a->extension_id, a->blob, a->ms);

	if (!err && old[0])
		err = blob_delete(exchange_conf(a->x)->blobs, old);
	return err ? err : snapshot_build(db, a);
}

/** What a recording that nobody wants left */
struct litter {
	struct blobs *blobs;
	char key[BLOB_KEY];
};

static int litter_fn(struct db *db, void *obj)
{
	struct litter *l = obj;

	return blob_delete(l->blobs, l->key);
}

/** Deletes a blob that no row names; on the store's thread, because disks may be slow */
void litter_drop(struct exchange *x, const char *key)
{
	struct litter *l = mem_zalloc(sizeof(*l), NULL);

	if (!l)
		return;
	l->blobs = exchange_conf(x)->blobs;
	str_ncpy(l->key, key, sizeof(l->key));
	(void)store_write(exchange_conf(x)->store, litter_fn, l, NULL, NULL);
}
