/**
 * @file port.c  The sockets of a stream
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "id.h"
#include "port.h"

enum { TRIES_ANY = 200 };

/**
 * Sets the range; a port is used again as late as possible
 *
 * @param ports Range
 * @param bind  Local address
 * @param min   First port, 0 for any
 * @param max   Last port
 */
void ports_init(struct ports *ports, const struct sa *bind, uint16_t min, uint16_t max)
{
	uint16_t r;

	ports->bind = *bind;
	ports->min = (uint16_t)((min + 1) & ~1);
	ports->max = max;
	id_random_bytes(&r, sizeof(r));
	ports->next = ports->min;
	if (ports->min && max > ports->min)
		ports->next = (uint16_t)(ports->min + (r % (max - ports->min) & ~1));
}

static int port_open(int *fdp, const struct sa *bind_addr, uint16_t port)
{
	int fd = socket(sa_af(bind_addr), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct sa sa = *bind_addr;
	int err;

	if (fd < 0)
		return errno;
	sa_set_port(&sa, port);
	if (bind(fd, &sa.u.sa, sa.len)) {
		err = errno;
		close(fd);
		return err;
	}
	*fdp = fd;
	return 0;
}

static int pair_open(int fds[2], const struct sa *bind_addr, uint16_t port)
{
	int err = port_open(&fds[0], bind_addr, port);

	if (err)
		return err;
	err = port_open(&fds[1], bind_addr, (uint16_t)(port + 1));
	if (err)
		close(fds[0]);
	return err;
}

static int any_port(uint16_t *port, const struct sa *bind_addr)
{
	struct sa sa = {.len = sizeof(sa.u)};
	int fd, err = port_open(&fd, bind_addr, 0);

	if (err)
		return err;
	err = getsockname(fd, &sa.u.sa, &sa.len) ? errno : 0;
	close(fd);
	*port = sa_port(&sa) & 0xfffe;
	return err;
}

static int bind_any(struct ports *ports, int fds[2], uint16_t *port)
{
	int err = EADDRINUSE;

	for (int i = 0; i < TRIES_ANY && err == EADDRINUSE; i++) {
		err = any_port(port, &ports->bind);
		if (!err)
			err = pair_open(fds, &ports->bind, *port);
	}
	return err;
}

/**
 * Binds the next free pair
 *
 * @param ports Range
 * @param fds   Result: RTP and RTCP socket, to be closed by whoever gets them
 * @param port  Result: the RTP port
 *
 * @return 0 or errno; EADDRINUSE when the whole range is taken
 */
int ports_bind(struct ports *ports, int fds[2], uint16_t *port)
{
	int err = EADDRINUSE;

	if (!ports->min)
		return bind_any(ports, fds, port);
	for (int n = (ports->max - ports->min) / 2 + 1; n > 0 && err == EADDRINUSE; n--) {
		*port = ports->next;
		ports->next = (uint16_t)(*port + 2);
		if (*port + 3 > ports->max)
			ports->next = ports->min;
		err = pair_open(fds, &ports->bind, *port);
	}
	return err;
}
