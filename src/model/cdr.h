/**
 * @file cdr.h  Call detail records: one row per conversation, with its legs and its story
 *
 * cdr_open() writes a row when a call starts, cdr_write() replaces it when the call ends; what is
 * still open when the program starts again was cut off, and cdr_close_orphans() says so. Each is
 * idempotent by the call's id. The call path posts them through store_write() and never waits.
 * Functions with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_CDR_H
#define CARILLON_CDR_H

#include <stdint.h>
#include "cause.h"
#include "db.h"
#include "field.h"
#include "id.h"
#include "phone.h"
#include "price.h"

enum {
	CDR_LEGS = 64,
	CDR_LINES = 200,
	CDR_KIND = 16,
	CDR_TEXT = 240,
	CDR_NUMBER = 64,
	CDR_SIP_ID = 256,
	CDR_NOTE = 1001
};

enum cdr_dir { CDR_INTERNAL, CDR_IN, CDR_OUT }; /* in the order of enum call_dir */
/** How a call sounded, by the word of who was in it */
enum cdr_rating { CDR_UNRATED, CDR_POOR, CDR_FAIR, CDR_GOOD };

enum cdr_role { CDR_CALLER, CDR_CALLED };

enum cdr_result {
#define X(result, label) CDR_##result,
#include "tbl/results.h"
#undef X
	CDR_RESULTS
};

/** What a call is about, in the order of enum call_type */
enum cdr_type {
#define X(type, label) CDR_TYPE_##type,
#include "tbl/call_types.h"
#undef X
	CDR_TYPES
};

/** One party, as people read it; `extension` is the number of our own extension, or "" */
struct cdr_party {
	char number[PHONE_SIZE * 2], name[MODEL_NAME], extension[PHONE_SIZE];
};

struct cdr_leg {
	char id[ID_SIZE];
	enum cdr_role role;
	struct cdr_party party;
	char device[MODEL_NAME]; /* its name                                    */
	int64_t started_at, ringing_at, answered_at, ended_at;
	enum cause cause;
	char call_id[CDR_SIP_ID], codec[16], remote_ip[64], user_agent[MODEL_NAME];
	int64_t packets_in, packets_out, lost, jitter_us, mos_milli;
	int64_t billed_ms; /* what its carrier counts, 0 without a price */
	money_t cost;
	char currency[CURRENCY_SIZE]; /* "": it had no price */
};

struct cdr_line {
	int64_t at;
	char kind[CDR_KIND], text[CDR_TEXT];
};

/** A call; made by cdr_alloc(), which also makes room for the legs and lines */
struct cdr {
	int64_t tenant;
	char id[ID_SIZE];
	enum cdr_dir dir;
	enum cdr_type type;
	enum cdr_result result;
	struct cdr_party from, to, answered_by;
	int64_t started_at, answered_at, ended_at; /* wall ms, 0: not */
	int64_t duration_ms, billed_ms;		   /* by the monotonic clock; duration since the
						      start; billed: what carriers count of its
						      legs that have a price, else since the
						      answer */
	money_t cost;				   /* of all its legs               */
	char currency[CURRENCY_SIZE];		   /* "": none of them had a price  */
	enum cause cause;
	bool cut;		/* the program stopped under it */
	char note[CDR_NOTE];	/* what people wrote of it; read, and written by cdr_note() */
	enum cdr_rating rating; /* as the note                                           */
	struct cdr_leg *legs;
	unsigned leg_count;
	struct cdr_line *lines;
	unsigned line_count;
};

/** What is asked for; zero and "" mean everything */
struct cdr_filter {
	int64_t tenant;
	int64_t from, to; /* started in [from, to)                           */
	bool by_dir, by_type, by_result, missed;
	enum cdr_dir dir;
	enum cdr_type type;
	enum cdr_result result;
	char q[MODEL_NAME];	    /* part of a number or of a name                   */
	char extension[PHONE_SIZE]; /* number: only calls in which that extension took part    */
	char line[PHONE_SIZE];	    /* number: only calls that came or went by it              */
	int64_t before_at;	    /* the cursor: strictly older than this            */
	char before_id[ID_SIZE];
	unsigned limit;
};

/** Where the next page begins; `more` may be set on a page that is not full */
struct cdr_cursor {
	bool more;
	int64_t at;
	char id[ID_SIZE];
};

/** One missed caller */
struct cdr_missed {
	struct cdr_party from;
	int64_t count, last_at, waited_ms; /* of the last call */
};

struct cdr_day {
	int64_t start; /* wall ms */
	int64_t answered, missed;
};

typedef int(cdr_h)(const struct cdr *c, void *arg);
typedef int(cdr_missed_h)(const struct cdr_missed *m, void *arg);

const char *cdr_dir_name(enum cdr_dir dir);
const char *cdr_type_name(enum cdr_type type);
const char *cdr_result_name(enum cdr_result result);
const char *cdr_rating_name(enum cdr_rating rating);
int cdr_dir_parse(enum cdr_dir *dir, const char *name);
int cdr_type_parse(enum cdr_type *type, const char *name);
int cdr_result_parse(enum cdr_result *result, const char *name);
int cdr_rating_parse(enum cdr_rating *rating, const char *name);
bool cdr_summary(char *text, size_t size, const struct cdr *c);

int cdr_alloc(struct cdr **cp, unsigned legs, unsigned lines);
int cdr_open(struct db *db, const struct cdr *c);
int cdr_write(struct db *db, const struct cdr *c);
int cdr_line_add(struct db *db, int64_t tenant, const char *id, const struct cdr_line *line);
int cdr_note(struct db *db, const struct cdr *c);
int cdr_beat(struct db *db, int64_t now);
int cdr_close_orphans(struct db *db, unsigned *closed);

int cdr_get(struct cdr **cp, struct db *db, int64_t tenant, const char *id);
int cdr_parties(struct cdr_party *from, struct cdr_party *to, struct db *db, int64_t tenant,
		const char *id);
int cdr_took_part(struct db *db, const struct cdr *c, const char *extension);
int cdr_list(struct cdr_cursor *next, struct db *db, const struct cdr_filter *f, cdr_h *h,
	     void *arg);
int cdr_missed(struct db *db, int64_t tenant, const char *extension, int64_t since, unsigned limit,
	       cdr_missed_h *h, void *arg);
int cdr_days(struct cdr_day *days, unsigned count, struct db *db, int64_t tenant,
	     const char *extension);
int cdr_last(char *number, size_t size, struct db *db, int64_t tenant, const char *extension_id,
	     bool called);
int cdr_made(int64_t *n, int64_t *oldest, struct db *db, int64_t tenant, const char *extension_id,
	     int64_t since);
int cdr_tests(int64_t *n, int64_t *oldest, struct db *db, int64_t tenant, const char *extension_id,
	      int64_t since);
int cdr_ends(struct cdr_leg ends[2], struct db *db, const struct cdr *c);
int cdr_count(int64_t *n, struct db *db, int64_t tenant, int64_t from, int64_t to);

#endif
