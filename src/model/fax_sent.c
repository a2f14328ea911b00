/**
 * @file fax_sent.c  The files that went over the line
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "fax_sent.h"
#include "own.h"

#define READ                                                                                       \
	"SELECT s.tenant_id, s.fax_id, s.number, s.sheets, s.sha256, s.blob, "                     \
	"a.first_page, a.pages FROM fax_sent s JOIN fax_attempt a ON a.tenant_id = s.tenant_id "   \
	"AND a.fax_id = s.fax_id AND a.number = s.number WHERE s.tenant_id = $1 AND "              \
	"s.fax_id = $2 "

struct each {
	fax_sent_h *h;
	void *arg;
};

/**
 * Keeps the file of a try before its call, in place of one of the same number
 *
 * @param db    Connection; in the writer
 * @param blobs Where
 * @param s     Whose, which try, what is in it; its blob is told
 * @param file  Path on the same disk, which stays; not written to any more
 *
 * @return 0 or errno
 */
int fax_sent_keep(struct db *db, struct blobs *blobs, struct fax_sent *s, const char *file)
{
	int err = fax_sent_drop(db, blobs, s->tenant, s->fax_id, s->number);

	if (err)
		return err;
	blob_key(s->blob, s->tenant, clock_wall_ms());
	err = blob_adopt(blobs, s->blob, file);
	return err ? err
		   : db_exec(db,
			     "INSERT INTO fax_sent (tenant_id, fax_id, number, sheets, "
			     "sha256, blob) VALUES ($1, $2, $3, $4, $5, $6)",
			     "isiiss", s->tenant, s->fax_id, s->number, s->sheets, s->sha256,
			     s->blob);
}

static int read_h(const struct db_row *row, void *arg)
{
	struct fax_sent *s = arg;

	memset(s, 0, sizeof(*s));
	s->tenant = db_int(row, 0);
	db_copy(s->fax_id, sizeof(s->fax_id), row, 1);
	s->number = db_int(row, 2);
	s->sheets = db_int(row, 3);
	db_copy(s->sha256, sizeof(s->sha256), row, 4);
	db_copy(s->blob, sizeof(s->blob), row, 5);
	s->first_page = db_int(row, 6);
	s->confirmed = db_int(row, 7);
	return 0;
}

static int each_h(const struct db_row *row, void *arg)
{
	const struct each *e = arg;
	struct fax_sent s;

	(void)read_h(row, &s);
	return e->h(&s, e->arg);
}

/** The file of a try; ENOENT when it reached no machine */
int fax_sent_get(struct fax_sent *s, struct db *db, int64_t tenant, const char *fax_id,
		 int64_t number)
{
	return db_find(db, read_h, s, READ "AND s.number = $3", "isi", tenant, fax_id, number);
}

/** Shows the files of a fax in the order of its tries */
int fax_sent_list(struct db *db, int64_t tenant, const char *fax_id, fax_sent_h *h, void *arg)
{
	struct each e = {h, arg};

	return db_query(db, each_h, &e, READ "ORDER BY s.number", "is", tenant, fax_id);
}

static int blob_h(const struct db_row *row, void *arg)
{
	char blob[BLOB_KEY];

	db_copy(blob, sizeof(blob), row, 0);
	return blob_delete(arg, blob);
}

/** Gives the file of a try back, or with number 0 those of all; 0 also when there is none */
int fax_sent_drop(struct db *db, struct blobs *blobs, int64_t tenant, const char *fax_id,
		  int64_t number)
{
	int err = db_query(db, blob_h, blobs,
			   "SELECT blob FROM fax_sent WHERE tenant_id = $1 AND fax_id = $2 AND "
			   "($3 = 0 OR number = $3)",
			   "isi", tenant, fax_id, number);

	return err ? err
		   : db_exec(db,
			     "DELETE FROM fax_sent WHERE tenant_id = $1 AND fax_id = $2 AND "
			     "($3 = 0 OR number = $3)",
			     "isi", tenant, fax_id, number);
}
