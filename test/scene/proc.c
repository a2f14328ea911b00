/**
 * @file proc.c  Other programs that take part in a scene: sipp, baresip
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "scene.h"

/** A program of the scene by its name */
struct proc *proc_find(struct scene *s, const char *name)
{
	for (unsigned i = 0; i < PROCS; i++) {
		if (s->procs[i].name[0] && !strcmp(s->procs[i].name, name))
			return &s->procs[i];
	}
	return NULL;
}

static void child(const struct scene *s, const char *name, char *const argv[])
{
	char log[256];
	int fd, null = open("/dev/null", O_RDONLY);

	(void)re_snprintf(log, sizeof(log), "%s/%s.log", s->dir, name);
	fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd < 0 || null < 0 || chdir(s->dir))
		_exit(126);
	dup2(null, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	execvp(argv[0], argv);
	_exit(127);
}

/** Starts a program; what it says goes into NAME.log in the scene's folder */
int proc_start(struct scene *s, const char *name, char *const argv[])
{
	struct proc *p = proc_find(s, name);

	for (unsigned i = 0; i < PROCS && !p; i++)
		p = s->procs[i].name[0] ? NULL : &s->procs[i];
	if (!p || (p->pid > 0 && !p->over))
		return EBUSY;
	memset(p, 0, sizeof(*p));
	str_ncpy(p->name, name, sizeof(p->name));
	p->pid = fork();
	if (p->pid == 0)
		child(s, name, argv);
	return p->pid < 0 ? errno : 0;
}

/** Notes which programs have ended */
void proc_poll(struct scene *s)
{
	for (unsigned i = 0; i < PROCS; i++) {
		struct proc *p = &s->procs[i];

		if (p->pid > 0 && !p->over && waitpid(p->pid, &p->status, WNOHANG) == p->pid)
			p->over = true;
	}
}

/** Ends every program that still runs */
void proc_stop_all(struct scene *s)
{
	for (unsigned i = 0; i < PROCS; i++) {
		struct proc *p = &s->procs[i];

		if (p->pid > 0 && !p->over) {
			(void)kill(p->pid, SIGKILL);
			(void)waitpid(p->pid, &p->status, 0);
			p->over = true;
		}
	}
}
