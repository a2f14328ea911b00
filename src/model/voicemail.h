/**
 * @file voicemail.h  Messages that callers left in a mailbox
 *
 * A row is added when the recording begins and is new once the file is complete; one that is still
 * recording at the next start was cut, and is completed from what its file holds. A deleted message
 * can be taken back until it is purged with its file (blob.h). Each function finds only what
 * belongs to the tenant, and where one is named the mailbox, that it is given; everything else is
 * ENOENT. Functions with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_VOICEMAIL_H
#define CARILLON_VOICEMAIL_H

#include <stdint.h>
#include "blob.h"
#include "db.h"
#include "field.h"
#include "id.h"
#include "phone.h"

enum {
	VOICEMAIL_MIN_MS = 1000,		    /* what is shorter is not kept  */
	VOICEMAIL_UNDO_MS = 7 * 24 * 3600 * 1000LL, /* until a deleted one is purged*/
};

/** In the order of voicemail_state_name(); read ones go after the mailbox's keep_days */
enum voicemail_state { VOICEMAIL_RECORDING, VOICEMAIL_NEW, VOICEMAIL_READ, VOICEMAIL_SAVED };

struct voicemail {
	int64_t tenant;
	char id[ID_SIZE], extension_id[ID_SIZE];
	enum voicemail_state state;
	bool urgent;
	char from_number[PHONE_SIZE * 2], from_name[MODEL_NAME];
	char call_id[ID_SIZE];	       /* "" for a copy                          */
	char forwarded_by[MODEL_NAME]; /* "": left by the caller                 */
	char blob[BLOB_KEY];
	int64_t duration_ms, created_at, read_at, deleted_at; /* wall ms, 0: not          */
};

/** What the lamp shows (RFC 3842); old ones were heard */
struct voicemail_counts {
	int64_t fresh, old, urgent_fresh, urgent_old;
};

typedef int(voicemail_h)(const struct voicemail *v, void *arg);
typedef int(voicemail_counts_h)(int64_t tenant, const char *extension,
				const struct voicemail_counts *c, void *arg);

const char *voicemail_state_name(enum voicemail_state state);
int voicemail_state_parse(enum voicemail_state *state, const char *name);

int voicemail_begin(struct db *db, struct voicemail *v);
int voicemail_finish(struct db *db, int64_t tenant, const char *id, int64_t duration_ms,
		     bool urgent);
int voicemail_drop(struct db *db, int64_t tenant, const char *id);
int voicemail_get(struct voicemail *v, struct db *db, int64_t tenant, const char *id);
int voicemail_mark(struct db *db, struct voicemail *v, enum voicemail_state state, int64_t now);
int voicemail_delete(struct db *db, struct voicemail *v, int64_t now);
int voicemail_undelete(struct db *db, struct voicemail *v);
int voicemail_copy(struct db *db, struct voicemail *v, const char *extension_id, const char *by,
		   const char *blob);
int voicemail_list(struct db *db, int64_t tenant, const char *extension_id, const char *folder,
		   const char *before, unsigned limit, voicemail_h *h, void *arg);
int voicemail_counts(struct voicemail_counts *c, struct db *db, int64_t tenant,
		     const char *extension_id);
int voicemail_counts_each(struct db *db, voicemail_counts_h *h, void *arg);
int voicemail_cut(struct db *db, voicemail_h *h, void *arg);
int voicemail_due(struct db *db, int64_t now, unsigned limit, voicemail_h *h, void *arg);

#endif
