/**
 * @file stream.c  Streams and mixes as the core thread knows them: each call becomes an order
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "birth.h"
#include "engine.h"
#include "id.h"
#include "log.h"
#include "own.h"
#include "party.h"
#include "tape.h"

struct mix {
	struct engine *engine; /* a reference */
	struct worker *worker;
	uint32_t id;
};

static struct worker *worker_of(const struct engine *e, uint32_t affinity)
{
	return e->workers[affinity % e->count];
}

static void stream_destructor(void *arg)
{
	struct stream *s = arg;

	hash_unlink(&s->le);
	if (s->cell) {
		/* Should the message not fit, the worker finds the mark within a second. */
		atomic_store(&s->cell->gone, true);
		worker_post(s->worker, party_release_h, order_alloc(s->worker, s->id));
		--s->engine->alive;
	}
	shared_unref(s->cell);
	mem_deref(s->engine);
}

static int local_init(struct stream_local *l, const struct engine *e, uint16_t port)
{
	uint8_t key[SEAL_KEY + 14];
	size_t n = sizeof(l->sdes_key) - 1;
	int err;

	l->port = port;
	l->rtcp_port = (uint16_t)(port + 1);
	id_random(l->ufrag, 9);
	id_random(l->pwd, 33);
	id_random(l->cname, 17);
	str_ncpy(l->fingerprint, dtls_identity_fingerprint(e->identity), sizeof(l->fingerprint));
	id_random_bytes(&l->ssrc, sizeof(l->ssrc));
	id_random_bytes(key, sizeof(key));
	err = base64_encode(key, sizeof(key), l->sdes_key, &n);
	l->sdes_key[n] = '\0';
	return err;
}

static void birth_destructor(void *arg)
{
	struct birth *b = arg;

	for (int i = 0; i < 2; i++) {
		if (b->fds[i] >= 0)
			close(b->fds[i]);
	}
	shared_unref(b->cell);
}

static int birth_post(struct stream *s)
{
	AUTO struct birth *b = mem_zalloc(sizeof(*b), birth_destructor);
	uint16_t port;
	int err;

	if (!b)
		return ENOMEM;
	b->fds[0] = b->fds[1] = -1;
	err = ports_bind(&s->engine->ports, b->fds, &port);
	if (!err)
		err = local_init(&s->local, s->engine, port);
	if (err)
		return err;
	b->order.w = s->worker;
	b->order.party = s->id;
	b->local = s->local;
	b->cell = shared_ref(s->cell);
	return actor_post_soon(s->worker->inbox, party_birth_h, TAKE(b));
}

/**
 * Makes a stream: ports, credentials and keys are fixed from now on
 *
 * @param sp       Result; dropping it ends the stream, no event comes after
 * @param e        Engine, a reference is kept
 * @param affinity Streams of the same value may be bridged and mixed
 * @param h        Hears what happens, on the core thread; may be NULL
 * @param arg      Its argument
 *
 * @return 0, ENOMEM, ENOBUFS, EADDRINUSE when all ports are taken, or another errno of a socket
 */
int stream_alloc(struct stream **sp, struct engine *e, uint32_t affinity, stream_event_h *h,
		 void *arg)
{
	AUTO struct stream *s = mem_zalloc(sizeof(*s), stream_destructor);
	struct stats_cell *cell = shared_alloc(sizeof(*cell), NULL);
	int err;

	if (!s || !cell) {
		shared_unref(cell);
		return ENOMEM;
	}
	s->engine = mem_ref(e);
	s->worker = worker_of(e, affinity);
	s->affinity = affinity;
	s->id = engine_id(e);
	s->h = h;
	s->arg = arg;
	s->cell = cell;
	++e->alive;
	err = birth_post(s);
	if (err)
		return err;
	hash_append(e->streams, s->id, &s->le, s);
	*sp = TAKE(s);
	return 0;
}

/** What our SDP says of a stream */
const struct stream_local *stream_local(const struct stream *s)
{
	return &s->local;
}

/** True if a stream lives; core thread */
bool stream_alive(const struct wires *wires, uint32_t id)
{
	return wires->engine && engine_stream(wires->engine, id);
}

/**
 * Tells a stream what negotiation decided; as often as it changes
 *
 * @param s      Stream
 * @param remote All of it, copied
 *
 * @return 0, ENOMEM or ENOBUFS
 */
int stream_update(struct stream *s, const struct stream_remote *remote)
{
	struct update *u = mem_zalloc(sizeof(*u), NULL);

	if (!u)
		return ENOMEM;
	u->order.w = s->worker;
	u->order.party = s->id;
	u->remote = *remote;
	return actor_post_soon(s->worker->inbox, party_update_h, u);
}

static struct order *order_for(struct stream *s)
{
	return order_alloc(s->worker, s->id);
}

static void order_switch(struct stream *s, actor_h *h, bool on)
{
	struct order *o = order_for(s);

	if (o)
		o->on = on;
	worker_post(s->worker, h, o);
}

/**
 * Lets two streams hear each other, instead of what either heard before
 *
 * @param a Stream
 * @param b Another of the same affinity, or NULL to end a's bridge
 */
void stream_bridge(struct stream *a, struct stream *b)
{
	struct order *o = order_for(a);

	if (b && a->worker != b->worker) {
		log_error("media.bridge", "streams on two workers a=%u b=%u", a->id, b->id);
		mem_deref(o);
		return;
	}
	if (o && b)
		o->other = b->id;
	worker_post(a->worker, subs_bridge_h, o);
}

/** Others stop hearing a stream, or hear it again */
void stream_mute(struct stream *s, bool muted)
{
	order_switch(s, subs_mute_h, muted);
}

/**
 * The party's signalling is of a carrier that we trust and was proved: audio goes where it says,
 * also to another host that did not send yet. For the life of the stream
 */
void stream_vouch(struct stream *s)
{
	worker_post(s->worker, party_vouch_h, order_for(s));
}

/** After how long without a packet STREAM_SILENT comes, instead of the engine's time; 0: that */
void stream_patience(struct stream *s, uint32_t ms)
{
	struct order *o = ms ? order_for(s) : NULL;

	if (!o)
		return;
	o->a = ms;
	worker_post(s->worker, party_patience_h, o);
}

/** Tells by STREAM_VOICE when speech begins, or stops telling */
void stream_listen_voice(struct stream *s, bool on)
{
	order_switch(s, subs_voice_h, on);
}

/** Tells by STREAM_CNG, once, when a fax machine calls; for so long from now, 0: no longer */
void stream_listen_fax(struct stream *s, uint32_t ms)
{
	struct order *o = order_for(s);

	if (o)
		o->a = ms / FRAME_MS;
	worker_post(s->worker, subs_cng_h, o);
}

static uint32_t next_play(struct stream *s)
{
	if (!++s->plays)
		++s->plays;
	return s->plays;
}

static int play_post(struct stream *s, uint32_t id, bool loop, const char *what)
{
	struct engine *e = s->engine;
	struct order *o = order_for(s), *later;
	bool quick = library_quick(e->library, what);
	int err;

	if (!o)
		return ENOMEM;
	o->id = id;
	o->on = loop;
	if (quick)
		o->b = (uint32_t)library_find(e->library, o, what);
	err = worker_post(s->worker, play_h, o);
	if (err || quick)
		return err;
	later = order_for(s);
	if (!later)
		return ENOMEM;
	later->id = id;
	return library_post(e->library, e->disk, later, what);
}

/* Each sound by the one that the tenant wants instead; what becomes too long stays as it is. */
static void sounds_choose(char what[WHAT_SIZE], const struct stream *s)
{
	const struct engine *e = s->engine;
	char list[WHAT_SIZE], one[WHAT_SIZE], *at = list, *item;
	size_t left = strlen(what), n = 0;

	str_ncpy(list, what, sizeof(list));
	while (e->sound_h && (item = strsep(&at, "&"))) {
		const char *say = item;

		left -= strlen(item) + (at != NULL);
		if (e->sound_h(one, sizeof(one), s->affinity, item, e->sound_arg) &&
		    n + strlen(one) + 2 + left < WHAT_SIZE)
			say = one;
		n += (size_t)re_snprintf(what + n, WHAT_SIZE - n, "%s%s", n ? "&" : "", say);
	}
}

/**
 * Plays to a stream's party, instead of what is played now; what it would hear otherwise waits
 *
 * @param s    Stream
 * @param what Sounds, see media.h; missing ones are replaced by a beep and STREAM_PLAYED has err
 * @param loop Again and again
 *
 * @return Id that STREAM_PLAYED will bear, 0 on error
 */
uint32_t stream_play(struct stream *s, const char *what, bool loop)
{
	uint32_t id = next_play(s);
	char chosen[WHAT_SIZE];

	if (strlen(what) >= WHAT_SIZE)
		return 0;
	str_ncpy(chosen, what, sizeof(chosen));
	sounds_choose(chosen, s);
	return play_post(s, id, loop, chosen) ? 0 : id;
}

/** Stops what is played to a stream's party; STREAM_PLAYED comes */
void stream_stop_play(struct stream *s)
{
	worker_post(s->worker, play_stop_h, order_for(s));
}

static uint32_t record_post(struct stream *s, const char *path, uint16_t parts, uint32_t max_ms,
			    uint32_t silence_ms, const char *keys)
{
	struct order *o = order_for(s);
	struct tape *t = NULL;

	if (!o || tape_alloc(&t, path, parts)) {
		mem_deref(o);
		return 0;
	}
	o->id = next_play(s);
	o->obj = t;
	o->a = max_ms;
	o->b = silence_ms;
	str_ncpy(o->text, keys ? keys : "", sizeof(o->text));
	return worker_post(s->worker, record_h, o) ? 0 : s->plays;
}

/**
 * Records what a stream's party says, as 8 kHz mono WAV
 *
 * @param s          Stream
 * @param path       File, replaced; it has this name once it is complete, see tape.h
 * @param max_ms     Longest, 0 for four hours
 * @param silence_ms Ends after so much silence, 0 for never
 * @param stop_keys  Keys that end it, NULL or "" for none
 *
 * @return Id that STREAM_RECORDED will bear, 0 on error
 */
uint32_t stream_record(struct stream *s, const char *path, uint32_t max_ms, uint32_t silence_ms,
		       const char *stop_keys)
{
	return record_post(s, path, 1, max_ms, silence_ms, stop_keys);
}

/** Records what a party says (left) and what it hears (right); returns an id, 0 on error */
uint32_t stream_record_both(struct stream *s, const char *path)
{
	return record_post(s, path, 2, 0, 0, NULL);
}

/** Ends the recording; STREAM_RECORDED comes when the file is complete */
void stream_stop_record(struct stream *s)
{
	worker_post(s->worker, record_stop_h, order_for(s));
}

/** Leaves out what is said until it is called with false; the file has no gap there */
void stream_pause_record(struct stream *s, bool paused)
{
	order_switch(s, record_pause_h, paused);
}

/**
 * Presses a key towards a stream's party
 *
 * @param s           Stream
 * @param digit       '0'-'9', '*', '#', 'A'-'D'; others are ignored
 * @param duration_ms How long, 40 to 6000
 */
void stream_send_dtmf(struct stream *s, char digit, uint32_t duration_ms)
{
	struct order *o = order_for(s);

	if (o) {
		o->a = (uint8_t)digit;
		o->b = duration_ms;
	}
	worker_post(s->worker, dtmf_send_h, o);
}

/** A stream's party hears itself after delay_ms (at most 10 s), instead of anybody else */
void stream_echo(struct stream *s, uint32_t delay_ms)
{
	struct order *o = order_for(s);

	if (o)
		o->a = delay_ms;
	worker_post(s->worker, echo_h, o);
}

static void piped_destructor(void *arg)
{
	struct piped *o = arg;

	if (o->fd >= 0)
		close(o->fd);
}

/**
 * A stream's party talks with another process, instead of anybody else
 *
 * @param s  Stream
 * @param fd Socket of messages, SOCK_SEQPACKET; taken over, also on failure. -1: no longer
 *
 * @return 0, ENOMEM or ENOBUFS
 */
int stream_pipe(struct stream *s, int fd)
{
	struct piped *o = mem_zalloc(sizeof(*o), piped_destructor);

	if (!o) {
		if (fd >= 0)
			close(fd);
		return ENOMEM;
	}
	o->order.w = s->worker;
	o->order.party = s->id;
	o->fd = fd;
	return actor_post_soon(s->worker->inbox, pipe_h, o);
}

/**
 * A datagram socket on a port of the engine's range, for a media process of its own
 *
 * @param e    Engine
 * @param fdp  Result, bound; to be closed
 * @param port Result
 *
 * @return 0 or errno; EADDRINUSE when the range is taken
 */
int engine_datagrams(struct engine *e, int *fdp, uint16_t *port)
{
	int fds[2], err = ports_bind(&e->ports, fds, port);

	if (err)
		return err;
	close(fds[1]);
	*fdp = fds[0];
	return 0;
}

/** Asks for a stream's figures; h is called on the core thread unless the stream is gone by then */
int stream_stats(struct stream *s, stream_stats_h *h, void *arg)
{
	struct order *o = order_for(s);

	if (!o)
		return ENOMEM;
	o->stats_h = h;
	o->arg = arg;
	return worker_post(s->worker, party_stats_h, o);
}

/** A stream's figures, at most a second old */
void stream_last_stats(const struct stream *s, struct stream_stats *st)
{
	stats_read(s->cell, st);
}

static void mix_destructor(void *arg)
{
	struct mix *m = arg;
	struct order *o;

	if (m->worker && (o = order_alloc(m->worker, 0))) {
		o->id = m->id;
		worker_post(m->worker, mix_release_h, o);
	}
	mem_deref(m->engine);
}

/** Makes a mix for streams of one affinity; dropping it ends it; 0 or errno */
int mix_alloc(struct mix **mp, struct engine *e, uint32_t affinity)
{
	AUTO struct mix *m = mem_zalloc(sizeof(*m), mix_destructor);
	struct worker *w = worker_of(e, affinity);
	struct order *o = order_alloc(w, 0);
	int err;

	if (!m || !o) {
		mem_deref(o);
		return ENOMEM;
	}
	m->engine = mem_ref(e);
	m->id = o->id = engine_id(e);
	err = worker_post(w, mix_birth_h, o);
	if (err)
		return err;
	m->worker = w;
	*mp = TAKE(m);
	return 0;
}

static void mix_order(struct mix *m, struct stream *s, bool speaks, actor_h *h)
{
	struct order *o = order_for(s);

	if (o) {
		o->id = m->id;
		o->on = speaks;
	}
	if (s->worker == m->worker)
		worker_post(s->worker, h, o);
	else
		mem_deref(o);
}

/** Puts a stream into a mix instead of whatever it heard before; again, to change `speaks` */
void mix_add(struct mix *m, struct stream *s, bool speaks)
{
	mix_order(m, s, speaks, mix_add_h);
}

/** Takes a stream out of a mix */
void mix_remove(struct mix *m, struct stream *s)
{
	mix_order(m, s, false, mix_remove_h);
}
