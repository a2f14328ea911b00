/**
 * @file fax.h  Faxes to be sent, and each try of sending one
 *
 * A page counts as sent once the far side has confirmed it; that is written while the call is still
 * on, so that no later try sends it again. Functions with a struct db run on the store's writer or
 * in store_read().
 */
#ifndef CARILLON_FAX_H
#define CARILLON_FAX_H

#include "blob.h"
#include "cover_page.h"
#include "db.h"
#include "field.h"
#include "id.h"
#include "phone.h"
#include "price.h"

/** Why, of a fax that was taken back and of its last try */
#define FAX_TAKEN_BACK "Cancelled"

/** FAX_CONVERTING: its document or its cover page is still being drawn. FAX_CANCELLING: taken back
 * during a call, which is being ended; an ended process leaves it so */
enum fax_state {
	FAX_QUEUED,
	FAX_SENDING,
	FAX_SENT,
	FAX_FAILED,
	FAX_CANCELLED,
	FAX_CANCELLING,
	FAX_CONVERTING,
};

struct fax {
	int64_t tenant;
	char id[ID_SIZE], extension_id[ID_SIZE], document_id[ID_SIZE];
	char to[PHONE_SIZE], from[PHONE_SIZE];
	char subject[MODEL_NAME];
	enum fax_state state;
	int64_t pages, pages_sent, tries, tries_max;
	char reason[FIELD_SENTENCE];
	int64_t due_at, created_at, ended_at; /* wall ms; due_at: of the next try, 0: when */
					      /* there is room                            */
	char cover_id[ID_SIZE];		      /* "": none                                  */
	char to_name[MODEL_NAME], note[COVER_NOTE];
	money_t cost;			/* of the pages that the far side confirmed */
	char currency[CURRENCY_SIZE];	/* "": no try had a price */
	char sender_email[MODEL_EMAIL]; /* told how it ended; "": nobody */
	char blob[BLOB_KEY]; /* cover and document in one; "": the document's own        */
};

/** Faxes of an extension, or with id "" of the tenant */
struct fax_counts {
	int64_t sent, failed;	  /* ended since some time */
	int64_t received, unread; /* received since then; not looked at, of any time */
};

struct fax_attempt {
	int64_t number, started_at, ended_at, first_page, pages, rate;
	bool ok, ecm, t38;
	char reason[FIELD_SENTENCE], ident[MODEL_WORD];
};

typedef int(fax_h)(const struct fax *f, void *arg);
typedef int(fax_attempt_h)(const struct fax_attempt *a, void *arg);

const char *fax_state_name(enum fax_state s);
int fax_counts(struct fax_counts *c, struct db *db, int64_t tenant, const char *extension_id,
	       int64_t since);
int fax_add(struct db *db, struct fax *f);
int fax_get(struct fax *f, struct db *db, int64_t tenant, const char *id);
int fax_list(struct db *db, int64_t tenant, const char *extension_id, const char *before,
	     unsigned limit, fax_h *h, void *arg);
int fax_change(struct db *db, const struct fax *f);
int fax_cover(struct db *db, const struct fax *f);
int fax_lookalikes(struct db *db, const struct fax *f, int64_t since, fax_h *h, void *arg);
int fax_waiting(struct db *db, int64_t tenant, const char *document_id, fax_h *h, void *arg);
int fax_pages(struct db *db, const struct fax *f);
int fax_price(struct db *db, int64_t tenant, const char *id, const struct price *p);
int fax_confirm(struct db *db, int64_t tenant, const char *id, int64_t pages_sent);

int fax_wait(struct db *db, int64_t tenant, const char *id, const char *reason);
int fax_attempt_begin(struct db *db, struct fax *f, struct fax_attempt *a);
int fax_attempt_cut(struct db *db, const struct fax *f);
int fax_attempt_end(struct db *db, const struct fax *f, const struct fax_attempt *a);
int fax_attempt_undo(struct db *db, struct fax *f, const struct fax_attempt *a);
int fax_attempts(struct db *db, int64_t tenant, const char *id, fax_attempt_h *h, void *arg);

#endif
