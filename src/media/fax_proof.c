/**
 * @file fax_proof.c  What is proved of a fax: how many of its pages the far side confirmed
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/file.h>
#include "fax_proof.h"

enum { RECORD = 16, PAGES_MAX = 99999 };

/** Names the proof of a fax; 0 or ENAMETOOLONG */
int fax_proof_path(char *path, size_t size, const char *folder, const char *id)
{
	int n = snprintf(path, size, "%s/%s.proof", folder, id);

	return n > 0 && (size_t)n < size ? 0 : ENAMETOOLONG;
}

/**
 * Opens a proof to write; what an earlier call proved stays until more is proved
 *
 * @param fd   Result; closing it, or the end of the process, gives the lock back
 * @param path Its name
 *
 * @return 0, EWOULDBLOCK while another process writes it, or errno
 */
int fax_proof_open(int *fd, const char *path)
{
	int err, f = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (f < 0)
		return errno;
	if (flock(f, LOCK_EX | LOCK_NB)) {
		err = errno;
		close(f);
		return err;
	}
	*fd = f;
	return 0;
}

/** Proves; on the disk when this returns 0, otherwise errno. One record in the place of the last */
int fax_proof_write(int fd, const struct fax_proof *p)
{
	char record[RECORD + 1];
	unsigned pages = p->pages < PAGES_MAX ? p->pages : PAGES_MAX;

	snprintf(record, sizeof(record), "%05u %d        \n", pages, p->whole);
	if (pwrite(fd, record, RECORD, 0) != RECORD)
		return errno ? errno : EIO;
	return fsync(fd) ? errno : 0;
}

/** Reads what is proved; 0, ENOENT when there is nothing, EBADMSG, or errno */
int fax_proof_read(struct fax_proof *p, const char *path)
{
	char record[RECORD + 1] = "";
	int whole = 0, fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, record, RECORD);
	int err = n < 0 ? errno : 0;

	p->pages = 0;
	p->whole = false;
	if (fd >= 0)
		close(fd);
	if (err || !n)
		return err ? err : ENOENT;
	if (sscanf(record, "%5u %1d", &p->pages, &whole) != 2)
		return EBADMSG;
	p->whole = whole == 1;
	return 0;
}

/** True while a process that writes it lives */
bool fax_proof_busy(const char *path)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	bool busy = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;

	if (fd >= 0)
		close(fd);
	return busy;
}
