/**
 * @file schema.h  A database of today's schema, for tests that each begin with an empty one
 *
 * A program applies the migrations once and copies the file from then on: they are a tenth of a
 * second under ASan, and most of what such a test costs.
 */
#ifndef CARILLON_TEST_SCHEMA_H
#define CARILLON_TEST_SCHEMA_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "db.h"
#include "migrate.h"
#include "own.h"

static inline int schema_make(const struct db_driver *engine, const char *file)
{
	char error[256] = "";
	struct db *db = NULL;
	int err = engine->open_h(&db, file, DB_CREATE);

	err = err ? err : migrate(db, migrations, migration_count, error, sizeof(error));
	mem_deref(db); /* the last one takes the write-ahead log into the file */
	return err;
}

static inline char *schema_read(const char *file, size_t *size)
{
	FILE *f = fopen(file, "rb");
	char *bytes = NULL;
	long n;

	if (f && !fseek(f, 0, SEEK_END) && (n = ftell(f)) > 0 && !fseek(f, 0, SEEK_SET)) {
		*size = (size_t)n;
		bytes = malloc(*size);
		if (bytes && fread(bytes, 1, *size, f) != *size)
			abort();
	}
	if (f)
		fclose(f);
	return bytes;
}

/* Puts it there; returns 0 or an errno. What is no file cannot be copied. */
static inline int schema_put(const struct db_driver *engine, const char *file)
{
	static char *kept;
	static size_t size;
	FILE *f;
	int err;

	if (!kept) {
		err = schema_make(engine, file);
		kept = err || engine != &db_sqlite ? NULL : schema_read(file, &size);
		return err;
	}
	f = fopen(file, "wb");
	err = f && fwrite(kept, 1, size, f) == size ? 0 : EIO;
	return f && fclose(f) ? EIO : err;
}

#endif
