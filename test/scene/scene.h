/**
 * @file scene.h  A scene: steps that are run one after the other against the real program
 *
 * A step is one statement; its verb is called every 10 ms until it answers other than EAGAIN or the
 * step's time is over. Everything runs in libre's loop, on one thread.
 */
#ifndef SCENE_H
#define SCENE_H

#include "daemon.h"
#include "phone.h"

enum { WORDS = 48, TEXT = 2048, PROCS = 8, NOTE = 512, KEPT = 8 };

struct scene;
struct step;

/** Answers 0: done; EAGAIN: not yet, ask again; otherwise failed, see scene_fail() */
typedef int(verb_h)(struct scene *s, struct step *st);

/** A row of a table of verbs: "? dials ?"; "?" takes one word, "*" the rest */
struct verb {
	const char *pattern;
	unsigned ms; /* patience, unless "within" says otherwise */
	verb_h *h;
};

struct step {
	unsigned line;
	char *words[WORDS];
	unsigned count;
	const struct verb *verb;
	const char *arg[WORDS]; /* what "?" and "*" took */
	unsigned args;
	uint64_t started, patience;
	bool begun;	/* false when the verb is called for the first time */
	uint64_t mark;	/* for the verb                                     */
	uint64_t mark2; /* the same for its second party                    */
	unsigned heard; /* which of its parties have heard what they should */
	struct line *l; /* for the verb                                     */
};

struct proc {
	char name[32];
	pid_t pid;
	int status;
	bool over;
};

struct scene {
	const char *file;
	char dir[128];	  /* of its own, removed when it went well           */
	char source[256]; /* root of the source                              */
	struct daemon *d;
	struct list phones;
	struct step *steps;
	unsigned count, at;
	char note[NOTE]; /* what a step that waits has seen                 */
	int result;
	FILE *trace;
	struct proc procs[PROCS];
	struct {
		char name[16], value[128];
	} kept[KEPT]; /* from replies, for later statements */
	struct tmr tmr;
	bool ready; /* the daemon has started                          */
	uint64_t patient_until;
};

extern const struct verb daemon_verbs[], phone_verbs[], call_verbs[], media_verbs[], api_verbs[],
	peer_verbs[], raw_verbs[], mail_verbs[], smtp_verbs[], fax_verbs[], line_verbs[];

int scene_parse(struct scene *s, const char *file);
void scene_free(struct scene *s);
void scene_run(struct scene *s);

int scene_fail(struct scene *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int scene_wait(struct scene *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct phone *scene_phone(const struct scene *s, const char *name);
struct line *scene_line(const struct scene *s, const char *name);
void scene_expand(const struct scene *s, char *out, size_t size, const char *word);
bool scene_duration(uint64_t *ms, const char *word);
int scene_sound(struct scene *s, const char *path, unsigned side, const char *who);
double scene_tone(const struct scene *s, const char *name);

int proc_start(struct scene *s, const char *name, char *const argv[]);
struct proc *proc_find(struct scene *s, const char *name);
void proc_poll(struct scene *s);
void proc_stop_all(struct scene *s);

#endif
