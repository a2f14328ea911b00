/**
 * @file main.c  fax-worker: one fax call, one process
 *
 * Orders come as JSON lines on the standard input, news go as JSON lines to the standard output.
 * Sound is 100 ms in each message of a socket pair (pipe_sound.h); T.38 is a bound UDP socket. Both
 * were opened by who started this. What arrives from any other host than the call's is dropped.
 * What is proved of the fax is on the disk before it is told, and if who started this is gone, a
 * page that is just being confirmed by T.38 is heard to the end of that.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <jansson.h>
#include "fax_proof.h"
#include "guard.h"
#include "order.h"
#include "pipe_sound.h"
#include "sandbox.h"
#include "udptl.h"

enum {
	FRAME_MS = 20,
	TURN_MS = 60,	     /* T.38: to wake costs more than what is done then, T.30 has time */
	QUIET_TURN_MS = 200, /* who says nothing has more of it                         */
	SAID_MS = 1500,	     /* not quiet: V.17 is trained for 1.4 s after its last word */
	SLACK_NS = 10000000, /* so much later is right too: machines wake at one interrupt */
	CUSHION = 2,	     /* messages of sound ahead, so that a late turn is not heard      */
	DATAGRAMS = 256,     /* of a turn; ten are many                                         */
	LATE_MS = 1000,	     /* so much is caught up; the rest is a stopped machine, not time    */
	LINGER_MS = 3000,    /* after the end: the last packets must leave, the peer's go by   */
	QUIET_MS = 3000,     /* left alone: nobody sends any more                             */
	ALONE_MS = 15000,    /* left alone: no longer than this                              */
};

_Static_assert((int)PIPE_SAMPLES == (int)FRAME, "a frame of the pipe is one of the machine");

struct worker {
	struct order_start start;
	struct machine *machine;
	char line[ORDER_SIZE];
	size_t filled;
	bool t38, latched, hung_up;
	struct order_t38 peer;
	uint64_t due_ms;   /* next tick of T.38                                             */
	uint64_t ended_ms; /* 0: not yet                                                    */
	uint64_t alone_ms; /* who started this is gone; 0: not                              */
	uint64_t heard_ms; /* the last datagram                                             */
	uint64_t said_ms;  /* ours                                                          */
	int proof;	   /* -1: none                                                      */
};

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void say(json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT);

	if (text) {
		printf("%s\n", text);
		fflush(stdout);
	}
	free(text);
	json_decref(o);
}

static void say_fault(const char *fault)
{
	say(json_pack("{s:s,s:s}", "event", "fault", "reason", fault));
}

static json_t *facts_json(const char *event, const struct machine_facts *f)
{
	return json_pack("{s:s,s:i,s:i,s:b,s:b,s:s,s:s,s:i}", "event", event, "pages", f->pages,
			 "rate", f->rate, "ecm", f->ecm, "t38", f->t38, "ident", f->ident, "maker",
			 f->maker, "seconds", (int)f->seconds);
}

static void page_json(json_t *o, const struct machine_facts *f)
{
	json_object_set_new(o, "width", json_integer(f->width));
	json_object_set_new(o, "rows", json_integer(f->rows));
	json_object_set_new(o, "badRows", json_integer(f->bad_rows));
	json_object_set_new(o, "bytes", json_integer(f->bytes));
}

static void end_json(json_t *o, const struct machine_facts *f)
{
	json_object_set_new(o, "ok", json_boolean(f->code == 0));
	json_object_set_new(o, "code", json_integer(f->code));
	json_object_set_new(o, "reason", json_string(f->reason));
	json_object_set_new(o, "permanent", json_boolean(f->permanent));
	json_object_set_new(o, "recovered", json_integer((json_int_t)f->recovered));
	json_object_set_new(o, "lost", json_integer((json_int_t)f->lost));
	json_object_set_new(o, "dropped", json_integer((json_int_t)guard_dropped()));
}

static void prove(const struct worker *w, enum machine_news news, const struct machine_facts *f)
{
	const struct fax_proof p = {
		.pages = (unsigned)(w->start.confirmed + f->pages),
		.whole = news == NEWS_END && f->code == 0,
	};

	if (w->proof >= 0 && (news == NEWS_PAGE || p.whole) && fax_proof_write(w->proof, &p))
		say_fault("the proof cannot be written");
}

static void news_h(enum machine_news news, const struct machine_facts *f, void *arg)
{
	static const char *const names[] = {"negotiated", "page", "result"};
	struct worker *w = arg;
	json_t *o = facts_json(names[news], f);

	prove(w, news, f);
	if (o && news == NEWS_PAGE)
		page_json(o, f);
	if (o && news == NEWS_END)
		end_json(o, f);
	say(o);
	if (news == NEWS_END)
		w->ended_ms = now_ms();
}

static socklen_t address_size(const struct sockaddr_storage *a)
{
	return a->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

static bool same_host(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET)
		return ((const struct sockaddr_in *)a)->sin_addr.s_addr ==
		       ((const struct sockaddr_in *)b)->sin_addr.s_addr;
	return !memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr,
		       &((const struct sockaddr_in6 *)b)->sin6_addr, sizeof(struct in6_addr));
}

/* As for audio: nobody is sent to who did not ask for it (party_proved() of src/media) */
static void send_h(const uint8_t *datagram, size_t n, void *arg)
{
	struct worker *w = arg;

	w->said_ms = w->due_ms;
	if (!w->latched && !w->peer.vouched && !same_host(&w->peer.peer, &w->peer.source))
		return;
	(void)sendto(w->start.t38, datagram, n, MSG_DONTWAIT | MSG_NOSIGNAL,
		     (const struct sockaddr *)&w->peer.peer, address_size(&w->peer.peer));
}

static const struct machine_handlers handlers = {.news_h = news_h, .send_h = send_h};

/* The first packet of the call's host says where answers go (a NAT may have changed the port) */
static bool from_peer(struct worker *w, const struct sockaddr_storage *from)
{
	if (w->latched)
		return !memcmp(from, &w->peer.peer, address_size(from));
	if (!same_host(from, &w->peer.peer) && !same_host(from, &w->peer.source))
		return false;
	w->peer.peer = *from;
	w->latched = true;
	return true;
}

static void datagrams_read(struct worker *w)
{
	uint8_t p[UDPTL_DATAGRAM + 1];

	for (unsigned i = 0; i < DATAGRAMS; i++) {
		struct sockaddr_storage from = {0};
		socklen_t size = sizeof(from);
		ssize_t n = recvfrom(w->start.t38, p, sizeof(p), MSG_DONTWAIT,
				     (struct sockaddr *)&from, &size);

		if (n < 0)
			return;
		if (!from_peer(w, &from))
			continue;
		w->heard_ms = now_ms();
		machine_datagram(w->machine, p, (size_t)n);
	}
}

static void audio_say(struct worker *w, const struct pipe_sound *said)
{
	(void)sendto(w->start.audio, said, sizeof(*said), MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0);
}

/* False at the end of the sound */
static bool audio_read(struct worker *w)
{
	struct pipe_sound heard, said = {0};
	ssize_t n = recvfrom(w->start.audio, &heard, sizeof(heard), MSG_DONTWAIT, NULL, NULL);

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	for (unsigned i = 0; i < PIPE_FRAMES && n == (ssize_t)sizeof(heard); i++)
		machine_audio(w->machine, heard.lost >> i & 1 ? NULL : heard.frame[i],
			      said.frame[i]);
	if (!w->t38)
		audio_say(w, &said);
	return true;
}

static void switch_over(struct worker *w, const struct order_t38 *t38)
{
	if (w->start.t38 < 0 || w->t38 || machine_switch(w->machine, &t38->machine)) {
		say_fault("too late for T.38");
		return;
	}
	w->peer = *t38;
	w->t38 = true;
	w->due_ms = now_ms();
}

static void order(struct worker *w, const char *line)
{
	struct order_t38 t38 = {.machine = {0}};
	enum order_kind kind;
	const char *fault;

	if (order_next(&kind, &t38, line, &fault))
		say_fault(fault);
	else if (kind == ORDER_T38)
		switch_over(w, &t38);
	else if (kind == ORDER_ASK)
		say(json_pack("{s:s}", "event", "here"));
	else
		w->hung_up = true;
}

/* False at the end of the input, and of a line that never ends */
static bool more_read(struct worker *w)
{
	ssize_t n = read(STDIN_FILENO, w->line + w->filled, sizeof(w->line) - 1 - w->filled);

	if (n <= 0)
		return n < 0 && errno == EINTR;
	w->filled += (size_t)n;
	w->line[w->filled] = '\0';
	return true;
}

static void line_drop(struct worker *w, const char *end)
{
	w->filled -= (size_t)(end + 1 - w->line);
	memmove(w->line, end + 1, w->filled + 1);
}

static void orders_take(struct worker *w)
{
	char *end;

	while ((end = strchr(w->line, '\n'))) {
		*end = '\0';
		order(w, w->line);
		line_drop(w, end);
	}
}

static bool orders_read(struct worker *w)
{
	if (!more_read(w))
		return false;
	orders_take(w);
	return true;
}

/* What came and the ticks that are due; returns ms until the next turn */
static int turn_run(struct worker *w)
{
	uint64_t now = now_ms();

	if (!w->t38)
		return w->ended_ms ? TURN_MS : 1000;
	datagrams_read(w);
	if (now > w->due_ms + LATE_MS)
		w->due_ms = now - LATE_MS;
	for (; w->due_ms <= now; w->due_ms += FRAME_MS)
		machine_tick(w->machine);
	return (int)(w->due_ms - now) - FRAME_MS +
	       (now > w->said_ms + SAID_MS ? QUIET_TURN_MS : TURN_MS);
}

/* A page is either confirmed for both sides or for none, as far as that is in our hands: who sends
 * stops once no page is open, who receives once nobody sends. Sound went with who started this. */
static bool alone_done(const struct worker *w)
{
	uint64_t now = now_ms();

	if (!w->t38 || machine_ended(w->machine) || now > w->alone_ms + ALONE_MS)
		return true;
	if (machine_confirming(w->machine))
		return false;
	return w->start.machine.sends || now > w->heard_ms + QUIET_MS;
}

static bool over(const struct worker *w)
{
	if (w->alone_ms)
		return alone_done(w);
	return w->hung_up || (w->ended_ms && now_ms() > w->ended_ms + LINGER_MS);
}

static void run(struct worker *w)
{
	struct pollfd fds[2] = {{STDIN_FILENO, POLLIN, 0}, {w->start.audio, POLLIN, 0}};

	while (!over(w)) {
		int wait = turn_run(w);

		if (poll(fds, 2, wait) < 0 && errno != EINTR)
			break;
		if (fds[0].revents && !orders_read(w)) {
			w->alone_ms = now_ms();
			fds[0].fd = -1;
		}
		if (fds[1].revents && !audio_read(w))
			fds[1].fd = -1;
	}
	machine_hangup(w->machine);
}

static int file_open(struct worker *w)
{
	const struct order_start *o = &w->start;
	int fd = o->machine.sends
			 ? open(o->file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
			 : open(o->file, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd >= 0)
		guard_file(o->file, fd);
	w->proof = -1;
	if (fd < 0)
		return errno;
	return o->proof[0] ? fax_proof_open(&w->proof, o->proof) : 0;
}

/* What else the parent had open is none of a fax machine's business */
static void rest_close(const struct order_start *o)
{
	int last = o->audio > o->t38 ? o->audio : o->t38;

	for (int fd = STDERR_FILENO + 1; fd <= last; fd++) {
		if (fd != o->audio && fd != o->t38)
			(void)close(fd);
	}
	(void)close_range((unsigned)last + 1, ~0U, 0);
}

/* The first line. What came with it stays for later: stdio would keep that to itself. */
static bool start_read(struct worker *w, const char **fault)
{
	char *end;

	while (!(end = strchr(w->line, '\n'))) {
		if (!more_read(w))
			return false;
	}
	*end = '\0';
	if (order_start(&w->start, w->line, fault))
		return false;
	line_drop(w, end);
	return true;
}

static int prepare(struct worker *w)
{
	const char *fault = "no order";

	if (!start_read(w, &fault)) {
		say_fault(fault);
		return EINVAL;
	}
	rest_close(&w->start);
	if (file_open(w)) {
		say_fault("the file cannot be opened");
		return ENOENT;
	}
	tzset();
	if (sandbox_close()) {
		say_fault("the sandbox cannot be closed");
		return EPERM;
	}
	return machine_alloc(&w->machine, &w->start.machine, &handlers, w);
}

int main(void)
{
	static struct worker w;

	signal(SIGPIPE, SIG_IGN);
	/* Both come to a whole service or terminal: who started this lets calls end. */
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	(void)prctl(PR_SET_TIMERSLACK, (unsigned long)SLACK_NS, 0, 0, 0);
	if (prepare(&w))
		return 2;
	say(json_pack("{s:s}", "event", "ready"));
	for (unsigned i = 0; i < CUSHION; i++)
		audio_say(&w, &(struct pipe_sound){0});
	orders_take(&w);
	run(&w);
	machine_free(w.machine);
	return 0;
}
