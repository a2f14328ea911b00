/**
 * @file directory.c  Dest: the directory by name
 *
 * The caller keys the first letters of a name, first or last; whoever fits is offered one after the
 * other, by the name that the owner of the mailbox recorded, else spelled. 1 calls, '*' goes on;
 * '#' ends the letters, without any it ends the call.
 */
#include <ctype.h>
#include <string.h>
#include "dests_private.h"
#include "say.h"
#include "text.h"

enum {
	LETTERS = 3,	/* that the prompt asks for             */
	SPELLED = 18,	/* letters; a play has a limited number */
	KEY_MS = 8000,	/* after a prompt                       */
	NEXT_MS = 3000, /* between two letters                  */
	REPEATS = 3,	/* then the call ends                   */
	FIRST = 0xc0,	/* Unicode of the table's first letter  */
	PLAIN = 128,	/* longest name, in bytes               */
};

enum directory_state { KEYING, CHOOSING, LEAVING };

struct directory {
	enum directory_state state;
	char keys[LETTERS + 1];
	uint32_t at; /* extension that is offered */
	uint32_t play;
	unsigned repeats;
};

/* The base letters of U+00C0 to U+017F; ' ' for what is no letter. */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty"
			    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllllll"
			    "lnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* A name in letters that phones have on their keys: "Jürgen" becomes "jurgen"; '?' for others. */
static void plain(char *out, size_t size, const char *name)
{
	size_t n = 0;

	for (const unsigned char *s = (const unsigned char *)name; *s && n + 1 < size; s++) {
		unsigned code = *s < 0xc2 || *s > 0xdf || (s[1] & 0xc0) != 0x80
					? 0
					: (*s & 0x1fu) << 6 | (s[1] & 0x3fu);

		if (*s < 0x80)
			out[n++] = (char)*s;
		else if (code >= FIRST && code < FIRST + sizeof(latin) - 1)
			out[n++] = latin[code - FIRST];
		else if (*s >= 0xc0)
			out[n++] = '?';
		s += code != 0;
	}
	out[n] = '\0';
}

static char key_of(char letter)
{
	static const char keys[] = "22233344455566677778889999";
	int c = tolower((unsigned char)letter);

	return c >= 'a' && c <= 'z' ? keys[c - 'a'] : '\0';
}

/* Whether letters that begin here are on these keys; what is no letter is passed over. */
static bool begins(const char *name, const char *keys)
{
	for (; *name && *keys; name++) {
		char key = key_of(*name);

		if (key && key != *keys++)
			return false;
	}
	return !*keys;
}

/* First names and last names alike. */
static bool fits(const char *full, const char *keys)
{
	char name[PLAIN];

	plain(name, sizeof(name), full);
	for (const char *c = name; *c; c++) {
		if ((c == name || c[-1] == ' ' || c[-1] == '-') && key_of(*c) && begins(c, keys))
			return true;
	}
	return false;
}

static void speak(struct step *s, const char *what)
{
	struct directory *d = s->state;

	tmr_cancel(&s->tmr);
	d->play = stream_play(flow_party(s)->stream, what, false);
	if (!d->play)
		flow_exit(s, EXIT_failed);
}

static void keying_begin(struct step *s, const char *lead)
{
	struct directory *d = s->state;
	struct say say;

	d->state = KEYING;
	memset(d->keys, 0, sizeof(d->keys));
	say_begin(&say);
	say_add(&say, lead);
	say_add(&say, "dir-pls-enter");
	say_number(&say, LETTERS);
	say_add(&say, "dir-firstlast&dir-usingkeypad");
	speak(s, say.what);
}

static void leave(struct step *s)
{
	struct directory *d = s->state;

	d->state = LEAVING;
	speak(s, "vm-goodbye");
}

static void spell(struct say *say, const char *full)
{
	char prompt[16], plainly[PLAIN];
	const char *name = plainly;
	unsigned n = 0;

	plain(plainly, sizeof(plainly), full);
	for (; *name && n < SPELLED; name++) {
		if (!key_of(*name))
			continue;
		(void)text_printf(prompt, sizeof(prompt), "letters/%c",
				  tolower((unsigned char)*name));
		say_add(say, prompt);
		n++;
	}
}

/* The next one that fits, from an index on; t->extension_count for none. */
static uint32_t find(const struct tenant *t, const char *keys, uint32_t from)
{
	while (from < t->extension_count && !fits(t->extensions[from].name, keys))
		from++;
	return from;
}

static void offer(struct step *s, uint32_t from)
{
	const struct tenant *t = call_tenant(s->call);
	struct directory *d = s->state;
	const struct tenant_extension *e;
	struct say say;

	d->at = find(t, d->keys, from);
	if (d->at == t->extension_count) {
		keying_begin(s, from ? "dir-nomore" : "dir-nomatch");
		return;
	}
	e = &t->extensions[d->at];
	d->state = CHOOSING;
	d->repeats = 0;
	say_begin(&say);
	if (!say_name(&say, exchange_conf(call_exchange(s->call))->blobs, e))
		spell(&say, e->name);
	say_add(&say, "extension");
	say_digits(&say, e->number);
	say_add(&say, "dir-instr");
	speak(s, say.what);
}

static void choose(struct step *s)
{
	const struct directory *d = s->state;
	const struct tenant_extension *e = &call_tenant(s->call)->extensions[d->at];
	struct dest next = {.kind = DEST_extension};

	story_add(call_story(s->call), "dest", "Found %s in the directory", e->name);
	text_printf(next.target, sizeof(next.target), "%s", e->number);
	flow_pass(s, &next);
}

/* Nothing was keyed any more: what was collected counts, else the prompt comes again. */
static void on_quiet(void *arg)
{
	struct step *s = arg;
	struct directory *d = s->state;

	if (d->state == KEYING && d->keys[0])
		offer(s, 0);
	else if (++d->repeats == REPEATS)
		leave(s);
	else if (d->state == KEYING)
		keying_begin(s, "dir-welcome");
	else
		offer(s, d->at);
}

static void letter_key(struct step *s, char digit)
{
	struct directory *d = s->state;
	size_t n = strlen(d->keys);

	d->play = 0;
	stream_stop_play(flow_party(s)->stream);
	tmr_start(&s->tmr, NEXT_MS, on_quiet, s);
	if (digit < '2' || digit > '9')
		return;
	d->keys[n] = digit;
	if (n + 1 == LETTERS)
		offer(s, 0);
}

static void directory_key(struct step *s, char digit)
{
	struct directory *d = s->state;

	if (d->state == KEYING && digit == '#' && !d->keys[0])
		leave(s);
	else if (d->state == KEYING && digit == '#')
		offer(s, 0);
	else if (d->state == KEYING)
		letter_key(s, digit);
	else if (d->state == CHOOSING && digit == '1')
		choose(s);
	else if (d->state == CHOOSING && digit == '*')
		offer(s, d->at + 1);
}

static void directory_played(struct step *s, uint32_t play)
{
	const struct directory *d = s->state;

	if (!d || play != d->play)
		return;
	if (d->state == LEAVING)
		flow_exit(s, EXIT_done);
	else
		tmr_start(&s->tmr, KEY_MS, on_quiet, s);
}

static void directory_enter(struct step *s)
{
	s->state = mem_zalloc(sizeof(struct directory), NULL);
	if (s->state)
		keying_begin(s, "dir-welcome");
	else
		flow_exit(s, EXIT_failed);
}

static void directory_leave(struct step *s)
{
	struct leg *party = flow_party(s);

	if (party && party->stream)
		stream_stop_play(party->stream);
}

const struct dest_ops dest_directory = {
	.kind = DEST_directory,
	.needs = NEEDS_ANSWER,
	.enter = directory_enter,
	.key = directory_key,
	.played = directory_played,
	.leave = directory_leave,
};
