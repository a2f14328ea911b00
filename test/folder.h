/**
 * @file folder.h  A temporary folder for one test: made by folder_make(), gone after
 * folder_remove()
 */
#ifndef CARILLON_TEST_FOLDER_H
#define CARILLON_TEST_FOLDER_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct folder {
	char path[64], file[128]; /* file: a name in it for a database */
};

static inline int folder_drop(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	return remove(path);
}

static inline void folder_make(struct folder *f)
{
	strcpy(f->path, "/tmp/carillon-test-XXXXXX");
	if (!mkdtemp(f->path))
		abort();
	snprintf(f->file, sizeof(f->file), "%s/carillon.db", f->path);
}

static inline void folder_remove(struct folder *f)
{
	nftw(f->path, folder_drop, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
