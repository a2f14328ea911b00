/**
 * @file zip.h  A ZIP archive whose files are stored as they are (APPNOTE 6.3.4)
 *
 * What goes in is compressed already (PDF, TIFF). Names are UTF-8, the whole stays below 4 GiB. One
 * thread at a time.
 */
#ifndef CARILLON_ZIP_H
#define CARILLON_ZIP_H

#include <stddef.h>
#include <stdint.h>

enum { ZIP_FILES = 100, ZIP_NAME = 100 };

struct zip {
	int fd;	     /* the caller's; written from its position on */
	uint32_t at; /* octets so far                              */
	unsigned count;
	struct zip_file {
		char name[ZIP_NAME];
		uint32_t at, size, crc;
	} v[ZIP_FILES];
};

int zip_add(struct zip *z, const char *name, const void *octets, size_t n);
int zip_end(struct zip *z);

#endif
