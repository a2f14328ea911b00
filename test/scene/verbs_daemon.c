/**
 * @file verbs_daemon.c  Time, and the life of the program
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include "http.h"
#include "scene.h"

enum { JUMP = 200, JUMPS = 300 };

/* Time passes for the daemon in small jumps, so that what it asks meanwhile is answered. */
static int wait_verb(struct scene *s, struct step *st)
{
	uint64_t ms, jump;

	if (!scene_duration(&ms, st->arg[0]))
		return EINVAL;
	if (st->mark >= ms)
		return 0;
	jump = ms / JUMPS > JUMP ? ms / JUMPS : JUMP;
	jump = ms - st->mark < jump ? ms - st->mark : jump;
	daemon_clock_add(s->d, jump);
	st->mark += jump;
	st->patience = UINT64_MAX / 2;
	return EAGAIN;
}

static int pause_verb(struct scene *s, struct step *st)
{
	uint64_t ms;

	if (!scene_duration(&ms, st->arg[0]))
		return EINVAL;
	st->patience = UINT64_MAX / 2;
	return tmr_jiffies() >= st->started + ms ? 0 : EAGAIN;
}

/* Some time up to that much. SCENE_SEED says which times; the same seed, the same times */
static int moment_verb(struct scene *s, struct step *st)
{
	const char *seed = getenv("SCENE_SEED");
	uint64_t ms;

	if (!scene_duration(&ms, st->arg[0]))
		return EINVAL;
	if (!st->begun) {
		srand48((seed ? atol(seed) : 1) * 1000 + (long)st->line);
		st->mark = (uint64_t)(drand48() * (double)ms);
		st->patience = UINT64_MAX / 2;
	}
	return tmr_jiffies() >= st->started + st->mark ? 0 : EAGAIN;
}

static int kill_verb(struct scene *s, struct step *st)
{
	http_forget();
	return daemon_stop(s->d, SIGKILL, 5000);
}

static int stop_verb(struct scene *s, struct step *st)
{
	int err;

	http_forget();
	err = daemon_stop(s->d, SIGTERM, 10000);
	return err ? scene_fail(s, "it did not end well") : 0;
}

static int start_verb(struct scene *s, struct step *st)
{
	int err = st->begun ? 0 : daemon_start(s->d);

	return err ? err : daemon_ready(s->d);
}

/* Number behind a name in Prometheus' text form; -1 when it is not there */
static double metric(const char *text, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (!strncmp(p, name, n) && p[n] == ' ')
			return atof(p + n);
	}
	return -1;
}

static int leaks_verb(struct scene *s, struct step *st)
{
	char calls[32] = "?";
	long status = 0;
	char *reply;
	double streams, legs;
	int err = http_call(s->d->http, "nobody", "GET", "/healthz", NULL, &status, &reply);

	if (err || !json_at(calls, sizeof(calls), reply, "calls")) {
		free(reply);
		return scene_wait(s, "no answer of /healthz");
	}
	free(reply);
	err = http_call(s->d->http, "nobody", "GET", "/metrics", NULL, &status, &reply);
	streams = err ? -1 : metric(reply, "carillon_streams");
	legs = err ? -1 : metric(reply, "carillon_legs");
	free(reply);
	if (!strcmp(calls, "0") && streams <= 0 && legs <= 0)
		return 0;
	return scene_wait(s, "%s calls, %g streams, %g legs are left", calls, streams, legs);
}

const struct verb daemon_verbs[] = {
	{"wait ?", 1000, wait_verb},	      {"pause ?", 1000, pause_verb},
	{"pause up to ?", 1000, moment_verb}, {"kill daemon", 1000, kill_verb},
	{"stop daemon", 1000, stop_verb},     {"start daemon", 60000, start_verb},
	{"leaks none", 5000, leaks_verb},     {NULL, 0, NULL},
};
