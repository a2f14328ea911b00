/**
 * @file sources.c  How many connections there may be, and how many of one source address
 *
 * libre accepts whatever comes until the process has no descriptor left; then it asks again without
 * end, and nobody else gets one. Linked with --wrap=tcp_accept: a source beyond its share is closed
 * at once, and so is any beyond what all may have, which leaves the portal, calls and files theirs.
 * libre does not tell when a connection ends, so a row is believed until its descriptor has another
 * peer; that is looked at only when a source has reached its share, or the rows have become many.
 * The loopback listener of the WebSocket edge is exempt: all browsers come from one address there.
 */
#include <limits.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include "clock.h"
#include "log.h"
#include "source.h"
#include "stack_parts.h"

enum { SOURCES_BUCKETS = 1024, LOOK_MS = 1000, ROWS_MIN = 4096 };

int __real_tcp_accept(struct tcp_conn **tcp, struct tcp_sock *ts, tcp_estab_h *eh, tcp_recv_h *rh,
		      tcp_close_h *ch, void *arg);
int __wrap_tcp_accept(struct tcp_conn **tcp, struct tcp_sock *ts, tcp_estab_h *eh, tcp_recv_h *rh,
		      tcp_close_h *ch, void *arg);

/** One accepted connection */
struct row {
	struct le le;
	struct sa peer;
	int fd;
};

struct source {
	struct le he;
	struct sa addr;
	struct list rows;
	unsigned count;
	uint64_t looked; /* monotonic ms */
};

struct sources {
	struct hash *ht;
	unsigned share, most, rows, rows_look;
	uint64_t looked; /* at all, monotonic ms */
	uint16_t exempt; /* port of the edge's listener */
};

/* tcp_accept() has no argument of ours; there is one stack on a thread */
static _Thread_local struct sources *counting;

static void row_destructor(void *arg)
{
	struct row *r = arg;

	list_unlink(&r->le);
}

static void source_destructor(void *arg)
{
	struct source *s = arg;

	hash_unlink(&s->he);
	list_flush(&s->rows);
}

static void destructor(void *arg)
{
	struct sources *ss = arg;

	if (counting == ss)
		counting = NULL;
	hash_flush(ss->ht);
	mem_deref(ss->ht);
}

static unsigned half_of_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur > STACK_FDS)
		return STACK_FDS / 2;
	return (unsigned)(limit.rlim_cur / 2);
}

/**
 * Begins to count
 *
 * @param sp     Result
 * @param share  Connections that one source may have; 0 for any number
 * @param most   That all may have; 0 for half of the process's descriptors
 * @param exempt Port of a listener that is not counted
 *
 * @return 0 or ENOMEM
 */
int sources_alloc(struct sources **sp, unsigned share, unsigned most, uint16_t exempt)
{
	struct sources *ss = mem_zalloc(sizeof(*ss), destructor);

	if (!ss)
		return ENOMEM;
	if (hash_alloc(&ss->ht, SOURCES_BUCKETS)) {
		mem_deref(ss);
		return ENOMEM;
	}
	ss->share = share ? share : UINT_MAX;
	ss->most = most ? most : half_of_descriptors();
	ss->exempt = exempt;
	ss->rows_look = ROWS_MIN;
	*sp = counting = ss;
	return 0;
}

static bool row_open(const struct row *r)
{
	struct sa now = {.len = sizeof(now.u)};

	return !getpeername(r->fd, &now.u.sa, &now.len) && sa_cmp(&now, &r->peer, SA_ALL);
}

/* Forgets what was closed; the source goes with its last row */
static void source_look(struct sources *ss, struct source *s)
{
	struct le *le = s->rows.head;

	s->looked = clock_mono_ms();
	while (le) {
		struct row *r = le->data;

		le = le->next;
		if (row_open(r))
			continue;
		mem_deref(r);
		--s->count;
		--ss->rows;
	}
}

static bool look_h(struct le *le, void *arg)
{
	struct source *s = le->data;

	source_look(arg, s);
	if (!s->count)
		mem_deref(s);
	return false;
}

static struct source *source_find(struct sources *ss, const struct sa *addr)
{
	struct le *le = list_head(hash_list(ss->ht, sa_hash(addr, SA_ADDR)));
	struct source *s;

	for (; le; le = le->next) {
		s = le->data;
		if (sa_cmp(&s->addr, addr, SA_ADDR))
			return s;
	}
	s = mem_zalloc(sizeof(*s), source_destructor);
	if (!s)
		return NULL;
	s->addr = *addr;
	hash_append(ss->ht, sa_hash(addr, SA_ADDR), &s->he, s);
	return s;
}

static int row_add(struct sources *ss, struct source *s, int fd, const struct sa *peer)
{
	struct row *r = mem_zalloc(sizeof(*r), row_destructor);

	if (!r)
		return ENOMEM;
	r->fd = fd;
	r->peer = *peer;
	list_append(&s->rows, &r->le, r);
	++s->count;
	++ss->rows;
	return 0;
}

/* Forgets what was closed, of all: when the rows have become many, or there is no room for one more
 */
static void all_look(struct sources *ss)
{
	uint64_t now = clock_mono_ms();

	if (ss->rows < ss->rows_look && (ss->rows < ss->most || now - ss->looked < LOOK_MS))
		return;
	ss->looked = now;
	(void)hash_apply(ss->ht, look_h, ss);
	ss->rows_look = MAX(ROWS_MIN, 2 * ss->rows);
	if (ss->rows >= ss->most)
		log_warn("sip.too_many_connections", "all=%u", ss->rows);
}

/* May this connection stay? */
static int admit(struct sources *ss, const struct tcp_conn *tc)
{
	struct sa peer = {.len = sizeof(peer.u)}, addr;
	struct source *s;

	if (getpeername(tcp_conn_fd(tc), &peer.u.sa, &peer.len))
		return errno;
	source_of(&addr, &peer);
	all_look(ss);
	if (ss->rows >= ss->most)
		return EMFILE;
	s = source_find(ss, &addr);
	if (!s)
		return ENOMEM;
	if (s->count >= ss->share && clock_mono_ms() - s->looked >= LOOK_MS) {
		source_look(ss, s);
		if (s->count >= ss->share)
			log_warn("sip.too_many_connections", "count=%u", s->count);
	}
	return s->count >= ss->share ? EMFILE : row_add(ss, s, tcp_conn_fd(tc), &peer);
}

/** tcp_accept() of libre, for a source that is within its share */
int __wrap_tcp_accept(struct tcp_conn **tcp, struct tcp_sock *ts, tcp_estab_h *eh, tcp_recv_h *rh,
		      tcp_close_h *ch, void *arg)
{
	int err = __real_tcp_accept(tcp, ts, eh, rh, ch, arg);
	struct sa local;

	if (err || !counting || tcp_sock_local_get(ts, &local) ||
	    sa_port(&local) == counting->exempt)
		return err;
	err = admit(counting, *tcp);
	if (err)
		*tcp = mem_deref(*tcp);
	return err;
}
