/**
 * @file guard.c  What stands between spandsp and a hostile far side
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <tiffio.h>
#include <spandsp.h>
#include "guard.h"

enum {
	FRAME_MAX = 260, /* address, control, type, number, 256 octets                   */
	FIELDS_MAX = 22, /* a capabilities frame longer than this overruns its text      */
	FCD = 0x06,	 /* a piece of a page, in spandsp's order of bits                */
	DIS = 0x80,
	DTC = 0x81,
	DCS = 0x82,
};

/* The linker puts these in the place of spandsp's and libtiff's (--wrap). */
void __real_t30_hdlc_accept(void *user, const uint8_t msg[], int len, int ok);
void __wrap_t30_hdlc_accept(void *user, const uint8_t msg[], int len, int ok);
TIFF *__wrap_TIFFOpen(const char *name, const char *mode);

static unsigned dropped;
static char file_name[4096];
static int file_fd = -1;

/** Frames that were kept from spandsp */
unsigned guard_dropped(void)
{
	return dropped;
}

static bool harmful(const uint8_t *msg, int len)
{
	int type = len > 2 ? msg[2] & 0xfe : 0;

	if (len < 3 || len > FRAME_MAX)
		return true;
	/* memcpy(..., len - 4) in process_rx_fcd() */
	if (msg[2] == FCD && len < 4)
		return true;
	/* sprintf() into 67 octets in decode_*() */
	return (type == DIS || msg[2] == DTC || type == DCS) && msg[1] == 0x13 && len > FIELDS_MAX;
}

/** Instead of spandsp's: a frame with good check sum, or (len < 0) a state of the line */
void __wrap_t30_hdlc_accept(void *user, const uint8_t msg[], int len, int ok)
{
	if (len >= 0 && ok && harmful(msg, len)) {
		dropped++;
		return;
	}
	__real_t30_hdlc_accept(user, msg, len, ok);
}

/** From now on this name means this open file, and no other name means any */
void guard_file(const char *name, int fd)
{
	snprintf(file_name, sizeof(file_name), "%s", name);
	file_fd = fd;
}

/** Instead of libtiff's */
TIFF *__wrap_TIFFOpen(const char *name, const char *mode)
{
	int fd;

	if (file_fd < 0) {
		fd = open(name, *mode == 'r' ? O_RDONLY : O_RDWR | O_CREAT | O_TRUNC, 0600);
	} else if (strcmp(name, file_name)) {
		return NULL;
	} else {
		fd = dup(file_fd);
		if (fd >= 0)
			(void)lseek(fd, 0, SEEK_SET);
	}
	return fd < 0 ? NULL : TIFFFdOpen(fd, name, mode);
}
