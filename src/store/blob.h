/**
 * @file blob.h  Files too large for the database: recordings, documents, faxes
 *
 * A key is opaque: "tenant/yyyy/mm/uuid". A blob is written to a temporary file, synced and
 * renamed, so that it is there whole or not at all; the row that names it is committed after it.
 * Any thread; one blob_writer belongs to one thread.
 */
#ifndef CARILLON_BLOB_H
#define CARILLON_BLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { BLOB_KEY = 72, BLOB_PATH = 768, BLOBS_SPARE = 1 << 30 };

struct blobs;
struct blob_writer;

int blobs_alloc(struct blobs **bp, const char *folder);
void blob_key(char key[BLOB_KEY], int64_t tenant, int64_t at_ms);
bool blob_key_valid(const char *key);
int64_t blob_key_tenant(const char *key);

int blob_create(struct blob_writer **wp, struct blobs *bs, const char *key);
int blob_write(struct blob_writer *w, const void *p, size_t n);
int blob_keep(struct blob_writer *w);
int blob_put(struct blobs *bs, const char *key, const void *p, size_t n);
int blob_open(int *fdp, off_t *sizep, struct blobs *bs, const char *key);
int blob_get(void **pp, size_t *np, struct blobs *bs, const char *key, size_t max);
bool blobs_spare(const struct blobs *bs);
void blob_path(char path[BLOB_PATH], const struct blobs *bs, const char *key);
int blob_link(struct blobs *bs, const char *key, const char *from);
int blob_adopt(struct blobs *bs, const char *key, const char *path);
int blob_delete(struct blobs *bs, const char *key);

#endif
