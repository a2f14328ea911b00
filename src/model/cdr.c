/**
 * @file cdr.c  Writing call detail records
 */
#include <errno.h>
#include <string.h>
#include "cdr_row.h"
#include "own.h"
#include "text.h"

/* One process today; each of several will beat under its own name. */
static const char node[] = "main";

static const char *const dirs[] = {"internal", "in", "out"};
static const char *const results[] = {
#define X(result, label) #result,
#include "tbl/results.h"
#undef X
};
static const char *const types[] = {
#define X(type, label) #type,
#include "tbl/call_types.h"
#undef X
};

static const char *const ratings[] = {"", "poor", "fair", "good"};

static int name_find(int *i, const char *const names[], size_t n, const char *name)
{
	for (size_t k = 0; k < n; k++) {
		if (!strcmp(names[k], name)) {
			*i = (int)k;
			return 0;
		}
	}
	return EINVAL;
}

/** "internal", "in" or "out" */
const char *cdr_dir_name(enum cdr_dir dir)
{
	return dirs[dir];
}

/** A word of tbl/call_types.h */
const char *cdr_type_name(enum cdr_type type)
{
	return types[type];
}

/** A word of tbl/results.h */
const char *cdr_result_name(enum cdr_result result)
{
	return results[result];
}

/** "poor", "fair" or "good"; "" for a call that nobody rated */
const char *cdr_rating_name(enum cdr_rating rating)
{
	return ratings[rating];
}

/** The rating of a name; EINVAL when there is none */
int cdr_rating_parse(enum cdr_rating *rating, const char *name)
{
	int i, err = name_find(&i, ratings, COUNT(ratings), name);

	if (!err)
		*rating = (enum cdr_rating)i;
	return err;
}

/** The direction of a name; EINVAL when there is none */
int cdr_dir_parse(enum cdr_dir *dir, const char *name)
{
	int i, err = name_find(&i, dirs, COUNT(dirs), name);

	if (!err)
		*dir = (enum cdr_dir)i;
	return err;
}

/** The type of a name; EINVAL when there is none */
int cdr_type_parse(enum cdr_type *type, const char *name)
{
	int i, err = name_find(&i, types, COUNT(types), name);

	if (!err)
		*type = (enum cdr_type)i;
	return err;
}

/** The result of a name; EINVAL when there is none */
int cdr_result_parse(enum cdr_result *result, const char *name)
{
	int i, err = name_find(&i, results, COUNT(results), name);

	if (!err)
		*result = (enum cdr_result)i;
	return err;
}

static const char *party_name(const struct cdr_party *p)
{
	return p->name[0] ? p->name : p->number;
}

/** One sentence on how a call went; false when it does not fit */
bool cdr_summary(char *text, size_t size, const struct cdr *c)
{
	long long waited = (c->answered_at - c->started_at + 500) / 1000;

	if (c->cut)
		return text_printf(text, size, "%s", cause_text(CAUSE_CUT));
	if (c->answered_at && (c->answered_by.name[0] || c->answered_by.number[0]))
		return text_printf(text, size, "Answered by %s after %lld s",
				   party_name(&c->answered_by), waited < 0 ? 0 : waited);
	if (c->result == CDR_voicemail)
		return text_printf(text, size, "Voicemail after %lld s", waited < 0 ? 0 : waited);
	if (c->answered_at)
		return text_printf(text, size, "Answered after %lld s", waited < 0 ? 0 : waited);
	return text_printf(text, size, "%s", cause_text(c->cause));
}

static void cdr_destructor(void *arg)
{
	struct cdr *c = arg;

	mem_deref(c->legs);
	mem_deref(c->lines);
}

/**
 * Makes an empty record
 *
 * @param cp    Result, a mem object
 * @param legs  Room for legs, at most CDR_LEGS; leg_count stays 0
 * @param lines Room for lines of the story, at most CDR_LINES; line_count stays 0
 *
 * @return 0 or ENOMEM
 */
int cdr_alloc(struct cdr **cp, unsigned legs, unsigned lines)
{
	struct cdr *c = mem_zalloc(sizeof(*c), cdr_destructor);

	CHECK(legs <= CDR_LEGS && lines <= CDR_LINES);
	if (c && legs)
		c->legs = mem_zalloc(legs * sizeof(*c->legs), NULL);
	if (c && lines)
		c->lines = mem_zalloc(lines * sizeof(*c->lines), NULL);
	if (!c || (legs && !c->legs) || (lines && !c->lines)) {
		mem_deref(c);
		return ENOMEM;
	}
	*cp = c;
	return 0;
}

/** Notes that a call runs, when it starts and when it is answered; idempotent by its id */
int cdr_open(struct db *db, const struct cdr *c)
{
	return db_exec(db,
		       "INSERT INTO call_open (tenant_id, id, dir, from_number, from_name, "
		       "from_extension, to_number, to_name, to_extension, by_number, by_name, "
		       "by_extension, started_at, answered_at, type) VALUES "
		       "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) "
		       "ON CONFLICT (tenant_id, id) DO UPDATE SET to_number = $7, to_name = $8, "
		       "to_extension = $9, by_number = $10, by_name = $11, by_extension = $12, "
		       "answered_at = $14, type = $15",
		       "isssssssssssiis", c->tenant, c->id, cdr_dir_name(c->dir), c->from.number,
		       c->from.name, c->from.extension, c->to.number, c->to.name, c->to.extension,
		       c->answered_by.number, c->answered_by.name, c->answered_by.extension,
		       c->started_at, c->answered_at, cdr_type_name(c->type));
}

static int call_write(struct db *db, const struct cdr *c)
{
	return db_exec(db,
		       "INSERT INTO call (tenant_id, id, dir, result, from_number, from_name, "
		       "from_extension, to_number, to_name, to_extension, by_number, by_name, "
		       "by_extension, started_at, answered_at, ended_at, duration_ms, billed_ms, "
		       "cause, cut, type, cost, currency) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
		       "$9, $10, $11, "
		       "$12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23) "
		       "ON CONFLICT (tenant_id, id) DO NOTHING",
		       "issssssssssssiiiiisdsis", c->tenant, c->id, cdr_dir_name(c->dir),
		       cdr_result_name(c->result), c->from.number, c->from.name, c->from.extension,
		       c->to.number, c->to.name, c->to.extension, c->answered_by.number,
		       c->answered_by.name, c->answered_by.extension, c->started_at, c->answered_at,
		       c->ended_at, c->duration_ms, c->billed_ms, cause_name(c->cause), c->cut,
		       cdr_type_name(c->type), c->cost, c->currency);
}

static int extension_write(struct db *db, const struct cdr *c, const char *extension, bool called)
{
	if (!extension[0])
		return 0;
	return db_exec(db,
		       "INSERT INTO call_extension (tenant_id, extension_id, started_at, call_id, "
		       "called) SELECT $1, id, $3, $4, $5 FROM extension "
		       "WHERE tenant_id = $1 AND number = $2 "
		       "ON CONFLICT (tenant_id, extension_id, started_at, call_id) DO NOTHING",
		       "isisd", c->tenant, extension, c->started_at, c->id, called);
}

/* The caller first: who calls oneself has not missed it. */
static int extensions_write(struct db *db, const struct cdr *c)
{
	int err = extension_write(db, c, c->from.extension, false);

	if (!err)
		err = extension_write(db, c, c->to.extension, true);
	if (!err)
		err = extension_write(db, c, c->answered_by.extension, true);
	for (unsigned i = 0; i < c->leg_count && !err; i++)
		err = extension_write(db, c, c->legs[i].party.extension,
				      c->legs[i].role == CDR_CALLED);
	return err;
}

static int leg_write(struct db *db, const struct cdr *c, unsigned i)
{
	const struct cdr_leg *l = &c->legs[i];

	return db_exec(db,
		       "INSERT INTO call_leg (tenant_id, call_id, position, id, called, number, "
		       "name, extension, device, started_at, ringing_at, answered_at, ended_at, "
		       "cause, sip_call_id, codec, remote_ip, user_agent, packets_in, "
		       "packets_out, lost, jitter_us, mos_milli, billed_ms, cost, currency) "
		       "VALUES ($1, $2, $3, $4, $5, $6, "
		       "$7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, "
		       "$22, $23, $24, $25, $26)",
		       "isdsdssssiiiisssssiiiiiiis", c->tenant, c->id, (int)i, l->id,
		       l->role == CDR_CALLED, l->party.number, l->party.name, l->party.extension,
		       l->device, l->started_at, l->ringing_at, l->answered_at, l->ended_at,
		       cause_name(l->cause), l->call_id, l->codec, l->remote_ip, l->user_agent,
		       l->packets_in, l->packets_out, l->lost, l->jitter_us, l->mos_milli,
		       l->billed_ms, l->cost, l->currency);
}

static int line_write(struct db *db, const struct cdr *c, unsigned i)
{
	const struct cdr_line *l = &c->lines[i];

	return db_exec(db,
		       "INSERT INTO call_story (tenant_id, call_id, position, at, kind, text) "
		       "VALUES ($1, $2, $3, $4, $5, $6)",
		       "isdiss", c->tenant, c->id, (int)i, l->at, l->kind, l->text);
}

/**
 * Writes a call that has ended, with its legs and its story, and closes what cdr_open() opened.
 * Idempotent: a call that is written already stays as it is.
 *
 * @return 0 or errno; then nothing was written
 */
int cdr_write(struct db *db, const struct cdr *c)
{
	int err = db_exec(db, "DELETE FROM call_open WHERE tenant_id = $1 AND id = $2", "is",
			  c->tenant, c->id);

	if (!err)
		err = call_write(db, c);
	if (err || !db->changed)
		return err;
	err = extensions_write(db, c);
	for (unsigned i = 0; i < c->leg_count && !err; i++)
		err = leg_write(db, c, i);
	for (unsigned i = 0; i < c->line_count && !err; i++)
		err = line_write(db, c, i);
	return err;
}

/** Adds a line to the story of a call that is written; ENOENT when there is none, or it is full */
int cdr_line_add(struct db *db, int64_t tenant, const char *id, const struct cdr_line *line)
{
	return db_change(db,
			 "INSERT INTO call_story (tenant_id, call_id, position, at, kind, text) "
			 "SELECT $1, $2, max(position) + 1, $3, $4, $5 FROM call_story WHERE "
			 "tenant_id = $1 AND call_id = $2 HAVING count(*) BETWEEN 1 AND $6",
			 "isissd", tenant, id, line->at, line->kind, line->text, CDR_LINES - 1);
}

/** Keeps the note and the rating of a call that is written; ENOENT when there is none */
int cdr_note(struct db *db, const struct cdr *c)
{
	return db_change(db,
			 "UPDATE call SET note = $3, rating = $4 WHERE tenant_id = $1 AND id = $2",
			 "isss", c->tenant, c->id, c->note, cdr_rating_name(c->rating));
}

/** Says that the program runs; every few seconds. After a crash it tells when calls were cut */
int cdr_beat(struct db *db, int64_t now)
{
	return db_exec(db,
		       "INSERT INTO node (id, beat_at) VALUES ($1, $2) "
		       "ON CONFLICT (id) DO UPDATE SET beat_at = $2",
		       "si", node, now);
}

struct orphans {
	struct cdr **v;
	unsigned count, size;
	int64_t beat_at;
};

static int64_t latest(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* A call that was cut: as long as it is known to have lasted. */
static int orphan_row(const struct db_row *row, void *arg)
{
	struct orphans *o = arg;
	struct cdr *c;
	int err = cdr_alloc(&c, 0, 1);

	if (err)
		return err;
	o->v[o->count++] = c;
	c->tenant = db_int(row, 0);
	db_copy(c->id, sizeof(c->id), row, 1);
	err = cdr_dir_parse(&c->dir, db_text(row, 2));
	cdr_party_read(&c->from, row, 3);
	cdr_party_read(&c->to, row, 6);
	cdr_party_read(&c->answered_by, row, 9);
	c->started_at = db_int(row, 12);
	c->answered_at = db_int(row, 13);
	if (!err)
		err = cdr_type_parse(&c->type, db_text(row, 14));
	c->ended_at = latest(o->beat_at, latest(c->started_at, c->answered_at));
	c->duration_ms = c->ended_at - c->started_at;
	c->billed_ms = c->answered_at ? c->ended_at - c->answered_at : 0;
	c->result = c->answered_at ? CDR_answered : CDR_failed;
	c->cause = CAUSE_CUT;
	c->cut = true;
	c->line_count = 1;
	c->lines[0].at = c->ended_at;
	str_ncpy(c->lines[0].kind, "end", sizeof(c->lines[0].kind));
	str_ncpy(c->lines[0].text, cause_text(CAUSE_CUT), sizeof(c->lines[0].text));
	return o->count == o->size ? DB_STOP : err;
}

static int orphans_batch(struct db *db, struct orphans *o)
{
	int err = db_query(db, orphan_row, o,
			   "SELECT tenant_id, id, dir, from_number, from_name, from_extension, "
			   "to_number, to_name, to_extension, by_number, by_name, by_extension, "
			   "started_at, answered_at, type FROM call_open",
			   "");

	for (unsigned i = 0; i < o->count; i++) {
		if (!err)
			err = cdr_write(db, o->v[i]);
		o->v[i] = mem_deref(o->v[i]);
	}
	return err;
}

/**
 * Writes the calls that were running when the program stopped without warning; at start
 *
 * @param db     The writer's connection
 * @param closed Result: how many
 *
 * @return 0 or errno
 */
int cdr_close_orphans(struct db *db, unsigned *closed)
{
	struct cdr *v[64];
	struct orphans o = {.v = v, .size = COUNT(v)};
	int err = db_number(db, &o.beat_at, "SELECT beat_at FROM node WHERE id = $1", "s", node);

	*closed = 0;
	if (err == ENOENT)
		err = 0;
	do {
		o.count = 0;
		if (!err)
			err = orphans_batch(db, &o);
		*closed += o.count;
	} while (!err && o.count);
	return err;
}
