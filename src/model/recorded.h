/**
 * @file recorded.h  Recordings of calls, both sides in one file
 *
 * A row is added when the recording begins and is done once the file is complete; what is open at
 * the next start was cut and is completed from its file. The file goes before the row. Functions
 * with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_RECORDED_H
#define CARILLON_RECORDED_H

#include <stdint.h>
#include "blob.h"
#include "db.h"
#include "field.h"
#include "id.h"

enum { RECORDED_MIN_MS = 500, RECORDED_KEEP_MAX = 3650 };

/** Which calls of an extension are recorded; in the order of recording_rule_name() */
enum recording_rule { RULE_NONE, RULE_INBOUND, RULE_OUTBOUND, RULE_ALL };

/** What began a recording; in the order of recorded_by_name() */
enum recorded_by { BY_RULE, BY_KEY, BY_API, BY_QUEUE };

struct recorded {
	int64_t tenant;
	char id[ID_SIZE], call_id[ID_SIZE], extension_id[ID_SIZE], blob[BLOB_KEY];
	enum recorded_by by;
	int64_t duration_ms, started_at;
};

/** Which recordings a page shows; zero, "" and NULL mean all */
struct recorded_filter {
	int64_t from, to;   /* began in [from, to)                                  */
	const char *q;	    /* part of a number or name of who talked               */
	const char *before; /* id after which the page begins                       */
	unsigned limit;
};

typedef int(recorded_h)(const struct recorded *r, void *arg);

const char *recording_rule_name(enum recording_rule rule);
int recording_rule_parse(enum recording_rule *rule, const char *name);
const char *recorded_by_name(enum recorded_by by);

int recorded_begin(struct db *db, const struct recorded *r);
int recorded_finish(struct db *db, int64_t tenant, const char *id, int64_t duration_ms);
int recorded_drop(struct db *db, int64_t tenant, const char *id);
int recorded_get(struct recorded *r, struct db *db, int64_t tenant, const char *id);
int recorded_list(struct db *db, int64_t tenant, const struct recorded_filter *f, recorded_h *h,
		  void *arg);
int recorded_of_call(struct db *db, int64_t tenant, const char *call_id, recorded_h *h, void *arg);
int recorded_cut(struct db *db, recorded_h *h, void *arg);
int recorded_due(struct db *db, int64_t tenant, int64_t before, unsigned limit, recorded_h *h,
		 void *arg);

#endif
