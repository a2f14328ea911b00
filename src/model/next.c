/**
 * @file next.c  What comes after a dest, and what an extension does at its door
 */
#include <string.h>
#include <time.h>
#include "expand.h"
#include "next.h"
#include "own.h"
#include "phone.h"
#include "text.h"

/* After which exit of an extension each forward holds */
static const enum exit_id forward_exit[FORWARD_MAX] = {
#define X(kind, exit, member, label) EXIT_##exit,
#include "tbl/forwards.h"
#undef X
};

enum { MARK_SIZE = 100 };

/** The moment at which a tenant is asked something */
struct moment moment_of(const struct tenant *t, int64_t at)
{
	return (struct moment){at, t->zone};
}

static bool holds(bool on, int64_t until, const struct moment *now)
{
	return on && (!until || now->at < until);
}

/* " (set 09:12 by Ana Souza)", with the day unless it is today's */
static void mark_text(char text[MARK_SIZE], const char *by, int64_t at, const struct moment *now)
{
	char clock[ZONE_CLOCK], day[16] = "";
	time_t local = (time_t)((at + zone_ahead_ms(now->zone, at)) / 1000);
	struct tm tm;

	text[0] = '\0';
	if (!at)
		return;
	zone_clock(clock, now->zone, at);
	if (zone_day(now->zone, at) != zone_day(now->zone, now->at) && gmtime_r(&local, &tm))
		(void)strftime(day, sizeof(day), "%Y-%m-%d ", &tm);
	(void)text_printf(text, MARK_SIZE, " (set %s%s by %.60s)", day, clock, by);
}

/* How people read a dest: a name, a number, else what it is */
static const char *says(const struct tenant *t, const struct dest *d)
{
	const struct tenant_extension *e =
		d->kind == DEST_extension ? tenant_extension(t, d->target) : NULL;

	if (e)
		return e->name;
	return d->kind == DEST_external ? d->target : dest_kind_label(d->kind);
}

/* A forward that leads to nobody is as good as none: better a phone that rings than a lost call.
 * Whoever calls is not sent back to itself, so that an assistant may reach whom it stands in for.
 */
static bool forward_leads(struct dest *to, const struct tenant *t, const struct tenant_forward *f,
			  const char *caller, const struct moment *now)
{
	return holds(f->on, f->until, now) && !dest_resolve(to, t, f->number) &&
	       strcmp(to->target, caller);
}

/** Whether an extension does not want to be disturbed now */
bool extension_dnd(const struct tenant_extension *e, const struct moment *now)
{
	return e->settings && holds(e->settings->dnd, e->settings->dnd_until, now);
}

static bool door_dnd(struct door *door, const struct tenant_extension *e, const struct moment *now)
{
	const struct tenant_settings *s = e->settings;
	char mark[MARK_SIZE];

	if (!extension_dnd(e, now))
		return false;
	door->id = DOOR_DND;
	mark_text(mark, s->dnd_by, s->dnd_at, now);
	(void)text_printf(door->why, sizeof(door->why), "%.60s: Do Not Disturb is on%s", e->name,
			  mark);
	return true;
}

static bool door_forward(struct door *door, const struct tenant *t,
			 const struct tenant_extension *e, const char *caller,
			 const struct moment *now)
{
	const struct tenant_forward *f = &e->settings->forward[FORWARD_all];
	char mark[MARK_SIZE];

	if (!forward_leads(&door->dest, t, f, caller, now))
		return false;
	door->id = DOOR_FORWARD;
	mark_text(mark, f->by, f->set_at, now);
	(void)text_printf(door->why, sizeof(door->why), "%.60s: every call is forwarded to %.40s%s",
			  e->name, says(t, &door->dest), mark);
	return true;
}

static bool block_fits(const struct tenant_block *b, const char *caller, const char *e164)
{
	bool anonymous = !caller[0] || !strcmp(caller, "anonymous");

	switch (b->kind) {
	case BLOCK_ANONYMOUS:
		return anonymous;
	case BLOCK_PREFIX:
		return !anonymous && !strncmp(e164, b->pattern, strlen(b->pattern));
	default:
		return !anonymous && !strcmp(e164, b->pattern);
	}
}

/**
 * The rule that holds a caller back
 *
 * @param t      Tenant
 * @param e      Whom is called: its own rules come first; NULL: only those of the tenant
 * @param caller As in extension_door()
 *
 * @return NULL when none does
 */
const struct tenant_block *caller_blocked(const struct tenant *t, const struct tenant_extension *e,
					  const char *caller)
{
	char e164[PHONE_SIZE];

	if (!t->block_count)
		return NULL;
	if (!phone_e164(e164, sizeof(e164), caller, t->country) &&
	    !text_printf(e164, sizeof(e164), "%s", caller))
		return NULL;
	for (uint32_t i = 0; i < t->block_count; i++) {
		const struct tenant_block *b = &t->blocks[i];

		if ((!b->extension || b->extension == e) && block_fits(b, caller, e164))
			return b;
	}
	return NULL;
}

static bool door_blocked(struct door *door, const struct tenant *t,
			 const struct tenant_extension *e, const char *caller)
{
	static const char *const kinds[] = {"the number", "numbers that begin with",
					    "callers who hide their number"};

	door->block = caller_blocked(t, e, caller);
	if (!door->block)
		return false;
	door->id = DOOR_BLOCKED;
	(void)text_printf(door->why, sizeof(door->why), "%.60s: blocked by the rule for %s%s%s",
			  e->name, kinds[door->block->kind], door->block->pattern[0] ? " " : "",
			  door->block->pattern);
	return true;
}

static bool door_follow(struct door *door, const struct tenant_extension *e,
			const struct moment *now)
{
	char mark[MARK_SIZE];

	if (!e->settings->follow || !e->follow || !e->follow->count)
		return false;
	door->id = DOOR_FOLLOW;
	mark_text(mark, e->settings->follow_by, e->settings->follow_at, now);
	(void)text_printf(door->why, sizeof(door->why), "%.60s: follow me is on%s", e->name, mark);
	return true;
}

/**
 * Says what an extension does with a call that has come to it
 *
 * @param door   Result
 * @param t      Tenant
 * @param e      Extension of that tenant
 * @param caller Who calls: an extension, an E.164 number or "anonymous"
 * @param now    When
 */
void extension_door(struct door *door, const struct tenant *t, const struct tenant_extension *e,
		    const char *caller, const struct moment *now)
{
	memset(door, 0, sizeof(*door));
	if (door_blocked(door, t, e, caller) || !e->settings || door_dnd(door, e, now) ||
	    door_forward(door, t, e, caller, now))
		return;
	(void)door_follow(door, e, now);
}

/* The forward of an extension that holds after this exit; NULL for none */
static const struct tenant_forward *forward_after(struct dest *next, const struct tenant *t,
						  const struct tenant_extension *e,
						  enum exit_id exit, const struct moment *now)
{
	for (int i = FORWARD_all + 1; e->settings && i < FORWARD_MAX; i++) {
		const struct tenant_forward *f = &e->settings->forward[i];

		if (forward_exit[i] == exit && forward_leads(next, t, f, "", now))
			return f;
	}
	return NULL;
}

static bool voicemail_after(struct dest *next, const struct tenant_extension *e, enum exit_id exit)
{
	if (exit != EXIT_busy && exit != EXIT_noanswer && exit != EXIT_unavail &&
	    exit != EXIT_rejected && exit != EXIT_dnd)
		return false;
	if (!e->mailbox)
		return false;
	memset(next, 0, sizeof(*next));
	next->kind = DEST_voicemail;
	return text_printf(next->target, sizeof(next->target), "%s", e->number);
}

/**
 * Says what comes after a dest: for an extension its forwards, then its voicemail; for any other
 * kind what a row says
 *
 * @param t    Tenant
 * @param d    Dest that ended
 * @param exit How
 * @param now  When
 * @param next Result
 *
 * @return false when nothing does: the exit's cause ends the call
 */
bool dest_next(const struct tenant *t, const struct dest *d, enum exit_id exit,
	       const struct moment *now, struct dest *next)
{
	const struct tenant_extension *e =
		d->kind == DEST_extension ? tenant_extension(t, d->target) : NULL;
	const struct dest *row = e ? NULL : tenant_next(t, d, exit);

	if (e)
		return forward_after(next, t, e, exit, now) || voicemail_after(next, e, exit);
	if (row)
		*next = *row;
	return row != NULL;
}

/** Which kind of forward an extension goes by after this exit; -1 for none */
int dest_next_forward(const struct tenant *t, const struct tenant_extension *e, enum exit_id exit,
		      const struct moment *now)
{
	struct dest next;
	const struct tenant_forward *f = forward_after(&next, t, e, exit, now);

	return f ? (int)(f - e->settings->forward) : -1;
}

/** Why dest_next() says so, as a sentence; false when nothing comes next */
bool dest_next_why(char why[WHY_SIZE], const struct tenant *t, const struct dest *d,
		   enum exit_id exit, const struct moment *now)
{
	const struct tenant_extension *e =
		d->kind == DEST_extension ? tenant_extension(t, d->target) : NULL;
	const struct tenant_forward *f;
	struct dest next;
	char mark[MARK_SIZE] = "";

	f = e ? forward_after(&next, t, e, exit, now) : NULL;
	if (!f && !dest_next(t, d, exit, now, &next))
		return false;
	if (f)
		mark_text(mark, f->by, f->set_at, now);
	(void)text_printf(why, WHY_SIZE, "%.60s: %s, %s %.40s%s", says(t, d), exit_text(exit),
			  f ? "forwarded to" : "on to", says(t, &next), mark);
	return true;
}
