/**
 * @file migrate.h  Numbered migrations of the schema
 *
 * sql/NNNN_name.sql are compiled in. Each is applied in one transaction together with its row in
 * schema_version, so that a process killed midway leaves the state before or after it. A migration
 * only adds (expand); what it replaces is removed by a later release (contract), so that release N
 * and N-1 can run on one database. Called at start, on the thread that opens the store.
 */
#ifndef CARILLON_MIGRATE_H
#define CARILLON_MIGRATE_H

#include "db.h"

struct migration {
	int number;
	const char *name, *sql;
};

extern const struct migration migrations[];
extern const size_t migration_count;

int migrate(struct db *db, const struct migration *list, size_t count, char *error, size_t size);

#endif
