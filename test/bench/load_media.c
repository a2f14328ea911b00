/**
 * @file load_media.c  Audio of many legs: 50 packets a second each, sent and counted
 *
 * load_media LEGS SECONDS, started by bench_whole_media.py. It opens a socket a leg and prints
 * their ports, one a line; then it reads one line a leg, the program's port for it. Each leg sends
 * G.711 for so long; what arrives is counted, and when it was sent is in its first bytes. The legs
 * are spread over the 20 ms like phones that do not know each other.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LEGS_MAX = 2000, FRAME_US = 20000, SLICE_US = 1000, PACKET = 172, TAIL_US = 500000 };
enum { LATE_MAX = 1000, SLICES = FRAME_US / SLICE_US };

struct leg {
	int fd;
	struct sockaddr_in peer;
	uint16_t seq;
	uint32_t ts;
	uint32_t sent, got;
};

static struct leg legs[LEGS_MAX];
static unsigned leg_count;
static uint64_t late[LATE_MAX]; /* packets by their way's 1/10 ms */

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static int leg_open(struct leg *l)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(a);

	l->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l->fd < 0 || bind(l->fd, (struct sockaddr *)&a, n) ||
	    getsockname(l->fd, (struct sockaddr *)&a, &n))
		return -1;
	l->peer = a;
	return ntohs(a.sin_port);
}

static void leg_say(struct leg *l)
{
	uint8_t b[PACKET] = {0x80, 0};
	uint16_t seq = htons(++l->seq);
	uint32_t ts = htonl(l->ts += 160), ssrc = htonl(0x1000000u + (uint32_t)l->fd);
	uint64_t now = now_us();

	memcpy(b + 2, &seq, sizeof(seq));
	memcpy(b + 4, &ts, sizeof(ts));
	memcpy(b + 8, &ssrc, sizeof(ssrc));
	memset(b + 12, 0xd5, sizeof(b) - 12);
	memcpy(b + 12, &now, sizeof(now));
	l->sent += sendto(l->fd, b, sizeof(b), 0, (struct sockaddr *)&l->peer, sizeof(l->peer)) ==
		   (ssize_t)sizeof(b);
}

static void leg_hear(struct leg *l)
{
	uint8_t b[2048];
	uint64_t then, way;
	ssize_t n;

	while ((n = recv(l->fd, b, sizeof(b), 0)) > 0) {
		if (n != PACKET)
			continue;
		++l->got;
		memcpy(&then, b + 12, sizeof(then));
		way = (now_us() - then) / 100;
		++late[way < LATE_MAX ? way : LATE_MAX - 1];
	}
}

static void slice_run(unsigned slice)
{
	for (unsigned i = slice; i < leg_count; i += SLICES)
		leg_say(&legs[i]);
	/* Two slices later: the program has had its time with these. */
	for (unsigned i = (slice + SLICES - 2) % SLICES; i < leg_count; i += SLICES)
		leg_hear(&legs[i]);
}

static void run(unsigned seconds)
{
	uint64_t at = now_us(), end = at + (uint64_t)seconds * 1000000;

	for (unsigned slice = 0; at < end; slice = (slice + 1) % SLICES) {
		uint64_t now = now_us();

		if (at > now)
			usleep((useconds_t)(at - now));
		slice_run(slice);
		at += SLICE_US;
	}
	usleep(TAIL_US);
	for (unsigned i = 0; i < leg_count; i++)
		leg_hear(&legs[i]);
}

static double late_ms(uint64_t got, double part)
{
	uint64_t sum = 0;
	unsigned i = 0;

	while (i < LATE_MAX - 1 && (double)(sum += late[i]) < part * (double)got)
		i++;
	return (double)(i + 1) / 10;
}

static void report(void)
{
	uint64_t sent = 0, got = 0, deaf = 0;

	for (unsigned i = 0; i < leg_count; i++) {
		sent += legs[i].sent;
		got += legs[i].got;
		deaf += !legs[i].got;
	}
	printf("{\"sent\":%llu,\"got\":%llu,\"deaf\":%llu,\"p50_ms\":%.1f,\"p99_ms\":%.1f}\n",
	       (unsigned long long)sent, (unsigned long long)got, (unsigned long long)deaf,
	       late_ms(got, 0.5), late_ms(got, 0.99));
}

static int peers_read(void)
{
	char line[32];

	for (unsigned i = 0; i < leg_count; i++) {
		long port = fgets(line, sizeof(line), stdin) ? strtol(line, NULL, 10) : 0;

		if (port < 1 || port > UINT16_MAX)
			return -1;
		legs[i].peer.sin_port = htons((uint16_t)port);
	}
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long seconds = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	unsigned long count = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;

	if (count < 1 || count > LEGS_MAX || seconds < 1 || seconds > 600) {
		fputs("load_media LEGS SECONDS\n", stderr);
		return 2;
	}
	for (; leg_count < count; leg_count++) {
		int port = leg_open(&legs[leg_count]);

		if (port < 0)
			return fail("a leg's socket");
		printf("%d\n", port);
	}
	fflush(stdout);
	if (peers_read())
		return fail("the ports of the program");
	run((unsigned)seconds);
	report();
	return 0;
}
