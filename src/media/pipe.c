/**
 * @file pipe.c  A party's audio goes to another process and comes from it, 100 ms a message
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
#include "pipe_sound.h"

_Static_assert((int)PIPE_SAMPLES == (int)FRAME_NARROW, "a tick of the worker is a frame");

struct pipe {
	int fd;
	struct pipe_sound out, in;
	unsigned filled; /* frames of out            */
	unsigned left;	 /* frames of in, at its end */
};

static void pipe_destructor(void *arg)
{
	struct pipe *pipe = arg;

	close(pipe->fd);
}

/** Ends a party's pipe: the other process sees the end of its input */
void pipe_end(struct party *p)
{
	if (!p->pipe)
		return;
	p->pipe = mem_deref(p->pipe);
	subs_refresh(p);
}

/** Order: the party's audio goes through this socket, or through none any more */
void pipe_h(void *obj)
{
	struct piped *o = obj;
	struct party *p = worker_party(o->order.w, o->order.party);
	struct pipe *pipe;

	if (!p)
		return;
	pipe_end(p);
	pipe = o->fd < 0 ? NULL : mem_zalloc(sizeof(*pipe), pipe_destructor);
	if (!pipe)
		return;
	pipe->fd = o->fd;
	o->fd = -1;
	subs_part(p);
	mix_leave(p);
	echo_end(p);
	play_end(p, 0);
	p->pipe = pipe;
	subs_refresh(p);
}

/* False when nobody is there to hear it any more */
static bool out_put(struct pipe *pipe, const int16_t *heard)
{
	ssize_t n;

	if (heard)
		memcpy(pipe->out.frame[pipe->filled], heard, sizeof(pipe->out.frame[0]));
	else
		pipe->out.lost |= (uint16_t)(1U << pipe->filled);
	if (++pipe->filled < PIPE_FRAMES)
		return true;
	n = send(pipe->fd, &pipe->out, sizeof(pipe->out), MSG_DONTWAIT | MSG_NOSIGNAL);
	pipe->filled = 0;
	pipe->out.lost = 0;
	return n >= 0 || errno == EAGAIN || errno == EINTR;
}

static void in_take(struct pipe *pipe, int16_t pcm[FRAME_NARROW])
{
	if (!pipe->left &&
	    recv(pipe->fd, &pipe->in, sizeof(pipe->in), MSG_DONTWAIT) == (ssize_t)sizeof(pipe->in))
		pipe->left = PIPE_FRAMES;
	if (pipe->left)
		memcpy(pcm, pipe->in.frame[PIPE_FRAMES - pipe->left--], sizeof(pipe->in.frame[0]));
	else
		memset(pcm, 0, sizeof(pipe->in.frame[0]));
}

/** This tick: what the party said goes out, what it is told comes in; silence if nothing does */
void pipe_tick(struct party *p, int16_t pcm[FRAME_NARROW])
{
	bool heard = p->audio && p->taps && p->audio->heard;

	in_take(p->pipe, pcm);
	if (!out_put(p->pipe, heard ? p->audio->tap8 : NULL))
		pipe_end(p);
}
