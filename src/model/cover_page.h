/**
 * @file cover_page.h  Cover pages of a tenant: templates with fields, and a logo
 *
 * A template is text in Pango's markup; {{to_name}}, {{to_number}}, {{from_name}}, {{from_number}},
 * {{company}}, {{date}}, {{pages}}, {{subject}} and {{note}} are filled in for each fax. Functions
 * with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_COVER_PAGE_H
#define CARILLON_COVER_PAGE_H

#include "blob.h"
#include "db.h"
#include "field.h"
#include "id.h"

/** In place of an id: the one that every tenant has without making it */
#define COVER_STANDARD "standard"

enum { COVER_TEXT = 4096, COVER_NOTE = 2000, COVER_PAGES_MAX = 50 };

struct cover_page {
	int64_t tenant;
	char id[ID_SIZE], name[MODEL_NAME];
	char template[COVER_TEXT];
	char logo[BLOB_KEY]; /* PNG, or "" */
	int64_t created_at;
};

typedef int(cover_page_h)(const struct cover_page *c, void *arg);

int cover_page_add(struct db *db, struct cover_page *c);
int cover_page_get(struct cover_page *c, struct db *db, int64_t tenant, const char *id);
int cover_page_change(struct db *db, const struct cover_page *c);
int cover_page_remove(struct db *db, int64_t tenant, const char *id);
int cover_page_list(struct db *db, int64_t tenant, cover_page_h *h, void *arg);

#endif
