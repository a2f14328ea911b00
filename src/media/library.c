/**
 * @file library.c  Finds the sounds of a play; keeps the files it read lately
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include "library.h"
#include "log.h"
#include "own.h"
#include "party.h"
#include "text.h"

enum {
	PATH_SIZE = 1024,
	CACHE_FILES = 256,
	CACHE_BYTES = 64 << 20,
	MUSIC_MAX = 64,
	SILENCE_MAX_MS = 60000,
};

struct cached {
	struct le le; /* most lately used first */
	char path[PATH_SIZE];
	struct timespec changed;
	off_t size;
	struct sound *sound;
};

struct library {
	char sounds[512], music[512];
	struct sound *tones[TONE_MAX];
	/* disk thread */
	struct list cache;
	size_t bytes;
	unsigned turn;
};

static void cached_destructor(void *arg)
{
	struct cached *c = arg;

	list_unlink(&c->le);
	shared_unref(c->sound);
}

static void library_destructor(void *arg)
{
	struct library *lib = arg;

	list_flush(&lib->cache);
	for (size_t i = 0; i < TONE_MAX; i++)
		shared_unref(lib->tones[i]);
}

/**
 * Makes a library over two folders
 *
 * @param lp     Result
 * @param sounds Folder of prompts, NULL for none
 * @param music  Folder of music, NULL for none
 *
 * @return 0 or ENOMEM
 */
int library_alloc(struct library **lp, const char *sounds, const char *music)
{
	AUTO struct library *lib = mem_zalloc(sizeof(*lib), library_destructor);

	if (!lib)
		return ENOMEM;
	str_ncpy(lib->sounds, sounds ? sounds : "", sizeof(lib->sounds));
	str_ncpy(lib->music, music ? music : "", sizeof(lib->music));
	for (unsigned i = 0; i < TONE_MAX; i++) {
		int err = tone_alloc(&lib->tones[i], (enum tone)i);

		if (err)
			return err;
	}
	*lp = TAKE(lib);
	return 0;
}

static void cache_trim(struct library *lib)
{
	while (lib->cache.tail &&
	       (lib->bytes > CACHE_BYTES || list_count(&lib->cache) > CACHE_FILES)) {
		struct cached *c = lib->cache.tail->data;

		lib->bytes -= c->sound->n * sizeof(int16_t);
		mem_deref(c);
	}
}

static void cache_add(struct library *lib, const char *path, const struct stat *st,
		      struct sound *sound)
{
	struct cached *c = mem_zalloc(sizeof(*c), cached_destructor);

	if (!c)
		return;
	str_ncpy(c->path, path, sizeof(c->path));
	c->changed = st->st_mtim;
	c->size = st->st_size;
	c->sound = shared_ref(sound);
	lib->bytes += sound->n * sizeof(int16_t);
	list_prepend(&lib->cache, &c->le, c);
	cache_trim(lib);
}

static struct cached *cache_find(struct library *lib, const char *path, const struct stat *st)
{
	struct le *le;

	LIST_FOREACH (&lib->cache, le) {
		struct cached *c = le->data;

		if (strcmp(c->path, path))
			continue;
		if (c->size == st->st_size && c->changed.tv_sec == st->st_mtim.tv_sec &&
		    c->changed.tv_nsec == st->st_mtim.tv_nsec) {
			list_unlink(&c->le);
			list_prepend(&lib->cache, &c->le, c);
			return c;
		}
		lib->bytes -= c->sound->n * sizeof(int16_t);
		mem_deref(c);
		break;
	}
	return NULL;
}

static int file_sound(struct sound **sp, struct library *lib, const char *path)
{
	struct cached *c;
	struct stat st;
	int err;

	if (stat(path, &st))
		return errno;
	c = cache_find(lib, path, &st);
	if (c) {
		*sp = shared_ref(c->sound);
		return 0;
	}
	err = sound_read(sp, path);
	if (!err)
		cache_add(lib, path, &st, *sp);
	return err;
}

/* A prompt's name never leaves its folder. */
static bool name_plain(const char *name)
{
	return *name && *name != '/' && !strstr(name, "..") &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/") ==
		       strlen(name);
}

static int prompt_sound(struct sound **sp, struct library *lib, const char *name)
{
	char path[PATH_SIZE];

	if (!lib->sounds[0] || !name_plain(name) ||
	    !text_printf(path, sizeof(path), "%s/%s.wav", lib->sounds, name))
		return ENOENT;
	return file_sound(sp, lib, path);
}

static int wav_only(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 4 && !strcasecmp(d->d_name + n - 4, ".wav");
}

/* One file after the other, so that not everybody who holds hears the same piece. */
static int music_sound(struct sound **sp, struct library *lib)
{
	char path[PATH_SIZE];
	struct dirent **list;
	int n, err = ENOENT;

	n = lib->music[0] ? scandir(lib->music, &list, wav_only, alphasort) : -1;
	if (n > 0) {
		text_printf(path, sizeof(path), "%s/%s", lib->music,
			    list[lib->turn++ % (unsigned)n]->d_name);
		err = file_sound(sp, lib, path);
	}
	for (int i = 0; i < n; i++)
		free(list[i]);
	if (n >= 0)
		free(list);
	return err;
}

static int silence_sound(struct sound **sp, const char *ms)
{
	unsigned long n = strtoul(ms, NULL, 10);

	return sound_alloc(sp, NULL, (n < SILENCE_MAX_MS ? n : SILENCE_MAX_MS) * 8);
}

static bool begins(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

static int find_one(struct sound **sp, struct library *lib, const char *item)
{
	enum tone tone = TONE_BEEP;
	int err = 0;

	if (begins(item, "silence:"))
		return silence_sound(sp, item + 8);
	if (begins(item, "tone:"))
		err = tone_by_name(&tone, item + 5);
	else if (begins(item, "file:"))
		err = file_sound(sp, lib, item + 5);
	else if (!strcmp(item, "music"))
		err = music_sound(sp, lib);
	else
		err = prompt_sound(sp, lib, item);
	if (!err && !begins(item, "tone:"))
		return 0;
	if (err)
		log_warn("media.sound", "missing=%s err=%d", item, err);
	*sp = shared_ref(lib->tones[strcmp(item, "music") ? tone : TONE_WAIT]);
	return err;
}

/** True if nothing has to be read from a file for this play: only tones and silence */
bool library_quick(struct library *lib, const char *what)
{
	for (const char *at = what; at; at = strchr(at, '&'), at = at ? at + 1 : NULL) {
		if (!begins(at, "tone:") && !begins(at, "silence:"))
			return false;
	}
	return true;
}

/**
 * Fills an order with the sounds of a play; what is missing becomes a beep, missing music a
 * quiet reminder every five seconds
 *
 * @param lib  Library
 * @param o    Order; `sounds` and `a` are set
 * @param what Items joined by '&'
 *
 * @return 0, or the errno of the last item that was missing
 */
int library_find(struct library *lib, struct order *o, const char *what)
{
	char list[WHAT_SIZE], *at = list, *item;
	int err = 0;

	str_ncpy(list, what, sizeof(list));
	o->sounds = mem_zalloc(SOUNDS_MAX * sizeof(*o->sounds), NULL);
	if (!o->sounds)
		return ENOMEM;
	while ((item = strsep(&at, "&")) && o->a < SOUNDS_MAX) {
		struct sound *s = NULL;
		int e = *item ? find_one(&s, lib, item) : 0;

		if (e)
			err = e;
		if (s)
			o->sounds[o->a++] = s;
	}
	return err;
}

struct search {
	struct library *library;
	struct order *order;
	char what[WHAT_SIZE];
};

static void search_destructor(void *arg)
{
	struct search *s = arg;

	mem_deref(s->order);
}

static void search_h(void *obj)
{
	struct search *s = obj;
	struct order *o = TAKE(s->order);

	o->b = (uint32_t)library_find(s->library, o, s->what);
	worker_post(o->w, play_ready_h, o);
}

/** Lets the disk thread find a play's sounds and post the order to its worker; 0 or errno */
int library_post(struct library *lib, struct actor *disk, struct order *o, const char *what)
{
	struct search *s = mem_zalloc(sizeof(*s), search_destructor);

	if (!s) {
		mem_deref(o);
		return ENOMEM;
	}
	s->library = lib;
	s->order = o;
	str_ncpy(s->what, what, sizeof(s->what));
	return actor_post(disk, search_h, s);
}
