/**
 * @file row.c  Counters and limits
 */
#include "row.h"

/** The number that comes next for a kind of thing; never given twice, not even after a deletion */
int counter_next(int64_t *id, struct db *db, const char *name)
{
	return db_number(db, id,
			 "INSERT INTO counter (name, value) VALUES ($1, 1) "
			 "ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 "
			 "RETURNING value",
			 "s", name);
}

/** For LIMIT: 0 means all */
int64_t row_limit(unsigned limit)
{
	return limit ? (int64_t)limit : INT64_MAX;
}
