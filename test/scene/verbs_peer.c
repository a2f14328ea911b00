/**
 * @file verbs_peer.c  Real programs of others as phones: sipp, baresip
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "scene.h"

enum { ARGV = WORDS + 1, ARG = 256 };

static int start(struct scene *s, struct step *st)
{
	static char words[ARGV][ARG];
	char *argv[ARGV] = {NULL};

	for (unsigned i = 1; i < st->args; i++) {
		scene_expand(s, words[i], ARG, st->arg[i]);
		argv[i - 1] = words[i];
	}
	return argv[0] ? proc_start(s, st->arg[0], argv) : EINVAL;
}

static void last_words(struct scene *s, const char *name, char *text, size_t size)
{
	char log[256];
	size_t n;
	FILE *f;

	(void)re_snprintf(log, sizeof(log), "%s/%s.log", s->dir, name);
	f = fopen(log, "r");
	text[0] = '\0';
	if (!f)
		return;
	if (fseek(f, -(long)size + 1, SEEK_END))
		rewind(f);
	n = fread(text, 1, size - 1, f);
	text[n] = '\0';
	fclose(f);
}

static int exits(struct scene *s, struct step *st)
{
	const struct proc *p = proc_find(s, st->arg[0]);
	char text[400];

	if (!p)
		return ENOENT;
	if (!p->over)
		return scene_wait(s, "it still runs");
	if (WIFEXITED(p->status) && !WEXITSTATUS(p->status))
		return 0;
	last_words(s, st->arg[0], text, sizeof(text));
	return scene_fail(s, "status 0x%x: %s", (unsigned)p->status, text);
}

/* NAME says TEXT: what a program has printed so far */
static int says(struct scene *s, struct step *st)
{
	char text[65536];

	last_words(s, st->arg[0], text, sizeof(text));
	return strstr(text, st->arg[1]) ? 0 : scene_wait(s, "so far: %.400s", text);
}

static int stop(struct scene *s, struct step *st)
{
	struct proc *p = proc_find(s, st->arg[0]);

	if (!p)
		return ENOENT;
	if (!st->begun && !p->over)
		(void)kill(p->pid, SIGTERM);
	return p->over ? 0 : EAGAIN;
}

/* copy FOLDER to NAME: a program's configuration, with the variables of the scene */
static int file_copy(const struct scene *s, const char *from, const char *to)
{
	char row[512], out[1024];
	FILE *in = fopen(from, "r"), *f = in ? fopen(to, "w") : NULL;

	while (f && fgets(row, sizeof(row), in)) {
		scene_expand(s, out, sizeof(out), row);
		fputs(out, f);
	}
	if (in)
		fclose(in);
	return f && !fclose(f) ? 0 : EIO;
}

static int copy(struct scene *s, struct step *st)
{
	char from[PHONE_URI * 2], to[PHONE_URI * 2], dir[PHONE_URI];
	struct dirent *e;
	DIR *d;
	int err;

	(void)re_snprintf(dir, sizeof(dir), "%s/%s", s->dir, st->arg[1]);
	err = mkdir(dir, 0700) ? errno : 0;
	(void)re_snprintf(from, sizeof(from), "%s/%s", s->source, st->arg[0]);
	d = opendir(from);
	while (d && !err && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		(void)re_snprintf(from, sizeof(from), "%s/%s/%s", s->source, st->arg[0], e->d_name);
		(void)re_snprintf(to, sizeof(to), "%s/%s", dir, e->d_name);
		err = file_copy(s, from, to);
	}
	if (d)
		closedir(d);
	return d ? err : ENOENT;
}

const struct verb peer_verbs[] = {
	{"start ? *", 1000, start}, {"? exits well", 20000, exits}, {"? says ?", 10000, says},
	{"stop ?", 5000, stop},	    {"copy ? to ?", 1000, copy},    {NULL, 0, NULL},
};
