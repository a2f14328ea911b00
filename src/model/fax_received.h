/**
 * @file fax_received.h  Faxes that came in, whole or in part
 *
 * The row is added when the line is answered; whoever finds it still "receiving" at the next start
 * makes of its file what is in it. Functions with a struct db run on the store's writer or in
 * store_read().
 */
#ifndef CARILLON_FAX_RECEIVED_H
#define CARILLON_FAX_RECEIVED_H

#include "blob.h"
#include "db.h"
#include "field.h"
#include "id.h"
#include "phone.h"

/** CONVERTING: its file is not filed yet. FAILED: it is, and no page of it could be converted. */
enum fax_received_state {
	RECEIVED_RECEIVING,
	RECEIVED_CONVERTING,
	RECEIVED_COMPLETE,
	RECEIVED_INCOMPLETE,
	RECEIVED_FAILED,
};

struct fax_received {
	int64_t tenant;
	char id[ID_SIZE], extension_id[ID_SIZE];
	char to[PHONE_SIZE], from[PHONE_SIZE * 2], ident[MODEL_WORD];
	enum fax_received_state state;
	char reason[FIELD_SENTENCE];
	int64_t pages, rate;
	bool ecm, t38;
	char blob[BLOB_KEY], pdf[BLOB_KEY];
	int64_t read_at, received_at;
};

typedef int(fax_received_h)(const struct fax_received *f, void *arg);

const char *fax_received_state_name(enum fax_received_state s);
int fax_received_add(struct db *db, const struct fax_received *f);
int fax_received_get(struct fax_received *f, struct db *db, int64_t tenant, const char *id);
int fax_received_change(struct db *db, const struct fax_received *f);
int fax_received_remove(struct db *db, int64_t tenant, const char *id);
int fax_received_list(struct db *db, int64_t tenant, const char *extension_id, const char *before,
		      unsigned limit, fax_received_h *h, void *arg);
int fax_received_filed(bool *filed, struct db *db, const char *id);
int fax_received_again(struct db *db);
int fax_received_cut(struct db *db, fax_received_h *h, void *arg);

#endif
