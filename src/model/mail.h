/**
 * @file mail.h  Mails as rows: what is to be sent, and what became of it
 *
 * mail_add() is called in the transaction of what causes the mail (a voicemail, a fax, a forgotten
 * password) and adds the job that sends it (src/work). The words of the text come from the template
 * (src/mail/template_table.h); {name}, {time}, {link}, {product} and {tenant} are filled in when it
 * is sent. Functions with a struct db run on the store's writer, those that only read also in
 * store_read().
 */
#ifndef CARILLON_MAIL_H
#define CARILLON_MAIL_H

#include "blob.h"
#include "field.h"
#include "job_row.h"
#include "template.h"

enum { MAIL_FIELDS = 3000, MAIL_PAGE = 128, MAIL_FILE = 128 };

struct mail {
	int64_t tenant;
	char id[ID_SIZE];
	enum template_id template;
	char to[MODEL_EMAIL], to_name[MODEL_NAME]; /* name: "" when it is not known            */
	char subject[TEMPLATE_SUBJECT];		   /* filled in by mail_add()                  */
	char object_id[ID_SIZE];		   /* what it is about, or ""                  */
	char page[MAIL_PAGE];	    /* the portal's page of {link}, such as "/voicemail"         */
	char fields[MAIL_FIELDS];   /* filled by mail_field()                                    */
	int64_t about_at;	    /* {time} in the tenant's time zone; 0 for none              */
	char blob[BLOB_KEY];	    /* what is attached, or ""                                   */
	char file_name[MAIL_FILE];  /* as the reader sees it: "voicemail.ogg"                   */
	char file_type[MODEL_WORD]; /* a WAV of 8 kHz is sent as Opus when this is "audio/ogg" */
	enum job_state state;
	unsigned tries;
	int64_t due_at;
	char answer[JOB_TEXT]; /* what the mail server said last */
	int64_t created_at, ended_at;
};

/** Which mails a page shows */
struct mail_filter {
	bool by_state;
	enum job_state state;
	const char *q;	    /* part of an address or subject, or NULL        */
	const char *before; /* id after which the page begins, or NULL       */
	unsigned limit;
};

typedef int(mail_h)(const struct mail *m, void *arg);

void mail_field(struct mail *m, const char *word, const char *value);
bool mail_field_get(char *value, size_t size, const struct mail *m, const char *word);
int mail_zone(char zone[MODEL_WORD], struct db *db, int64_t tenant, const char *email);
int mail_add(struct db *db, struct mail *m);
int mail_get(struct mail *m, struct db *db, int64_t tenant, const char *id);
int mail_list(struct db *db, int64_t tenant, const struct mail_filter *f, mail_h *h, void *arg);
int mail_retry(struct db *db, int64_t tenant, const char *id, int64_t now);
int mail_tried(struct db *db, const struct job_row *j);
int mail_purge(struct db *db, int64_t before, unsigned limit);

#endif
