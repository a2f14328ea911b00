/**
 * @file party.c  The worker's side of a stream: birth, news from signalling, each second, end
 */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "birth.h"
#include "own.h"
#include "party.h"

static void party_destructor(void *arg)
{
	struct party *p = arg;

	rtcp_bye(p);
	record_end(p, RECORD_STOPPED);
	mix_leave(p);
	subs_part(p);
	mem_deref(p->play);
	mem_deref(p->echo);
	mem_deref(p->pipe);
	mem_deref(p->voice);
	secure_close(p);
	mem_deref(p->sdes_out);
	if (p->audio) {
		ear_close(&p->audio->ear);
		mem_deref(p->audio->encoder.state);
		mem_deref(p->audio);
	}
	hash_unlink(&p->by_id);
	list_unlink(&p->beat);
	list_unlink(&p->ticking);
	if (p->rtp.fd >= 0)
		close(p->rtp.fd);
	if (p->rtcp.fd >= 0)
		close(p->rtcp.fd);
	shared_unref(p->cell);
}

static int end_open(struct end *end, struct party *p, int *fd, bool rtcp)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = end};

	*end = (struct end){.party = p, .fd = *fd, .rtcp = rtcp};
	*fd = -1;
	return epoll_ctl(p->w->epoll, EPOLL_CTL_ADD, end->fd, &ev) ? errno : 0;
}

static void numbers_init(struct party *p)
{
	uint32_t r[2];

	rand_bytes((uint8_t *)r, sizeof(r));
	p->rtp_out.ssrc = p->local.ssrc;
	p->rtp_out.seq = r[0] & 0x7fff; /* RFC 3711, 3.3.1: far from the first rollover */
	p->rtp_out.ts = r[1];
	p->report.wait = 1 + r[0] % 5;
	p->silent_from_ms = p->w->now_ms;
}

/** Order: a stream was born; without memory it stays dead, as if no packet ever came */
void party_birth_h(void *obj)
{
	struct birth *b = obj;
	struct worker *w = b->order.w;
	AUTO struct party *p = mem_zalloc(sizeof(*p), party_destructor);

	if (!p)
		return;
	p->w = w;
	p->id = b->order.party;
	p->rtp.fd = p->rtcp.fd = -1;
	p->local = b->local;
	p->cell = shared_ref(b->cell);
	numbers_init(p);
	if (end_open(&p->rtp, p, &b->fds[0], false) || end_open(&p->rtcp, p, &b->fds[1], true))
		return;
	hash_append(w->parties, p->id, &p->by_id, p);
	list_append(&w->beats[p->id % BEATS], &p->beat, p);
	(void)TAKE(p); /* the lists have it now */
}

/** Order: the stream was dropped */
void party_release_h(void *obj)
{
	struct order *o = obj;

	mem_deref(worker_party(o->w, o->party));
}

/** Tells the core something about a party */
void party_event(struct party *p, enum stream_event_kind kind)
{
	wires_event(p->w->wires, p->id, &(struct stream_event){.kind = kind});
}

/**
 * True if somebody at the address asked to be sent to: a packet or an ICE check came from there, it
 * is of the host whose signalling proved itself, or a carrier named it that we trust. Else a phone
 * could have us flood whom it likes.
 */
bool party_proved(const struct party *p)
{
	return sa_isset(&p->addr, SA_ALL) &&
	       (!p->known || p->remote.ice || p->latched || p->named || p->vouched);
}

/** True if a packet may go out now: agreed, towards a proven address, with keys if keys are due */
bool party_can_send(const struct party *p)
{
	return p->kind && p->remote.direction & STREAM_SEND && !p->failed &&
	       (p->remote.security == SECURITY_NONE || p->out) && party_proved(p);
}

/** True if the party is expected to send audio */
bool party_takes(const struct party *p)
{
	return p->kind && p->remote.direction & STREAM_RECV && !p->failed;
}

/**
 * Sends one RTP packet; the header is written in front of the payload
 *
 * @param p       Party, to which party_can_send()
 * @param payload Payload with RTP_HEADER bytes free before it and SEAL_ROOM behind
 * @param size    Its size
 * @param pt      Payload type
 * @param marker  Marker bit
 * @param seq     Sequence number
 * @param ts      Timestamp
 *
 * @return 0 or errno
 */
int party_send(struct party *p, uint8_t *payload, size_t size, uint8_t pt, bool marker,
	       uint16_t seq, uint32_t ts)
{
	uint8_t *packet = payload - RTP_HEADER;
	size_t n = RTP_HEADER + size;

	rtp_header(packet, pt, marker, seq, ts, p->rtp_out.ssrc);
	if (p->remote.security != SECURITY_NONE && seal_rtp(p->out, packet, &n, RTP_HEADER))
		return EIO;
	if (sendto(p->rtp.fd, packet, n, 0, &p->addr.u.sa, p->addr.len) < 0)
		return errno;
	++p->rtp_out.packets;
	p->rtp_out.bytes += size;
	return 0;
}

/* RFC 3550, 11: without an address of its own RTCP goes to the next port. */
static void address_update(struct party *p, const struct stream_remote *was)
{
	const struct stream_remote *r = &p->remote;

	if (r->ice) {
		p->addr = p->ice.chosen;
		return;
	}
	if (p->known && !was->ice && sa_cmp(&was->rtp, &r->rtp, SA_ALL))
		return;
	p->latched = false;
	p->named = sa_cmp(&r->rtp, &r->sip_source, SA_ADDR);
	p->addr = r->rtp;
	p->rtcp_addr = r->rtcp;
	if (!sa_isset(&p->rtcp_addr, SA_ALL)) {
		p->rtcp_addr = r->rtp;
		sa_set_port(&p->rtcp_addr, (uint16_t)(sa_port(&r->rtp) + 1));
	}
}

static void codec_update(struct party *p, const struct stream_remote *was)
{
	const struct codec_kind *kind = codec_kind(p->remote.codec);

	if (!p->remote.ptime)
		p->remote.ptime = FRAME_MS;
	if (kind == p->kind && was->pt_recv == p->remote.pt_recv)
		return;
	p->kind = kind;
	p->rtp_out.source = 0;
	if (p->audio) {
		p->audio->ear.any = false;
		p->audio->held = 0;
	}
}

/** Order: what negotiation decided */
void party_update_h(void *obj)
{
	struct update *u = obj;
	struct party *p = worker_party(u->order.w, u->order.party);
	AUTO struct stream_remote *was = mem_zalloc(sizeof(*was), NULL);
	bool took;

	if (!p || !was)
		return;
	*was = p->remote;
	took = p->known && party_takes(p);
	p->remote = u->remote;
	address_update(p, was);
	codec_update(p, was);
	if (secure_update(p, was)) {
		p->failed = true;
		party_event(p, STREAM_FAILED);
	}
	p->known = true;
	if (!took) {
		p->silent_from_ms = p->w->now_ms;
		p->silent = false;
	}
	subs_refresh(p);
}

/** Order: the address that signalling names is believed */
void party_vouch_h(void *obj)
{
	struct order *o = obj;
	struct party *p = worker_party(o->w, o->party);

	if (p)
		p->vouched = true;
}

/** Order: how long it may be silent */
void party_patience_h(void *obj)
{
	struct order *o = obj;
	struct party *p = worker_party(o->w, o->party);

	if (p)
		p->patience_ms = o->a;
}

struct stats_reply {
	struct wires *wires;
	uint32_t stream;
	struct stream_stats stats;
	stream_stats_h *h;
	void *arg;
};

static void reply_destructor(void *arg)
{
	struct stats_reply *r = arg;

	shared_unref(r->wires);
}

static void reply_h(void *obj)
{
	struct stats_reply *r = obj;

	if (stream_alive(r->wires, r->stream))
		r->h(&r->stats, r->arg);
}

/** Order: the figures, please */
void party_stats_h(void *obj)
{
	struct order *o = obj;
	struct party *p = worker_party(o->w, o->party);
	struct stats_reply *r = p ? mem_zalloc(sizeof(*r), reply_destructor) : NULL;

	if (!r)
		return;
	r->wires = shared_ref(o->w->wires);
	r->stream = p->id;
	r->h = o->stats_h;
	r->arg = o->arg;
	stats_collect(p, &r->stats);
	actor_post(r->wires->core, reply_h, r);
}

static void silence_check(struct party *p)
{
	uint64_t limit = p->patience_ms ? p->patience_ms : p->w->silence_limit;

	if (!limit || !p->known || p->silent)
		return;
	if (!party_takes(p)) {
		p->silent_from_ms = p->w->now_ms;
		return;
	}
	if (p->w->now_ms - p->silent_from_ms < limit)
		return;
	p->silent = true;
	party_event(p, STREAM_SILENT);
}

/** What is due once a second for each party */
void party_second(struct party *p)
{
	struct stream_stats st;

	if (p->ice.count) {
		ice_expire(&p->ice, p->w->now_us / 1000);
		if (p->remote.ice)
			p->addr = p->ice.chosen;
	}
	silence_check(p);
	secure_retry(p);
	rtcp_second(p);
	stats_collect(p, &st);
	stats_write(p->cell, &st);
}
