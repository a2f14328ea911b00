/**
 * @file faxworker_process.c  Tests the worker as a process: its orders, its sockets, its sandbox,
 * its end
 */
#include <stdarg.h>
#include <stdbool.h>
#include <setjmp.h>
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <cmocka.h>
#include <jansson.h>
#include "fax_pages.h"
#include "machine.h"
#include "pipe_sound.h"

enum { NEWS = 64, WAIT_MS = 60000 };

struct child {
	pid_t pid;
	int in, out, audio, t38; /* our ends; t38 is the child's, kept for its address      */
	char line[8192];
	size_t filled;
	json_t *news;
};

static char dir[64], sent[96], got[96];

static int open_folder(void **state)
{
	signal(SIGPIPE, SIG_IGN);
	snprintf(dir, sizeof(dir), "/tmp/fax_process.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(sent, sizeof(sent), "%s/sent.tif", dir);
	snprintf(got, sizeof(got), "%s/got.tif", dir);
	return 0;
}

static int close_folder(void **state)
{
	unlink(sent);
	unlink(got);
	return rmdir(dir);
}

static int udp_open(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&any, sizeof(any)), 0);
	return fd;
}

static unsigned port_of(int fd)
{
	struct sockaddr_in a;
	socklen_t n = sizeof(a);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	return ntohs(a.sin_port);
}

static void run_child(int in, int out, int audio, int t38)
{
	/* out of the way of 3 and 4 first */
	int a = fcntl(audio, F_DUPFD, 20), t = fcntl(t38, F_DUPFD, 20);

	dup2(in, 0);
	dup2(out, 1);
	dup2(a, 3);
	dup2(t, 4);
	for (int fd = 5; fd < 64; fd++)
		close(fd);
	execl(FAX_WORKER, FAX_WORKER, (char *)NULL);
	_exit(127);
}

static void tell(struct child *c, const char *line)
{
	assert_int_equal(write(c->in, line, strlen(line)), strlen(line));
	assert_int_equal(write(c->in, "\n", 1), 1);
}

static void start_with(struct child *c, const char *order)
{
	int in[2], out[2], audio[2];

	memset(c, 0, sizeof(*c));
	c->news = json_array();
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, audio), 0);
	c->t38 = udp_open();
	c->pid = fork();
	assert_true(c->pid >= 0);
	if (!c->pid)
		run_child(in[0], out[1], audio[1], c->t38);
	close(in[0]);
	close(out[1]);
	close(audio[1]);
	c->in = in[1];
	c->out = out[0];
	c->audio = audio[0];
	tell(c, order);
}

static void start(struct child *c, bool sends)
{
	char order[400];

	snprintf(order, sizeof(order),
		 "{\"send\":%s,\"file\":\"%s\",\"ident\":\"+1%d\",\"audioFd\":3,\"t38Fd\":4}",
		 sends ? "true" : "false", sends ? sent : got, sends ? 415 : 628);
	start_with(c, order);
}

static void lines_take(struct child *c)
{
	char *end;

	while ((end = memchr(c->line, '\n', c->filled))) {
		json_t *o = json_loadb(c->line, (size_t)(end - c->line), 0, NULL);

		assert_non_null(o);
		json_array_append_new(c->news, o);
		c->filled -= (size_t)(end + 1 - c->line);
		memmove(c->line, end + 1, c->filled);
	}
}

/* Reads what is there, waiting at most so long; false at its end */
static bool news_read(struct child *c, int wait_ms)
{
	struct pollfd p = {c->out, POLLIN, 0};
	ssize_t n;

	if (poll(&p, 1, wait_ms) <= 0)
		return true;
	n = read(c->out, c->line + c->filled, sizeof(c->line) - c->filled);
	if (n <= 0)
		return false;
	c->filled += (size_t)n;
	lines_take(c);
	return true;
}

static const json_t *news_find(const struct child *c, const char *event)
{
	const json_t *o;
	size_t i;

	json_array_foreach(c->news, i, o)
	{
		if (!strcmp(json_string_value(json_object_get(o, "event")), event))
			return o;
	}
	return NULL;
}

static const json_t *news_wait(struct child *c, const char *event)
{
	for (int ms = 0; ms < WAIT_MS && !news_find(c, event); ms += 100) {
		if (!news_read(c, 100))
			break;
	}
	if (!news_find(c, event))
		fail_msg("no news of %s", event);
	return news_find(c, event);
}

static int child_end(struct child *c)
{
	int status;

	close(c->in);
	while (news_read(c, WAIT_MS))
		;
	assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
	close(c->out);
	close(c->audio);
	close(c->t38);
	json_decref(c->news);
	return status;
}

static int integer(const json_t *o, const char *key)
{
	return (int)json_integer_value(json_object_get(o, key));
}

/* What each says in a message the other hears next; as fast as they go */
static void talk(struct child *a, struct child *b)
{
	struct pipe_sound from_a = {0}, from_b = {0};

	while (!news_find(a, "result") || !news_find(b, "result")) {
		assert_int_equal(send(a->audio, &from_b, sizeof(from_b), 0), sizeof(from_b));
		assert_int_equal(send(b->audio, &from_a, sizeof(from_a), 0), sizeof(from_a));
		assert_int_equal(recv(a->audio, &from_a, sizeof(from_a), 0), sizeof(from_a));
		assert_int_equal(recv(b->audio, &from_b, sizeof(from_b), 0), sizeof(from_b));
		(void)news_read(a, 0);
		(void)news_read(b, 0);
	}
}

static void a_fax_goes_by_audio(void **state)
{
	struct child from, to;
	const json_t *end;

	pages_write(sent, 3, true);
	start(&from, true);
	start(&to, false);
	talk(&from, &to);
	end = news_find(&from, "result");
	assert_true(json_is_true(json_object_get(end, "ok")));
	assert_int_equal(integer(end, "pages"), 3);
	assert_int_equal(integer(end, "rate"), 14400);
	assert_true(json_is_true(json_object_get(end, "ecm")));
	assert_string_equal(json_string_value(json_object_get(end, "ident")), "+1628");
	assert_non_null(news_find(&to, "negotiated"));
	assert_int_equal(integer(news_find(&to, "page"), "width"), PAGE_WIDTH);
	assert_int_equal(child_end(&from), 0);
	assert_int_equal(child_end(&to), 0);
	assert_int_equal(pages_same(got, 0, true), 3);
}

static void to_t38(struct child *c, unsigned port)
{
	char order[200];

	snprintf(order, sizeof(order),
		 "{\"t38\":{\"address\":\"127.0.0.1\",\"port\":%u,\"maxDatagram\":400}}", port);
	tell(c, order);
}

/* Numbers far ahead: taken for the peer's, the fax would be lost */
static void strangers_send(unsigned port)
{
	struct sockaddr_in other = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, "127.0.0.66", &other.sin_addr);
	assert_int_equal(bind(fd, (struct sockaddr *)&other, sizeof(other)), 0);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((uint16_t)port);
	for (unsigned i = 0; i < 200; i++)
		sendto(fd, (uint8_t[]){0x7f, (uint8_t)i, 1, 6, 0, 0}, 6, 0, (struct sockaddr *)&to,
		       sizeof(to));
	close(fd);
}

static void a_fax_goes_by_t38_and_strangers_are_not_heard(void **state)
{
	struct child from, to;
	const json_t *end;

	pages_write(sent, 1, false);
	start(&from, true);
	start(&to, false);
	news_wait(&to, "ready");
	to_t38(&to, port_of(from.t38));
	strangers_send(port_of(to.t38));
	to_t38(&from, port_of(to.t38));
	end = news_wait(&from, "result");
	assert_true(json_is_true(json_object_get(end, "ok")));
	assert_true(json_is_true(json_object_get(end, "t38")));
	assert_int_equal(integer(end, "pages"), 1);
	assert_true(json_is_true(json_object_get(news_wait(&to, "result"), "ok")));
	assert_int_equal(child_end(&from), 0);
	assert_int_equal(child_end(&to), 0);
	assert_int_equal(pages_same(got, 0, false), 1);
}

/* What comes in one piece with the first order is not lost with it */
static void an_order_right_behind_the_first_is_heard(void **state)
{
	struct child c;
	char orders[400];

	snprintf(orders, sizeof(orders),
		 "{\"send\":false,\"file\":\"%s\",\"ident\":\"+1\",\"audioFd\":3}\n"
		 "{\"ask\":true}",
		 got);
	start_with(&c, orders);
	assert_non_null(news_wait(&c, "here"));
	child_end(&c);
}

static void orders_that_make_no_sense_are_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"[]",
		"{}",
		"{\"send\":true}",
		"{\"send\":1,\"file\":\"x\",\"ident\":\"1\"}",
		"{\"send\":true,\"file\":\"/nowhere/x.tif\",\"ident\":\"1\",\"audioFd\":3}",
		"{\"send\":true,\"file\":\"x\",\"ident\":\"123456789012345678901\",\"audioFd\":3}",
		"{\"send\":true,\"file\":\"x\",\"ident\":\"1\"}",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct child c;

		start_with(&c, bad[i]);
		assert_non_null(news_wait(&c, "fault"));
		assert_int_equal(WEXITSTATUS(child_end(&c)), 2);
	}
}

static void a_later_fault_does_no_harm(void **state)
{
	struct child c;

	start(&c, false);
	news_wait(&c, "ready");
	tell(&c, "nonsense");
	tell(&c, "{\"t38\":{\"address\":\"nowhere\",\"port\":1}}");
	news_wait(&c, "fault");
	tell(&c, "{\"hangup\":true}");
	assert_false(json_is_true(json_object_get(news_wait(&c, "result"), "ok")));
	assert_int_equal(child_end(&c), 0);
}

static void asked_it_says_that_it_goes_on(void **state)
{
	struct child c;

	start(&c, false);
	news_wait(&c, "ready");
	assert_null(news_find(&c, "here"));
	tell(&c, "{\"ask\":true}");
	news_wait(&c, "here");
	tell(&c, "{\"hangup\":true}");
	news_wait(&c, "result");
	assert_int_equal(child_end(&c), 0);
}

static void it_does_not_outlive_who_started_it(void **state)
{
	struct child c;

	start(&c, false);
	news_wait(&c, "ready");
	assert_int_equal(child_end(&c), 0);
}

static void killed_in_a_page_it_leaves_what_was_confirmed(void **state)
{
	struct pipe_sound from_a = {0}, from_b = {0};
	struct child from, to;

	pages_write(sent, 3, false);
	start(&from, true);
	start(&to, false);
	while (!news_find(&from, "page")) {
		send(from.audio, &from_b, sizeof(from_b), 0);
		send(to.audio, &from_a, sizeof(from_a), 0);
		assert_int_equal(recv(from.audio, &from_a, sizeof(from_a), 0), sizeof(from_a));
		assert_int_equal(recv(to.audio, &from_b, sizeof(from_b), 0), sizeof(from_b));
		(void)news_read(&from, 0);
		(void)news_read(&to, 0);
	}
	kill(from.pid, SIGKILL);
	tell(&to, "{\"hangup\":true}");
	assert_false(json_is_true(json_object_get(news_wait(&to, "result"), "ok")));
	assert_int_equal(integer(news_find(&to, "result"), "pages"), 1);
	assert_int_equal(WTERMSIG(child_end(&from)), SIGKILL);
	assert_int_equal(child_end(&to), 0);
	assert_int_equal(pages_same(got, 0, false), 1);
}

static unsigned open_files(pid_t pid)
{
	char path[64];
	DIR *d;
	unsigned n = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	d = opendir(path);
	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

/* Three of its own, two sockets, the fax; nothing that was left open around it */
static void it_keeps_nothing_open_of_its_parent(void **state)
{
	struct child c;
	int left = fcntl(0, F_DUPFD, 70); /* run_child() closes up to 63 */

	start(&c, false);
	news_wait(&c, "ready");
	assert_int_equal(open_files(c.pid), 6);
	close(left);
	child_end(&c);
}

/* The kernel tells: a filter is in force (2), and no new privileges are to be had */
static void the_sandbox_is_closed(void **state)
{
	char file[64], text[4096];
	struct child c;
	ssize_t n;
	int fd;

	start(&c, false);
	news_wait(&c, "ready");
	snprintf(file, sizeof(file), "/proc/%d/status", (int)c.pid);
	fd = open(file, O_RDONLY);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	assert_true(n > 0);
	text[n] = '\0';
	assert_non_null(strstr(text, "Seccomp:\t2"));
	assert_non_null(strstr(text, "NoNewPrivs:\t1"));
	child_end(&c);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, open_folder, close_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_fax_goes_by_audio),
		IN_FOLDER(a_fax_goes_by_t38_and_strangers_are_not_heard),
		IN_FOLDER(an_order_right_behind_the_first_is_heard),
		IN_FOLDER(orders_that_make_no_sense_are_refused),
		IN_FOLDER(a_later_fault_does_no_harm),
		IN_FOLDER(asked_it_says_that_it_goes_on),
		IN_FOLDER(it_does_not_outlive_who_started_it),
		IN_FOLDER(killed_in_a_page_it_leaves_what_was_confirmed),
		IN_FOLDER(the_sandbox_is_closed),
		IN_FOLDER(it_keeps_nothing_open_of_its_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
