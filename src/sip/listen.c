/**
 * @file listen.c  listen() with a longer queue
 *
 * libre listens with a backlog of 5, so that a few hundred phones which reconnect at once wait for
 * many seconds. Linked with --wrap=listen: the queue is never shorter than BACKLOG.
 */
#include <sys/socket.h>
#include "stack_parts.h"

enum { BACKLOG = 1024 };

int __real_listen(int fd, int backlog);
int __wrap_listen(int fd, int backlog);

/** listen(2), with at least BACKLOG waiting connections */
int __wrap_listen(int fd, int backlog)
{
	return __real_listen(fd, backlog < BACKLOG ? BACKLOG : backlog);
}
