/**
 * @file main.c  scene [--first] --carillon PROGRAM FILE.scene...: runs scenes against the real
 * program
 *
 * --first: its programs go before all others where that is allowed, for sound that suffers no gap.
 * Each scene gets a program of its own with fresh data, in a folder that stays when the scene
 * fails. SCENE_VERBOSE=1 prints the statements as they run, SCENE_KEEP=1 keeps the folder.
 */
#include <errno.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "scene.h"

enum { STOP_MS = 10000, SETTLE_MS = 150, FDS = 1024, TAIL = 4000 };

static int unlink_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)remove(path);
	return 0;
}

static void log_tail(const struct scene *s)
{
	char name[160], text[TAIL + 1];
	size_t n;
	FILE *f;

	(void)re_snprintf(name, sizeof(name), "%s/daemon.log", s->dir);
	f = fopen(name, "r");
	if (!f)
		return;
	if (fseek(f, -TAIL, SEEK_END))
		rewind(f);
	n = fread(text, 1, TAIL, f);
	text[n] = '\0';
	fprintf(stderr, "--- end of %s\n%s--- messages in %s/sip.log\n", name, text, s->dir);
	fclose(f);
}

static void settled(void *arg)
{
	re_cancel();
}

/* Everybody hangs up; then the daemon must end at once and without a complaint. */
static int scene_close(struct scene *s)
{
	struct tmr tmr;
	int err;

	proc_stop_all(s);
	list_flush(&s->phones);
	tmr_init(&tmr);
	tmr_start(&tmr, SETTLE_MS, settled, NULL);
	(void)re_main(NULL);
	tmr_cancel(&tmr);
	if (s->d->pid <= 0)
		return 0;
	err = daemon_stop(s->d, SIGTERM, STOP_MS);
	if (err)
		fprintf(stderr, "%s: the daemon did not end well: %s\n", s->file,
			err == ETIMEDOUT ? "it had to be killed" : "exit code");
	if (!err && daemon_complaints(s->d)) {
		fprintf(stderr, "%s: errors in the daemon's log\n", s->file);
		err = EPROTO;
	}
	return err;
}

static int scene_open(struct scene *s, const char *program)
{
	char trace[160];
	int err;

	str_ncpy(s->dir, "/tmp/carillon-scene-XXXXXX", sizeof(s->dir));
	if (!mkdtemp(s->dir))
		return errno;
	(void)re_snprintf(trace, sizeof(trace), "%s/sip.log", s->dir);
	s->trace = fopen(trace, "w");
	err = s->trace ? daemon_alloc(&s->d, program, s->dir) : errno;
	return err ? err : daemon_start(s->d);
}

static int scene_play(const char *file, const char *program)
{
	struct scene s = {.result = 0};
	uint64_t started = tmr_jiffies();
	int err;

	str_ncpy(s.source, TEST_SOURCE_DIR, sizeof(s.source));
	err = scene_parse(&s, file);
	if (!err) {
		err = scene_open(&s, program);
		if (!err) {
			scene_run(&s);
			err = scene_close(&s);
		}
		err = s.result ? s.result : err;
		if (s.trace)
			fclose(s.trace);
		if (err)
			log_tail(&s);
		else if (!getenv("SCENE_KEEP"))
			(void)nftw(s.dir, unlink_one, 16, FTW_DEPTH | FTW_PHYS);
		mem_deref(s.d);
	}
	scene_free(&s);
	printf("%s %s %llu ms\n", err ? "not ok" : "ok", file,
	       (unsigned long long)(tmr_jiffies() - started));
	fflush(stdout);
	return err;
}

static void killed(int sig)
{
	re_cancel();
}

int main(int argc, char **argv)
{
	const struct sched_param least = {.sched_priority = 1};
	unsigned failed = 0;
	char *program;

	if (argc > 1 && !strcmp(argv[1], "--first")) {
		(void)sched_setscheduler(0, SCHED_RR, &least);
		argc--;
		argv++;
	}
	if (argc < 4 || strcmp(argv[1], "--carillon")) {
		fputs("scene [--first] --carillon PROGRAM FILE.scene...\n", stderr);
		return 2;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	if (libre_init() || fd_setsize(FDS) || poll_method_set(METHOD_EPOLL))
		return 1;
	(void)signal(SIGINT, killed);
	(void)signal(SIGTERM, killed);
	program = realpath(argv[2], NULL); /* other programs run in the scene's folder */
	for (int i = 3; i < argc; i++)
		failed += !program || scene_play(argv[i], program) != 0;
	free(program);
	libre_close();
	return failed ? 1 : 0;
}
