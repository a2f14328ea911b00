/**
 * @file child.c  Untrusted work in a confined process, read through a pipe until a deadline
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <seccomp.h>
#include "child.h"

enum { MIB = 1 << 20, ARGS = 64, FAULTY = 71 };

#if defined(__SANITIZE_ADDRESS__)
enum { WATCHED = 1 };
#else
enum { WATCHED = 0 };
#endif

/** Milliseconds that only go forward */
uint64_t child_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void limit(int what, rlim_t most)
{
	const struct rlimit l = {most, most};

	if (setrlimit((__rlimit_resource_t)what, &l))
		_exit(FAULTY);
}

static void limits_set(const struct child_limits *l)
{
	uint64_t now = child_now();
	rlim_t seconds = l->deadline_ms > now ? (l->deadline_ms - now) / 1000 + 1 : 1;

	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, seconds);
	limit(RLIMIT_NOFILE, 64);
	limit(RLIMIT_FSIZE, 0);
	/* AddressSanitizer reserves terabytes of addresses. */
	if (!WATCHED)
		limit(RLIMIT_AS, (rlim_t)l->memory_mib * MIB);
}

static void fds_set(int in, int out, bool hush)
{
	int null = open("/dev/null", O_WRONLY);

	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(hush ? null : out, 2) < 0)
		_exit(FAULTY);
	if (close_range(3, ~0U, 0))
		_exit(FAULTY);
}

/* For work of our own: what is open is all there is */
static void filter_work(void)
{
	static const int allowed[] = {
		SCMP_SYS(read),		SCMP_SYS(write),       SCMP_SYS(pread64),
		SCMP_SYS(lseek),	SCMP_SYS(fstat),       SCMP_SYS(close),
		SCMP_SYS(newfstatat),	SCMP_SYS(munmap),      SCMP_SYS(mremap),
		SCMP_SYS(brk),		SCMP_SYS(madvise),     SCMP_SYS(futex),
		SCMP_SYS(exit),		SCMP_SYS(writev),      SCMP_SYS(rt_sigreturn),
		SCMP_SYS(exit_group),	SCMP_SYS(getpid),      SCMP_SYS(gettid),
		SCMP_SYS(getrandom),	SCMP_SYS(sigaltstack), SCMP_SYS(rt_sigprocmask),
		SCMP_SYS(rt_sigaction), SCMP_SYS(sched_yield),
	};
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int err = !f;

	for (size_t i = 0; f && i < sizeof(allowed) / sizeof(*allowed); i++)
		err |= seccomp_rule_add(f, SCMP_ACT_ALLOW, allowed[i], 0);
	err |= !f || seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				      SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	err |= !f || seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				      SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (err || seccomp_load(f))
		_exit(FAULTY);
	seccomp_release(f);
}

/* For another program without bubblewrap: it may load its libraries and fonts, and that is all */
static void filter_exec(void)
{
	static const int denied[] = {
		SCMP_SYS(socket),    SCMP_SYS(connect),	       SCMP_SYS(bind),
		SCMP_SYS(ptrace),    SCMP_SYS(kill),	       SCMP_SYS(tgkill),
		SCMP_SYS(fork),	     SCMP_SYS(vfork),	       SCMP_SYS(unlink),
		SCMP_SYS(unlinkat),  SCMP_SYS(rename),	       SCMP_SYS(renameat),
		SCMP_SYS(renameat2), SCMP_SYS(mkdir),	       SCMP_SYS(mkdirat),
		SCMP_SYS(link),	     SCMP_SYS(linkat),	       SCMP_SYS(symlink),
		SCMP_SYS(symlinkat), SCMP_SYS(creat),	       SCMP_SYS(truncate),
		SCMP_SYS(chmod),     SCMP_SYS(fchmodat),       SCMP_SYS(chown),
		SCMP_SYS(fchownat),  SCMP_SYS(mount),	       SCMP_SYS(unshare),
		SCMP_SYS(setns),     SCMP_SYS(io_uring_setup), SCMP_SYS(process_vm_writev),
		SCMP_SYS(openat2),   SCMP_SYS(shmget),	       SCMP_SYS(msgget),
		SCMP_SYS(bpf),	     SCMP_SYS(keyctl),
	};
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	int err = !f;

	for (size_t i = 0; f && i < sizeof(denied) / sizeof(*denied); i++)
		err |= seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), denied[i], 0);
	for (unsigned bit = O_WRONLY; f && bit <= O_RDWR; bit++) {
		err |= seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(openat), 1,
					SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE, bit));
		err |= seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(open), 1,
					SCMP_A1(SCMP_CMP_MASKED_EQ, O_ACCMODE, bit));
	}
	if (err || seccomp_load(f))
		_exit(FAULTY);
	seccomp_release(f);
}

static const char *const wrap[] = {
	"--unshare-all",
	"--die-with-parent",
	"--new-session",
	"--clearenv",
	"--cap-drop",
	"ALL",
	"--ro-bind",
	"/usr",
	"/usr",
	"--symlink",
	"usr/lib",
	"/lib",
	"--symlink",
	"usr/lib64",
	"/lib64",
	"--ro-bind-try",
	"/etc/fonts",
	"/etc/fonts",
	"--ro-bind-try",
	"/var/cache/fontconfig",
	"/var/cache/fontconfig",
	"--proc",
	"/proc",
	"--dev",
	"/dev",
	"--tmpfs",
	"/tmp",
	"--chdir",
	"/",
	"--setenv",
	"PATH",
	"/usr/bin",
	"--setenv",
	"LC_ALL",
	"C",
};

static void exec_wrapped(const char *bwrap, const char *const *argv)
{
	const char *all[ARGS] = {bwrap};
	size_t n = 1;

	for (size_t i = 0; i < sizeof(wrap) / sizeof(*wrap); i++)
		all[n++] = wrap[i];
	for (; *argv && n + 1 < ARGS; argv++)
		all[n++] = *argv;
	execv(bwrap, (char *const *)(uintptr_t)all);
	_exit(FAULTY);
}

static void exec_filtered(const char *const *argv)
{
	static char *const env[] = {"PATH=/usr/bin", "LC_ALL=C", "HOME=/nonexistent", NULL};

	if (chdir("/"))
		_exit(FAULTY);
	filter_exec();
	execve(argv[0], (char *const *)(uintptr_t)argv, env);
	_exit(FAULTY);
}

/** Whether bubblewrap can make its rooms here: some containers forbid it */
bool child_bwrap_works(const char *bwrap)
{
	int status = -1;
	pid_t pid;

	if (!bwrap || access(bwrap, X_OK))
		return false;
	pid = fork();
	if (!pid) {
		const char *argv[] = {"/usr/bin/true", NULL};
		int null = open("/dev/null", O_RDWR);

		fds_set(null, null, true);
		exec_wrapped(bwrap, argv);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static enum refusal start(struct child *c, const struct child_limits *limits, int pipe_fds[2])
{
	memset(c, 0, offsetof(struct child, buf));
	c->at = c->filled = 0;
	c->late = false;
	c->limits = limits;
	if (pipe2(pipe_fds, O_CLOEXEC))
		return REFUSE_SYSTEM;
	fflush(stdout);
	c->pid = fork();
	if (c->pid < 0) {
		close(pipe_fds[0]);
		close(pipe_fds[1]);
		return REFUSE_SYSTEM;
	}
	return REFUSE_NOTHING;
}

static void confine(const struct child_limits *limits)
{
	setpgid(0, 0);
	limits_set(limits);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_PDEATHSIG, SIGKILL))
		_exit(FAULTY);
}

/**
 * Runs another program on a document
 *
 * @param c      Result; child_end()
 * @param limits Must live as long
 * @param in     The document, open for reading; its position is put to the beginning
 * @param argv   Program by its whole path, and arguments
 */
enum refusal child_exec(struct child *c, const struct child_limits *limits, int in,
			const char *const *argv)
{
	int fds[2];
	enum refusal r = start(c, limits, fds);

	if (r)
		return r;
	if (!c->pid) {
		(void)lseek(in, 0, SEEK_SET);
		confine(limits);
		fds_set(in, fds[1], false);
		if (limits->bwrap)
			exec_wrapped(limits->bwrap, argv);
		exec_filtered(argv);
	}
	close(fds[1]);
	c->out = fds[0];
	return REFUSE_NOTHING;
}

/** Runs work of our own on a document, in a process that can only read it and write pages */
enum refusal child_work(struct child *c, const struct child_limits *limits, int in, child_work_h *h,
			void *arg)
{
	int fds[2];
	enum refusal r = start(c, limits, fds);

	if (r)
		return r;
	if (!c->pid) {
		(void)lseek(in, 0, SEEK_SET);
		confine(limits);
		fds_set(in, fds[1], true);
		filter_work();
		_exit(h(arg));
	}
	close(fds[1]);
	c->out = fds[0];
	return REFUSE_NOTHING;
}

static bool fill(struct child *c)
{
	struct pollfd p = {c->out, POLLIN, 0};
	uint64_t now = child_now();
	ssize_t n;

	if (now >= c->limits->deadline_ms ||
	    poll(&p, 1, (int)(c->limits->deadline_ms - now)) <= 0) {
		c->late = true;
		return false;
	}
	n = read(c->out, c->buf, sizeof(c->buf));
	c->at = 0;
	c->filled = n > 0 ? (size_t)n : 0;
	return n > 0;
}

/** The next octet, or -1 at the end or the deadline */
int child_byte(struct child *c)
{
	if (c->at == c->filled && !fill(c))
		return -1;
	return c->buf[c->at++];
}

/** All that has come, at least one octet, valid until the next read; 0 at the end or too late */
size_t child_block(struct child *c, const uint8_t **block)
{
	size_t n;

	if (c->at == c->filled && !fill(c))
		return 0;
	*block = c->buf + c->at;
	n = c->filled - c->at;
	c->at = c->filled;
	return n;
}

/** Exactly n octets; false if they do not come */
bool child_read(struct child *c, void *to, size_t n)
{
	uint8_t *p = to;

	while (n) {
		size_t part = c->filled - c->at;

		if (!part && !fill(c))
			return false;
		part = c->filled - c->at;
		part = part < n ? part : n;
		memcpy(p, c->buf + c->at, part);
		c->at += part;
		p += part;
		n -= part;
	}
	return true;
}

/* It may just be about to end by itself, once its pipe was read to the end */
static int wait_end(struct child *c)
{
	int status = 0;

	for (unsigned i = 0; i < 200 && !c->late; i++) {
		if (waitpid(c->pid, &status, WNOHANG) == c->pid)
			return status;
		usleep(1000);
	}
	kill(-c->pid, SIGKILL);
	kill(c->pid, SIGKILL);
	waitpid(c->pid, &status, 0);
	return status;
}

/** Ends a child, at once if it still runs; how it went */
enum refusal child_end(struct child *c)
{
	int status, code;

	close(c->out);
	status = wait_end(c);
	/* bubblewrap tells the signal of what it ran as 128 and its number */
	code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	if (c->late || code == 128 + SIGXCPU || code == 128 + SIGKILL)
		return REFUSE_SLOW;
	if (code == FAULTY)
		return REFUSE_SYSTEM;
	if (code > 128)
		return REFUSE_COMPLEX;
	if (code == CHILD_LARGE)
		return REFUSE_LARGE;
	if (code == CHILD_PART)
		return REFUSE_PART;
	return code ? REFUSE_DAMAGED : REFUSE_NOTHING;
}
