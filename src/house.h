/**
 * @file house.h  Floor 6: everything that runs, opened bottom-up and closed top-down
 *
 * The core thread is the process's main thread; it owns all of this. The other files of this floor
 * are the sub-commands and the wires between floors that may not know each other.
 */
#ifndef CARILLON_HOUSE_H
#define CARILLON_HOUSE_H

#include <time.h>
#include "actor.h"
#include "api.h"
#include "binding_row.h"
#include "blob.h"
#include "conf.h"
#include "exchange.h"
#include "secret.h"
#include "store.h"
#include "timetable.h"
#include "web.h"
#include "work.h"

struct story_line;

struct house {
	struct conf conf;
	struct secret *secret;
	struct store *store;
	struct blobs *blobs;
	struct actor *core;
	struct tenants *tenants;
	struct exchange *exchange;
	struct pusher *pusher;
	char push_contact[CONF_TEXT + 32];
	struct timetable *timetable;
	struct work work;
	char portal_url[CONF_TEXT + 32]; /* what links in mails begin with */
	struct web *web;
	struct api *api;
	struct tmr beat, flush, stop, purge, fax_look;
	struct batch *batch;  /* of records.c: bindings that are collected, */
	unsigned batches;     /* those that the store has, */
	bool unbound;	      /* and whether it could not take one */
	struct list remnants; /* bindings that are gone, and not yet from the disk */
	struct {
		struct tmr tmr;
		struct timespec chain, key; /* of the files, when they were read */
		unsigned looks;
	} cert;
	struct list unwritten; /* records the store has not taken yet */
	unsigned signals;
	uint64_t drain_until;  /* monotonic; calls still running then are ended */
	struct list faxes;     /* tries of sending one that are on their way */
	struct list fax_waits; /* those of them that wait for a line, the oldest first */
	char fax_worker[2 * CONF_TEXT], doc_convert[2 * CONF_TEXT];
	char fax_folder[CONF_TEXT + 32];
};

/* house.c */
int house_open_store(struct house *h, bool create, char *error, size_t size);
int house_open(struct house *h, char *error, size_t size);
void house_run(struct house *h);
void house_close(struct house *h);

/* cert.c */
int cert_prepare(char *pem, size_t size, const struct conf *conf, char *error, size_t esize);
void cert_watch(struct house *h);

/* records.c */
void records_start(struct house *h);
void records_stop(struct house *h);
void records_call(struct call *call, void *arg);
void records_emergency(const struct emergency_call *c, void *arg);
void records_afterword(int64_t tenant, const char *call_id, const struct story_line *line,
		       void *arg);
void records_binding(const struct binding *b, int change, void *arg);
void records_durable(durable_done_h *done, void *obj, void *arg);
int records_restore(struct house *h);

/* messages.c */
int messages_repair(struct house *h);
int messages_restore(struct house *h);
void messages_start(struct house *h);
void messages_changed(int64_t tenant, const char *extension, const struct voicemail_counts *c,
		      void *arg);

/* faxes.c */
int faxes_prepare(struct house *h);
int faxes_open(struct house *h);
int faxes_cancel(struct house *h, int64_t tenant, const char *id);

/* bells.c */
int bells_open(struct house *h);
int bells_restore(struct house *h);

/* live_wire.c */
void live_publish(int64_t tenant, const char *extension, const char *name, json_t *data);
void live_queue_changed(int64_t tenant, const char *queue_id, void *arg);
void live_disturb_changed(int64_t tenant, const char *extension, enum presence p, void *arg);
void live_changed(struct call *call, const char *event, void *arg);
void live_binding_changed(struct house *h, const struct binding *b, int change);
extern const struct api_live api_live_wire;

/* cli.c */
int cli_run(struct house *h, int argc, char **argv);

/* mail_pipe.c */
int mail_pipe_later(const char *error);
int mail_pipe_run(struct house *h, int argc, char **argv);

/* export.c */
int export_run(struct house *h, const char *domain);

#endif
