/**
 * @file fax_process.c  The process of a fax line: started, told, heard, ended
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
#include "fax_process.h"
#include "log.h"
#include "own.h"

enum { LINE = 4096 };

struct fax_process {
	pid_t pid;
	int in, out; /* our ends */
	fax_process_h *h;
	void *arg;
	char line[LINE];
	size_t filled;
};

static void process_destructor(void *arg)
{
	struct fax_process *p = arg;

	if (p->out >= 0) {
		fd_close(p->out);
		close(p->out);
	}
	if (p->in >= 0)
		close(p->in);
	if (p->pid > 0) {
		kill(p->pid, SIGKILL);
		(void)waitpid(p->pid, NULL, 0);
	}
}

/* Whole lines are handed on; one that never ends is no line of ours */
static void lines_take(struct fax_process *p)
{
	char *end;

	while ((end = memchr(p->line, '\n', p->filled))) {
		*end = '\0';
		p->h(p->line, p->arg);
		p->filled -= (size_t)(end + 1 - p->line);
		memmove(p->line, end + 1, p->filled);
	}
	if (p->filled == sizeof(p->line))
		p->filled = 0;
}

static void on_output(int flags, void *arg)
{
	struct fax_process *p = mem_ref(arg);
	ssize_t n = read(p->out, p->line + p->filled, sizeof(p->line) - p->filled);

	if (n > 0) {
		p->filled += (size_t)n;
		lines_take(p);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		fd_close(p->out);
		close(p->out);
		p->out = -1;
		p->h(NULL, p->arg);
	}
	mem_deref(p);
}

/* Numbers 3 and 4 in the child; ours lie above, so that none is overwritten before it is copied */
static int actions_make(posix_spawn_file_actions_t *a, int in, int out, int audio, int t38)
{
	int err = posix_spawn_file_actions_init(a);

	err = err ? err : posix_spawn_file_actions_adddup2(a, in, STDIN_FILENO);
	err = err ? err : posix_spawn_file_actions_adddup2(a, out, STDOUT_FILENO);
	err = err ? err : posix_spawn_file_actions_adddup2(a, audio, 3);
	if (!err && t38 >= 0)
		err = posix_spawn_file_actions_adddup2(a, t38, 4);
	return err;
}

static int lifted(int *fd)
{
	int high = *fd < 0 ? -1 : fcntl(*fd, F_DUPFD_CLOEXEC, 10);

	if (*fd >= 0 && high < 0)
		return errno;
	*fd = high;
	return 0;
}

static int spawn(struct fax_process *p, const char *program, int in, int out, int audio, int t38)
{
	char *const argv[] = {(char *)(uintptr_t)program, NULL};
	char *const env[] = {NULL};
	posix_spawn_file_actions_t a;
	posix_spawnattr_t attr;
	sigset_t none;
	int fds[] = {in, out, audio, t38}, err = 0;

	for (size_t i = 0; i < COUNT(fds); i++)
		err |= lifted(&fds[i]);
	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	err = err ? err : actions_make(&a, fds[0], fds[1], fds[2], fds[3]);
	if (!err) {
		err = posix_spawn(&p->pid, program, &a, &attr, argv, env);
		posix_spawn_file_actions_destroy(&a);
	}
	posix_spawnattr_destroy(&attr);
	for (size_t i = 0; i < COUNT(fds); i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
	return err;
}

/**
 * Starts a process
 *
 * @param pp      Result; dropping it kills the process
 * @param program Path of fax-worker
 * @param audio   Socket of sound; copied
 * @param t38     Socket of T.38 packets, or -1; copied
 * @param h       Gets its lines
 * @param arg     Its argument
 *
 * @return 0 or errno
 */
int fax_process_start(struct fax_process **pp, const char *program, int audio, int t38,
		      fax_process_h *h, void *arg)
{
	AUTO struct fax_process *p = mem_zalloc(sizeof(*p), process_destructor);
	int in[2] = {-1, -1}, out[2] = {-1, -1}, err;

	if (!p)
		return ENOMEM;
	p->in = p->out = -1;
	p->h = h;
	p->arg = arg;
	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		err = errno;
	else
		err = spawn(p, program, in[0], out[1], audio, t38);
	p->in = in[1];
	p->out = out[0];
	if (in[0] >= 0)
		close(in[0]);
	if (out[1] >= 0)
		close(out[1]);
	if (!err && (fcntl(p->in, F_SETFL, O_NONBLOCK) || fcntl(p->out, F_SETFL, O_NONBLOCK)))
		err = errno;
	if (!err)
		err = fd_listen(p->out, FD_READ, on_output, p);
	if (err)
		return err;
	*pp = TAKE(p);
	return 0;
}

/** Tells the process a line; the few there are fit into the pipe. 0 or errno */
int fax_process_tell(struct fax_process *p, const char *line)
{
	size_t n = strlen(line);
	ssize_t written = write(p->in, line, n);

	return written == (ssize_t)n ? 0 : written < 0 ? errno : EIO;
}
