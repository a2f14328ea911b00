/**
 * @file sweep.c  What was left in the fax folder: files of faxes that have ended, or never were
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "clock.h"
#include "fax_forget.h"
#include "log.h"
#include "text.h"
#include "work_private.h"

enum { DAY_S = 24 * 3600 };

struct leftover {
	char id[ID_SIZE];
	bool needed;
};

static int needed_fn(struct db *db, void *obj)
{
	struct leftover *l = obj;

	return fax_file_needed(&l->needed, db, l->id);
}

static bool folder_empty(const char *path)
{
	char file[BLOB_PATH + 256];
	DIR *d = opendir(path);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		text_printf(file, sizeof(file), "%s/%s", path, e->d_name);
		(void)unlink(file); /* "." and ".." stay */
	}
	if (d)
		closedir(d);
	return !rmdir(path);
}

/* Older than a day, so that nobody is at work on it; named after its fax */
static bool leftover_remove(const struct work *w, const char *name)
{
	struct leftover l = {.needed = true};
	char path[BLOB_PATH + 256];
	struct stat st;

	if (strlen(name) < ID_SIZE - 1 || name[0] == '.')
		return false;
	memcpy(l.id, name, ID_SIZE - 1);
	text_printf(path, sizeof(path), "%s/%s", w->fax_folder, name);
	if (lstat(path, &st) || st.st_mtime > clock_wall_ms() / 1000 - DAY_S ||
	    store_read(w->store, needed_fn, &l) || l.needed)
		return false;
	return S_ISDIR(st.st_mode) ? folder_empty(path) : !unlink(path);
}

/** Removes what faxes left in their folder; each night, on a work thread */
void faxes_sweep(const struct work *w)
{
	DIR *d = w->fax_folder ? opendir(w->fax_folder) : NULL;
	struct dirent *e;
	unsigned n = 0;

	while (d && (e = readdir(d)))
		n += leftover_remove(w, e->d_name);
	if (d)
		closedir(d);
	if (n)
		log_info("fax.swept", "files=%u", n);
}
