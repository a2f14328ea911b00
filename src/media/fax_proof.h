/**
 * @file fax_proof.h  What is proved of a fax: how many of its pages the far side confirmed
 *
 * One short file for each fax, written by fax-worker and on the disk before anybody is told, and
 * before the call ends. It outlives the program: a restart reads there what it did not hear. Who
 * writes holds a lock on it as long as it lives. Pure functions of libc; any thread.
 */
#ifndef CARILLON_FAX_PROOF_H
#define CARILLON_FAX_PROOF_H

#include <stdbool.h>
#include <stddef.h>

struct fax_proof {
	unsigned pages; /* counted from the first of the file                          */
	bool whole;	/* the far side said that it has everything, or sent everything */
};

int fax_proof_path(char *path, size_t size, const char *folder, const char *id);
int fax_proof_open(int *fd, const char *path);
int fax_proof_write(int fd, const struct fax_proof *p);
int fax_proof_read(struct fax_proof *p, const char *path);
bool fax_proof_busy(const char *path);

#endif
