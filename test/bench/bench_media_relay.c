/**
 * @file bench_media_relay.c  What a call costs: against a bare relay, with SRTP, with Opus
 *
 * The bare relay is an epoll loop over two sockets a call, recvfrom() and sendto(), in a thread of
 * its own. Load comes from the main thread and counts for nobody. Figures are processor time of the
 * relaying thread per packet; each ratio is the least of several rounds, taken in turns.
 */
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "bench_line.h"
#include "codec.h"
#include "media.h"
#include "own.h"
#include "rtp.h"
#include "seal.h"

enum {
	CALLS = 300,
	SIDES = 2 * CALLS,
	BURST = 60,
	ROUNDS = 5,
	OPUS_CALLS = 40,
	RECORDED_CALLS = 100,
	MEMORY = 500
};

struct side {
	int fd;
	struct sa local, peer;
	struct stream *stream;
	struct seal *seal;
	uint16_t seq;
	uint32_t ts;
	uint64_t got;
};

static struct side sides[SIDES];
static struct engine *engine;
static uint64_t worker_octets, file_octets; /* written to disks while calls were recorded */
static struct actor *core;
static uint32_t latencies[200000]; /* of one round, us */
static unsigned latency_count;

static uint64_t now_us(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static int socket_open(struct sa *local)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	sa_set_str(local, "127.0.0.1", 0);
	CHECK(fd >= 0 && !bind(fd, &local->u.sa, local->len) &&
	      !getsockname(fd, &local->u.sa, &local->len));
	return fd;
}

static int receiver_open(struct sa *local)
{
	int fd = socket_open(local), on = 1;

	CHECK(!setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)));
	return fd;
}

static void payload_make(uint8_t *p, enum codec_id codec, size_t *n)
{
	struct encoder e = {0};
	int16_t pcm[FRAME_NARROW];
	int size = 0;

	CHECK(!encoder_set(&e, codec, RATE_NARROW));
	for (int k = 0; k < 10; k++) {
		for (size_t i = 0; i < FRAME_NARROW; i++)
			pcm[i] = (int16_t)(rand() % 8000 - 4000 + (i % 20) * 300);
		size = encoder_run(&e, p, pcm, FRAME_NARROW);
	}
	*n = (size_t)size;
	mem_deref(e.state);
}

static void side_say(struct side *s, const uint8_t *payload, size_t size, uint32_t step)
{
	uint8_t b[2048];
	size_t n = RTP_HEADER + size;
	uint32_t stamp = (uint32_t)now_us(CLOCK_REALTIME);

	s->ts += step;
	rtp_header(b, 96, false, ++s->seq, s->ts, 0x10000u + (uint32_t)s->fd);
	memcpy(b + RTP_HEADER, payload, size);
	if (!s->seal)
		memcpy(b + RTP_HEADER, &stamp, sizeof(stamp));
	else
		seal_rtp(s->seal, b, &n, RTP_HEADER);
	sendto(s->fd, b, n, 0, &s->peer.u.sa, s->peer.len);
}

/* When a packet reached its receiver's socket, by the kernel: the reader's own delay is no part. */
static uint32_t arrival_us(struct msghdr *msg)
{
	struct timespec t = {0};

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS)
			memcpy(&t, CMSG_DATA(c), sizeof(t));
	}
	return (uint32_t)((uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000);
}

static void side_read(struct side *s)
{
	uint8_t b[2048], control[64];
	struct iovec iov = {b, sizeof(b)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	for (;;) {
		uint32_t stamp;

		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
		if (recvmsg(s->fd, &msg, 0) <= RTP_HEADER)
			return;
		if (b[1] >= 192)
			continue;
		++s->got;
		memcpy(&stamp, b + RTP_HEADER, sizeof(stamp));
		if (latency_count < COUNT(latencies))
			latencies[latency_count++] = arrival_us(&msg) - stamp;
	}
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* The delay in ms that so many percent of a round's packets stayed below; clears them. */
static double latency(unsigned percent)
{
	qsort(latencies, latency_count, sizeof(*latencies), by_value);
	return latency_count ? latencies[(size_t)latency_count * percent / 100] / 1000.0 : 1e9;
}

/* --- the bare relay --- */
static struct bare {
	pthread_t thread;
	int epoll;
	volatile bool stop;
	struct bare_end {
		int fd, other;
		struct sa to;
	} ends[SIDES];
} bare;

static void *bare_main(void *arg)
{
	struct epoll_event events[64];
	uint8_t b[2048];

	while (!bare.stop) {
		int n = epoll_wait(bare.epoll, events, 64, 100);

		for (int i = 0; i < n; i++) {
			struct bare_end *e = events[i].data.ptr;
			struct sa from = {.len = sizeof(from.u)};
			ssize_t size = recvfrom(e->fd, b, sizeof(b), 0, &from.u.sa, &from.len);

			if (size > 0)
				sendto(e->other, b, (size_t)size, 0, &e->to.u.sa, e->to.len);
		}
	}
	return NULL;
}

static void bare_open(void)
{
	bare.stop = false;
	bare.epoll = epoll_create1(EPOLL_CLOEXEC);
	for (unsigned i = 0; i < SIDES; i++) {
		struct epoll_event ev = {.events = EPOLLIN, .data.ptr = &bare.ends[i]};

		sides[i].fd = receiver_open(&sides[i].local);
		bare.ends[i].fd = socket_open(&sides[i].peer);
		epoll_ctl(bare.epoll, EPOLL_CTL_ADD, bare.ends[i].fd, &ev);
	}
	for (unsigned i = 0; i < SIDES; i++) {
		bare.ends[i].other = bare.ends[i ^ 1].fd;
		bare.ends[i].to = sides[i ^ 1].local;
	}
	CHECK(!pthread_create(&bare.thread, NULL, bare_main, NULL));
}

static void sides_close(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		mem_deref(sides[i].stream);
		mem_deref(sides[i].seal);
		close(sides[i].fd);
		memset(&sides[i], 0, sizeof(sides[i]));
	}
}

static void bare_close(void)
{
	bare.stop = true;
	pthread_join(bare.thread, NULL);
	for (unsigned i = 0; i < SIDES; i++)
		close(bare.ends[i].fd);
	close(bare.epoll);
	sides_close(SIDES);
}

static uint64_t bare_cpu(void)
{
	clockid_t id;

	pthread_getcpuclockid(bare.thread, &id);
	return now_us(id);
}

/* --- the engine --- */
static void engine_open(void)
{
	struct engine_conf conf = {.workers = 1, .silence_ms = 60000};

	sa_set_str(&conf.bind, "127.0.0.1", 0);
	CHECK(!actor_alloc(&core, "core", 100000));
	conf.core = core;
	CHECK(!engine_alloc(&engine, &conf));
}

static void answered_h(const struct stream_stats *st, void *arg)
{
	*(bool *)arg = true;
}

static void settle(struct stream *s)
{
	bool done = false;

	CHECK(!stream_stats(s, answered_h, &done));
	while (!done) {
		poll(NULL, 0, 1);
		actor_run(core);
	}
}

static void engine_end(unsigned count)
{
	sides_close(count);
	engine = mem_deref(engine);
	actor_run(core);
	core = mem_deref(core);
}

static struct stream_remote remote_of(const struct side *s, enum codec_id codec)
{
	return (struct stream_remote){.rtp = s->local,
				      .sip_source = s->local,
				      .codec = codec,
				      .pt_send = 96,
				      .pt_recv = 96,
				      .ptime = 20,
				      .direction = STREAM_BOTH};
}

/* Keys by SDP, but sealed with GCM would need DTLS: the bench asks seal.c for the difference. */
static void side_open(struct side *s, enum codec_id codec)
{
	struct stream_remote r;

	s->fd = receiver_open(&s->local);
	CHECK(!stream_alloc(&s->stream, engine, 1, NULL, NULL));
	sa_set_str(&s->peer, "127.0.0.1", stream_local(s->stream)->port);
	r = remote_of(s, codec);
	CHECK(!stream_update(s->stream, &r));
}

static void side_secure(struct side *s, enum codec_id codec)
{
	struct stream_remote r = remote_of(s, codec);
	static const uint8_t raw[30] = {1, 2, 3, 4, 5};
	size_t n = sizeof(r.sdes_key) - 1;

	r.security = SECURITY_SDES;
	base64_encode(raw, sizeof(raw), r.sdes_key, &n);
	CHECK(!seal_alloc(&s->seal, SEAL_AES_CM_128_HMAC_SHA1_80, raw, raw + 16));
	CHECK(!stream_update(s->stream, &r));
}

static void engine_calls(unsigned calls, enum codec_id one, enum codec_id two, bool secure)
{
	engine_open();
	for (unsigned i = 0; i < 2 * calls; i += 2) {
		side_open(&sides[i], one);
		side_open(&sides[i + 1], two);
		if (secure)
			side_secure(&sides[i], one);
		stream_bridge(sides[i].stream, sides[i + 1].stream);
	}
	settle(sides[0].stream);
}

struct load {
	unsigned sides, frames;
	bool one_way; /* only the even sides speak */
	uint8_t payload[2][CODED_MAX];
	size_t size[2];
	uint32_t step[2];
};

static void load_make(struct load *l, unsigned count, enum codec_id one, enum codec_id two)
{
	l->sides = count;
	payload_make(l->payload[0], one, &l->size[0]);
	payload_make(l->payload[1], two, &l->size[1]);
	l->step[0] = codec_kind(one)->clock / 50;
	l->step[1] = codec_kind(two)->clock / 50;
}

/* Paced as real calls are: each side every 20 ms, spread over the time; answers packets that came.
 */
static uint64_t load_run(const struct load *l)
{
	uint64_t start = now_us(CLOCK_MONOTONIC), got = 0;
	unsigned slices = 20, per = (l->sides + slices - 1) / slices;

	latency_count = 0;
	for (unsigned i = 0; i < l->sides; i++)
		sides[i].got = 0;
	for (unsigned f = 0; f < l->frames * slices; f++) {
		uint64_t due = start + (uint64_t)f * 1000, now = now_us(CLOCK_MONOTONIC);
		unsigned at = f % slices * per;

		if (now < due)
			usleep((useconds_t)(due - now));
		for (unsigned i = at; i < at + per && i < l->sides; i++)
			side_say(&sides[i], l->payload[i & 1], l->size[i & 1], l->step[i & 1]);
		for (unsigned i = f % 5; i < l->sides; i += 5)
			side_read(&sides[i]);
		if (core)
			actor_run(core);
	}
	usleep(20000);
	for (unsigned i = 0; i < l->sides; i++) {
		side_read(&sides[i]);
		got += sides[i].got;
	}
	return got;
}

static double bare_round(const struct load *l)
{
	uint64_t cpu, got;

	bare_open();
	cpu = bare_cpu();
	got = load_run(l);
	cpu = bare_cpu() - cpu;
	bare_close();
	return (double)cpu / (double)(got ? got : 1);
}

static double engine_round(const struct load *l, enum codec_id one, enum codec_id two, bool secure)
{
	uint64_t cpu, got;

	engine_calls(l->sides / 2, one, two, secure);
	cpu = engine_cpu_us(engine);
	got = load_run(l);
	cpu = engine_cpu_us(engine) - cpu;
	engine_end(l->sides);
	return (double)cpu / (double)(got ? got : 1);
}

/* GCM against CM, per packet, opened and sealed: what DTLS calls save over SDES calls. */
static double seal_cost(enum seal_suite suite)
{
	static const uint8_t key[16] = {1}, salt[14] = {2};
	struct seal *out = NULL, *in = NULL;
	uint64_t start;
	uint8_t b[256];

	CHECK(!seal_alloc(&out, suite, key, salt) && !seal_alloc(&in, suite, key, salt));
	start = now_us(CLOCK_THREAD_CPUTIME_ID);
	for (unsigned i = 0; i < 100000; i++) {
		size_t n = 172;

		rtp_header(b, 0, false, (uint16_t)i, i, 1);
		seal_rtp(out, b, &n, RTP_HEADER);
		CHECK(!unseal_rtp(in, b, &n, RTP_HEADER));
	}
	start = now_us(CLOCK_THREAD_CPUTIME_ID) - start;
	mem_deref(out);
	mem_deref(in);
	return (double)start / 200000;
}

static void relays(void)
{
	static struct load l = {.frames = BURST};
	double base = 1e9, plain = 1e9, cm = 1e9, gcm, bare99 = 1e9, plain99 = 1e9;

	load_make(&l, SIDES, CODEC_PCMU, CODEC_PCMU);
	for (unsigned i = 0; i < ROUNDS; i++) {
		double v = bare_round(&l);

		base = v < base ? v : base;
		bare99 = latency(99) < bare99 ? latency(99) : bare99;
		v = engine_round(&l, CODEC_PCMU, CODEC_PCMU, false);
		plain = v < plain ? v : plain;
		plain99 = latency(99) < plain99 ? latency(99) : plain99;
		v = engine_round(&l, CODEC_PCMU, CODEC_PCMU, true);
		cm = v < cm ? v : cm;
	}
	gcm = cm - seal_cost(SEAL_AES_CM_128_HMAC_SHA1_80) + seal_cost(SEAL_AEAD_AES_128_GCM);
	bench_line("media.relay.bare", base, "us/packet", 0);
	bench_line("media.relay.plain", plain, "us/packet", 0);
	bench_line("media.relay.plain_ratio", plain / base, "x", 1.5);
	bench_line("media.relay.srtp_cm_ratio", cm / base, "x", 0);
	bench_line("media.relay.srtp_gcm_ratio", gcm / base, "x", 2);
	bench_line("media.relay.bare_latency_p99", bare99, "ms", 0);
	bench_line("media.relay.latency_p99", plain99, "ms", 0);
	bench_line("media.relay.added_p99", plain99 - bare99, "ms", 1);
	bench_line("media.seal.gcm", seal_cost(SEAL_AEAD_AES_128_GCM), "us/packet", 0);
	bench_line("media.seal.cm", seal_cost(SEAL_AES_CM_128_HMAC_SHA1_80), "us/packet", 0);
}

static void transcoding(void)
{
	static struct load l = {.frames = 100};
	double best = 1e9;

	load_make(&l, 2 * OPUS_CALLS, CODEC_OPUS, CODEC_PCMU);
	for (int i = 0; i < 2; i++) {
		double v = engine_round(&l, CODEC_OPUS, CODEC_PCMU, false);

		best = v < best ? v : best;
	}
	/* A call is two packets every 20 ms. */
	bench_line("media.transcode.opus_pcmu", 1e6 / (best * 100), "calls/core", 100);
}

enum taping { TAPING_NOT, TAPING_BOTH, TAPING_MESSAGE };

/* What threads whose name begins so have written to disks, in octets, by the kernel's account */
static uint64_t disk_octets(const char *name)
{
	uint64_t sum = 0;
	struct dirent *e;
	DIR *d = opendir("/proc/self/task");

	CHECK(d);
	while ((e = readdir(d))) {
		unsigned long long n = 0;
		char path[300], line[64] = "";
		FILE *f;

		snprintf(path, sizeof(path), "/proc/self/task/%s/comm", e->d_name);
		f = fopen(path, "r");
		if (!f)
			continue;
		CHECK(fgets(line, sizeof(line), f));
		fclose(f);
		snprintf(path, sizeof(path), "/proc/self/task/%s/io", e->d_name);
		f = strncmp(line, name, strlen(name)) ? NULL : fopen(path, "r");
		while (f && fgets(line, sizeof(line), f))
			(void)sscanf(line, "write_bytes: %llu", &n);
		if (f)
			fclose(f);
		sum += n;
	}
	closedir(d);
	return sum;
}

/* Both sides of each call go into a file, as when calls are recorded by rule; or what each says
 * into one of its own, as for a mailbox. */
static double recorded_round(const struct load *l, const char *folder, enum codec_id codec,
			     enum taping how)
{
	uint64_t cpu, got;
	char path[128];

	engine_calls(l->sides / 2, codec, codec, false);
	for (unsigned i = 0; how && i < l->sides; i += how == TAPING_BOTH ? 2 : 1) {
		snprintf(path, sizeof(path), "%s/%u.wav", folder, i);
		CHECK(how == TAPING_BOTH ? stream_record_both(sides[i].stream, path)
					 : stream_record(sides[i].stream, path, 60000, 0, ""));
	}
	settle(sides[0].stream);
	cpu = engine_cpu_us(engine);
	got = load_run(l);
	cpu = engine_cpu_us(engine) - cpu;
	worker_octets += disk_octets("media ") - disk_octets("media disk");
	file_octets += disk_octets("media disk");
	engine_end(l->sides);
	return (double)cpu / (double)(got ? got : 1);
}

static double recorded_best(const struct load *l, enum codec_id codec, enum taping how)
{
	double best = 1e9;

	for (int i = 0; i < 3; i++) {
		char folder[] = "/tmp/bench_media_XXXXXX", command[64];
		double v;

		CHECK(mkdtemp(folder));
		v = recorded_round(l, folder, codec, how);
		best = v < best ? v : best;
		snprintf(command, sizeof(command), "rm -r %s", folder);
		CHECK(!system(command));
	}
	return best;
}

static void recording(void)
{
	static struct load l = {.frames = 100};
	double base, both, message;

	load_make(&l, 2 * RECORDED_CALLS, CODEC_PCMU, CODEC_PCMU);
	base = recorded_best(&l, CODEC_PCMU, TAPING_NOT);
	both = recorded_best(&l, CODEC_PCMU, TAPING_BOTH);
	message = recorded_best(&l, CODEC_PCMU, TAPING_MESSAGE);
	bench_line("media.record.bare", base, "us/packet", 0);
	bench_line("media.record.pcmu", both, "us/packet", 15);
	bench_line("media.record.added", both - base, "us/packet", 15);
	bench_line("media.record.message_added", message - base, "us/packet", 15);
	load_make(&l, 2 * OPUS_CALLS, CODEC_OPUS, CODEC_OPUS);
	bench_line("media.record.opus", recorded_best(&l, CODEC_OPUS, TAPING_BOTH), "us/packet",
		   15);
	bench_line("media.record.files", (double)file_octets / 1024,
		   "KiB written by the disk thread", 0);
	printf("{\"bench\":\"media.record.worker_files\",\"value\":%.2f,"
	       "\"unit\":\"KiB written by workers\",\"limit\":0}\n",
	       (double)worker_octets / 1024);
}

static long resident_kb(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long size = 0, pages = 0;

	CHECK(f && fscanf(f, "%ld %ld", &size, &pages) == 2);
	fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void memory(void)
{
	static struct stream *streams[MEMORY];
	struct side s = {0};
	long before;

	engine_open();
	s.fd = socket_open(&s.local);
	before = resident_kb();
	for (unsigned i = 0; i < MEMORY; i++) {
		struct stream_remote r = remote_of(&s, CODEC_PCMU);

		CHECK(!stream_alloc(&streams[i], engine, 1, NULL, NULL));
		stream_update(streams[i], &r);
	}
	settle(streams[MEMORY - 1]);
	bench_line("media.memory.stream", (double)(resident_kb() - before) / MEMORY, "KiB", 64);
	for (unsigned i = 0; i < MEMORY; i++)
		mem_deref(streams[i]);
	close(s.fd);
	engine_end(0);
}

int main(void)
{
	struct rlimit files = {8192, 8192};

	setrlimit(RLIMIT_NOFILE, &files);
	memory(); /* first: later it would find memory that was used before */
	relays();
	transcoding();
	recording();
	return 0;
}
