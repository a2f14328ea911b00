/**
 * @file pipe.c  A party's audio goes to another process and comes from it, 20 ms a message
 *
 * For what must not run on a media worker, such as the modems of a fax: the other end of the pair
 * of sockets is a process of its own. Sound that was lost on the way here is told as such, because
 * a modem must neither hear a made-up sound nor lose count of time.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "birth.h"
#include "own.h"
#include "party.h"

static const uint8_t lost[1]; /* a message of one octet: 20 ms that did not arrive */

/** Ends a party's pipe: the other process sees the end of its input */
void pipe_end(struct party *p)
{
	if (p->pipe < 0)
		return;
	close(p->pipe);
	p->pipe = -1;
	subs_refresh(p);
}

/** Order: the party's audio goes through this socket, or through none any more */
void pipe_h(void *obj)
{
	struct piped *o = obj;
	struct party *p = worker_party(o->order.w, o->order.party);

	if (!p)
		return;
	pipe_end(p);
	if (o->fd < 0)
		return;
	subs_part(p);
	mix_leave(p);
	echo_end(p);
	play_end(p, 0);
	p->pipe = o->fd;
	o->fd = -1;
	subs_refresh(p);
}

/** This tick: what the party said goes out, what it is told comes in; silence if nothing does */
void pipe_tick(struct party *p, int16_t pcm[FRAME_NARROW])
{
	const size_t size = FRAME_NARROW * sizeof(*pcm);
	bool heard = p->audio && p->taps && p->audio->heard;
	ssize_t n = send(p->pipe, heard ? (const void *)p->audio->tap8 : lost,
			 heard ? size : sizeof(lost), MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		pipe_end(p);
	n = p->pipe < 0 ? -1 : recv(p->pipe, pcm, size, MSG_DONTWAIT);
	if (n != (ssize_t)size)
		memset(pcm, 0, size);
}
