/**
 * @file port.h  The sockets of a stream: RTP on an even port, RTCP on the next odd one
 *
 * On the core thread.
 */
#ifndef CARILLON_MEDIA_PORT_H
#define CARILLON_MEDIA_PORT_H

#include <re.h>

struct ports {
	struct sa bind;
	uint16_t min, max; /* 0: any the kernel gives      */
	uint16_t next;	   /* even port to try next        */
};

void ports_init(struct ports *ports, const struct sa *bind, uint16_t min, uint16_t max);
int ports_bind(struct ports *ports, int fds[2], uint16_t *port);

#endif
