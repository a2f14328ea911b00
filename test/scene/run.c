/**
 * @file run.c  Running the statements of a scene one after the other
 */
#include <ctype.h>
#include <time.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "scene.h"

enum { TICK = 10, START_MS = 60000 };

/* Far apart, and away from ring-back (440, 480, 620 Hz), keys and fax tones */
static const double tones[] = {550, 740, 900, 1000, 1160, 1270, 1390, 1560, 1730, 1850, 1950, 2250};

static void step_print(const struct step *st, FILE *f)
{
	for (unsigned i = 0; i < st->count; i++)
		fprintf(f, strchr(st->words[i], ' ') ? "%s\"%s\"" : "%s%s", i ? " " : "",
			st->words[i]);
	fputc('\n', f);
}

static void scene_over(struct scene *s, int result)
{
	s->result = result;
	re_cancel();
}

static void step_failed(struct scene *s, struct step *st, const char *why)
{
	fprintf(stderr, "%s:%u: %s: ", s->file, st->line, why);
	step_print(st, stderr);
	if (s->note[0])
		fprintf(stderr, "    %s\n", s->note);
	scene_over(s, EPROTO);
}

static bool step_run(struct scene *s, struct step *st)
{
	uint64_t now = tmr_jiffies();
	int err;

	if (!st->begun) {
		st->started = now;
		s->note[0] = '\0';
		if (s->trace)
			fprintf(s->trace, "=== %llu line %u: ", (unsigned long long)now, st->line);
		if (s->trace)
			step_print(st, s->trace);
		if (getenv("SCENE_VERBOSE"))
			step_print(st, stderr);
	}
	err = st->verb->h(s, st);
	st->begun = true;
	if (!err)
		return true;
	if (err != EAGAIN)
		step_failed(s, st, s->note[0] ? "failed" : strerror(err));
	else if (now >= st->started + st->patience)
		step_failed(s, st, "not in time");
	return false;
}

static void tick(void *arg)
{
	struct scene *s = arg;
	uint64_t now = tmr_jiffies();
	int status;

	tmr_start(&s->tmr, TICK, tick, s);
	proc_poll(s);
	if (s->d->pid > 0 && daemon_dead(s->d, &status)) {
		(void)scene_fail(s, "the daemon ended by itself, status 0x%x", (unsigned)status);
		step_failed(s, &s->steps[s->at], "failed");
		return;
	}
	if (!s->ready) {
		int err = daemon_ready(s->d);

		s->ready = !err;
		if (err == EAGAIN && now < s->patient_until)
			return;
		if (err)
			step_failed(s, &s->steps[s->at], "the daemon does not start");
	}
	while (s->ready && s->at < s->count && step_run(s, &s->steps[s->at]))
		++s->at;
	if (s->at >= s->count)
		scene_over(s, 0);
}

/** Runs a scene that was read; its result is in it afterwards */
void scene_run(struct scene *s)
{
	s->at = 0;
	s->result = EINTR;
	s->patient_until = tmr_jiffies() + START_MS;
	tmr_start(&s->tmr, 1, tick, s);
	(void)re_main(NULL);
	tmr_cancel(&s->tmr);
}

/** A phone by its name; "maya.2" is her second line, and her phone */
struct phone *scene_phone(const struct scene *s, const char *name)
{
	size_t n = strcspn(name, ".");

	for (struct le *le = s->phones.head; le; le = le->next) {
		struct phone *p = le->data;

		if (strlen(p->name) == n && !strncmp(p->name, name, n))
			return p;
	}
	return NULL;
}

/** A line: "maya.2", or of "maya" the youngest that is not over */
struct line *scene_line(const struct scene *s, const char *name)
{
	const struct phone *p = scene_phone(s, name);
	const char *dot = strchr(name, '.');

	return p ? phone_line(p, dot ? (unsigned)atoi(dot + 1) : 0) : NULL;
}

/** The tone of a phone, by the order in which the scene introduces them; 0 for a stranger */
double scene_tone(const struct scene *s, const char *name)
{
	const struct phone *p = scene_phone(s, name);

	return p ? p->tone : name[0] ? 0 : tones[list_count(&s->phones) % ARRAY_SIZE(tones)];
}

/* Moments by the program's clock, in UTC; false for no such name */
static bool moment_of(const struct scene *s, const char *name, size_t n, char *buf, size_t size)
{
	static const struct {
		const char *name, *format;
		int ahead_s;
	} moments[] = {
		{"SOON", "", 60},      {"TODAY", "%m-%d", 0},	 {"YESTERDAY", "%m-%d", -86400},
		{"CLOCK", "%H:%M", 0}, {"LATER", "%H:%M", 7200}, {"WEEKDAY", "%a", 0}};
	struct tm tm;

	for (size_t i = 0; i < ARRAY_SIZE(moments); i++) {
		time_t at = (time_t)(daemon_wall_ms(s->d) / 1000) + moments[i].ahead_s;

		if (strlen(moments[i].name) != n || strncmp(moments[i].name, name, n))
			continue;
		if (n == 4)
			return re_snprintf(buf, size, "%lld000", (long long)at) > 0;
		if (!gmtime_r(&at, &tm) || !strftime(buf, size, moments[i].format, &tm))
			return false;
		for (char *c = buf; *c; c++)
			*c = (char)tolower(*c);
		return true;
	}
	return false;
}

static const char *value_of(const struct scene *s, const char *name, size_t n, char *buf,
			    size_t size)
{
	const struct {
		const char *name;
		unsigned value;
	} ports[] = {{"SIP", s->d->sip},
		     {"SIPS", s->d->sips},
		     {"HTTP", s->d->http},
		     {"PEERA", s->d->http + PEERS},
		     {"PEERB", s->d->http + PEERS + 1},
		     {"MEDIA", s->d->http + PEERS + 2},
		     {"MEDIAEND", s->d->http + PEERS + 5}};

	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		if (strlen(ports[i].name) == n && !strncmp(ports[i].name, name, n)) {
			(void)re_snprintf(buf, size, "%u", ports[i].value);
			return buf;
		}
	}
	if (moment_of(s, name, n, buf, size))
		return buf;
	for (size_t i = 0; i < KEPT; i++) {
		if (strlen(s->kept[i].name) == n && !strncmp(s->kept[i].name, name, n))
			return s->kept[i].value;
	}
	if (n == 3 && !strncmp(name, "DIR", n))
		return s->dir;
	if (n == 5 && !strncmp(name, "MODEM", n))
		return MODEM;
	if (n == 7 && !strncmp(name, "HYLAFAX", n))
		return HYLAFAX;
	if (n == 7 && !strncmp(name, "PROGRAM", n))
		return s->d->program;
	if (n == 6 && !strncmp(name, "SOURCE", n))
		return s->source;
	return NULL;
}

/** Replaces $SIP, $SIPS, $HTTP, $PEERA, $PEERB, $MEDIA (ports), $DIR, $SOURCE, $PROGRAM, $MODEM
 * and $HYLAFAX in a word, and moments by the program's clock: $SOON, $TODAY, $YESTERDAY, $CLOCK,
 * $LATER, $WEEKDAY */
void scene_expand(const struct scene *s, char *out, size_t size, const char *word)
{
	size_t n = 0;

	while (*word && n + 1 < size) {
		size_t name = *word == '$' ? strspn(word + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") : 0;
		char buf[24];
		const char *value = name ? value_of(s, word + 1, name, buf, sizeof(buf)) : NULL;

		if (value) {
			int w = snprintf(out + n, size - n, "%s", value);

			n += (size_t)w < size - n ? (size_t)w : size - n - 1;
			word += name + 1;
		} else {
			out[n++] = *word++;
		}
	}
	out[n] = '\0';
}
