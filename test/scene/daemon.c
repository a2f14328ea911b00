/**
 * @file daemon.c  Starting and ending the program under test
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <re.h>
#include "daemon.h"

/* Below the range from which the system takes ports, so that nothing else gets them by chance. */
enum { SLOTS = 40, PORTS_FIRST = 21000, PORTS_PER_SLOT = 250, RTP_OFFSET = 12 };

static void destructor(void *arg)
{
	struct daemon *d = arg;

	if (d->pid > 0)
		(void)daemon_stop(d, SIGKILL, 5000);
	if (d->clock)
		munmap(d->clock, sizeof(*d->clock));
	if (d->slot_fd >= 0)
		close(d->slot_fd);
}

static bool port_free(uint16_t port, int type)
{
	struct sockaddr_in sin = {.sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int one = 1, fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	bool ok;

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	ok = fd >= 0 && !bind(fd, (struct sockaddr *)&sin, sizeof(sin));
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool slot_take(struct daemon *d, unsigned i)
{
	uint16_t port = (uint16_t)(PORTS_FIRST + i * PORTS_PER_SLOT);
	char lock[64];

	(void)re_snprintf(lock, sizeof(lock), "/tmp/carillon-scene-%u-%u.lock", getuid(), i);
	d->slot_fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (d->slot_fd >= 0 && !flock(d->slot_fd, LOCK_EX | LOCK_NB)) {
		bool ok = port_free(port + 2, SOCK_DGRAM);

		for (uint16_t p = port; p < port + 4; p++)
			ok = ok && port_free(p, SOCK_STREAM);
		if (ok) {
			d->http = port;
			d->https = port + 1;
			d->sip = port + 2;
			d->sips = port + 3;
			d->rtp_first = port + RTP_OFFSET;
			d->rtp_last = port + PORTS_PER_SLOT - 1;
			return true;
		}
	}
	if (d->slot_fd >= 0)
		close(d->slot_fd);
	d->slot_fd = -1;
	return false;
}

static int clock_map(struct daemon *d)
{
	char file[160];
	void *p;
	int fd;

	(void)re_snprintf(file, sizeof(file), "%s/clock", d->dir);
	fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	p = ftruncate(fd, sizeof(uint64_t))
		    ? MAP_FAILED
		    : mmap(NULL, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return errno;
	d->clock = p;
	return 0;
}

/**
 * Reserves ports for a program that is started later
 *
 * @param dp      The new daemon
 * @param program Path of carillon
 * @param dir     Existing folder of the scene
 *
 * @return 0, EADDRINUSE or errno
 */
int daemon_alloc(struct daemon **dp, const char *program, const char *dir)
{
	struct daemon *d = mem_zalloc(sizeof(*d), destructor);
	unsigned first = (unsigned)getpid();
	bool taken = false;
	int err;

	if (!d)
		return ENOMEM;
	d->program = program;
	d->slot_fd = -1;
	str_ncpy(d->dir, dir, sizeof(d->dir));
	for (unsigned i = 0; i < SLOTS && !taken; i++)
		taken = slot_take(d, (first + i) % SLOTS);
	err = taken ? clock_map(d) : EADDRINUSE;
	if (err)
		mem_deref(d);
	else
		*dp = d;
	return err;
}

static void variable(const char *name, const char *fmt, ...)
{
	char value[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	setenv(name, value, 1);
}

static void variables(const struct daemon *d)
{
	variable("CARILLON_DATA", "%s/data", d->dir);
	variable("CARILLON_CLOCK_FILE", "%s/clock", d->dir);
	variable("CARILLON_BIND", "127.0.0.1");
	variable("CARILLON_HTTP_PORT", "%u", d->http);
	variable("CARILLON_HTTPS_PORT", "%u", d->https);
	variable("CARILLON_SIP_PORT", "%u", d->sip);
	variable("CARILLON_SIPS_PORT", "%u", d->sips);
	variable("CARILLON_RTP_PORTS", "%u-%u", d->rtp_first, d->rtp_last);
	variable("CARILLON_MAIL_HOST", "127.0.0.1");
	variable("CARILLON_MAIL_PORT", "%u", d->http + SMTP);
	variable("CARILLON_MAIL_FROM", "pbx@northwind.localhost");
	variable("CARILLON_MAIL_CA", "%s/mail/cert.pem", d->dir);
	setenv("CARILLON_LOG", "info", 0);
	setenv("ASAN_OPTIONS", "detect_leaks=1:abort_on_error=0:exitcode=99", 0);
}

static void child(const struct daemon *d)
{
	char log[160];
	int fd;

	(void)re_snprintf(log, sizeof(log), "%s/daemon.log", d->dir);
	fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd < 0)
		_exit(126);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	variables(d);
	execl(d->program, "carillon", "demo", NULL);
	_exit(127);
}

/** Starts the program; daemon_ready() tells when it is there */
int daemon_start(struct daemon *d)
{
	char log[160];

	if (d->pid > 0)
		return EALREADY;
	(void)re_snprintf(log, sizeof(log), "%s/daemon.log", d->dir);
	if (truncate(log, 0) && errno != ENOENT)
		return errno;
	d->pid = fork();
	if (d->pid == 0)
		child(d);
	return d->pid < 0 ? errno : 0;
}

static bool log_has(const struct daemon *d, const char *text, unsigned *count)
{
	char name[160], row[1024];
	bool found = false;
	FILE *f;

	(void)re_snprintf(name, sizeof(name), "%s/daemon.log", d->dir);
	f = fopen(name, "r");
	while (f && fgets(row, sizeof(row), f)) {
		if (strstr(row, text)) {
			found = true;
			if (count)
				++*count;
		}
	}
	if (f)
		fclose(f);
	return found;
}

/** 0 when the program is there, EAGAIN when not yet, ECHILD when it has ended */
int daemon_ready(struct daemon *d)
{
	int status;

	if (log_has(d, "carillon.ready", NULL))
		return 0;
	return daemon_dead(d, &status) ? ECHILD : EAGAIN;
}

/** True when the program has ended by itself */
bool daemon_dead(struct daemon *d, int *status)
{
	if (d->pid <= 0 || waitpid(d->pid, status, WNOHANG) != d->pid)
		return false;
	d->pid = 0;
	return true;
}

/**
 * Ends the program
 *
 * @param d   Daemon
 * @param sig SIGTERM, or SIGKILL
 * @param ms  Patience; it is killed afterwards
 *
 * @return 0, ETIMEDOUT when it had to be killed, EPROTO when its exit code was not 0
 */
int daemon_stop(struct daemon *d, int sig, unsigned ms)
{
	struct timespec pause = {.tv_nsec = 10000000};
	bool patient = sig != SIGKILL;
	int status = 0;

	if (d->pid <= 0)
		return 0;
	(void)kill(d->pid, sig);
	for (unsigned waited = 0; waited < ms; waited += 10) {
		if (daemon_dead(d, &status))
			return patient && status ? EPROTO : 0;
		nanosleep(&pause, NULL);
	}
	(void)kill(d->pid, SIGKILL);
	(void)waitpid(d->pid, &status, 0);
	d->pid = 0;
	return ETIMEDOUT;
}

/** How many lines of its log are errors, or a sanitizer's */
unsigned daemon_complaints(const struct daemon *d)
{
	unsigned n = 0;

	(void)log_has(d, " error ", &n);
	(void)log_has(d, "ERROR: AddressSanitizer", &n);
	(void)log_has(d, "runtime error:", &n);
	return n;
}

/** What the program's clock says, in wall ms */
uint64_t daemon_wall_ms(const struct daemon *d)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000 +
	       __atomic_load_n(d->clock, __ATOMIC_RELAXED);
}

/** Moves the program's clock */
void daemon_clock_add(struct daemon *d, uint64_t ms)
{
	(void)__atomic_add_fetch(d->clock, ms, __ATOMIC_RELAXED);
}
