/**
 * @file verbs_call.c  What people do with a phone during a call
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "scene.h"

enum { STAYS_MS = 1000 };

/* The ringing line of a phone; of "maya.2" that line, if it rings */
static struct line *ringing(const struct scene *s, const char *name)
{
	const struct phone *p = scene_phone(s, name);
	struct line *l;

	if (strchr(name, '.')) {
		l = scene_line(s, name);
		return l && l->state == LINE_RINGING ? l : NULL;
	}
	for (struct le *le = p ? p->lines.tail : NULL; le; le = le->prev) {
		l = le->data;
		if (l->state == LINE_RINGING)
			return l;
	}
	return NULL;
}

static int replaces_of(struct scene *s, char *value, size_t size, const char *name)
{
	const struct line *l = scene_line(s, name);

	if (!l || !l->remote_tag[0])
		return scene_fail(s, "%s has no call to be replaced", name);
	(void)re_snprintf(value, size, "%s;to-tag=%s;from-tag=%s", l->callid, l->remote_tag,
			  l->local_tag);
	return 0;
}

static int dials(struct scene *s, struct step *st)
{
	struct phone *p = scene_phone(s, st->arg[0]);
	struct dial d = {.number = st->arg[1]};
	char replaces[PHONE_URI * 2];
	int err = p ? 0 : ENOENT;

	for (unsigned i = 2; i < st->args && !err; i++) {
		if (!strcmp(st->arg[i], "offerless"))
			d.no_offer = true;
		else if (!strcmp(st->arg[i], "as") && i + 1 < st->args)
			d.as = st->arg[++i];
		else if (!strcmp(st->arg[i], "replacing") && i + 1 < st->args)
			err = replaces_of(s, replaces, sizeof(replaces), st->arg[++i]);
		else
			return scene_fail(s, "what is \"%s\"?", st->arg[i]);
		d.replaces = !strcmp(st->arg[i - 1], "replacing") ? replaces : d.replaces;
	}
	return err ? err : line_dial(&st->l, p, &d);
}

static int rings(struct scene *s, struct step *st)
{
	return ringing(s, st->arg[0]) ? 0 : scene_wait(s, "%s does not ring", st->arg[0]);
}

static int does_not_ring(struct scene *s, struct step *st)
{
	if (ringing(s, st->arg[0]))
		return scene_fail(s, "%s rings", st->arg[0]);
	return tmr_jiffies() > st->started + STAYS_MS ? 0 : EAGAIN;
}

static int stops_ringing(struct scene *s, struct step *st)
{
	return ringing(s, st->arg[0]) ? scene_wait(s, "%s still rings", st->arg[0]) : 0;
}

static int answers(struct scene *s, struct step *st)
{
	if (!st->begun) {
		st->l = ringing(s, st->arg[0]);
		if (!st->l)
			return scene_fail(s, "%s does not ring", st->arg[0]);
		return line_answer(st->l) ? EPROTO : EAGAIN;
	}
	return st->l->state == LINE_UP ? 0
				       : scene_wait(s, "the call is %s", line_state_name(st->l));
}

static int rejects(struct scene *s, struct step *st)
{
	struct line *l = ringing(s, st->arg[0]);

	return l ? line_reject(l, (uint16_t)(st->args > 1 ? atoi(st->arg[1]) : 603))
		 : scene_fail(s, "%s does not ring", st->arg[0]);
}

static int is_busy(struct scene *s, struct step *st)
{
	struct phone *p = scene_phone(s, st->arg[0]);

	if (!p)
		return ENOENT;
	p->busy = 486;
	return 0;
}

static int is_up(struct scene *s, struct step *st)
{
	const struct line *l = scene_line(s, st->arg[0]);

	return l && l->state == LINE_UP ? 0
					: scene_wait(s, "the call is %s, code %u",
						     line_state_name(l), l ? l->code : 0);
}

static int gets(struct scene *s, struct step *st)
{
	const struct line *l = scene_line(s, st->arg[0]);

	return l && l->progress == (uint16_t)atoi(st->arg[1])
		       ? 0
		       : scene_wait(s, "the last answer was %u, the call is %s",
				    l ? l->progress : 0, line_state_name(l));
}

static int ends_with(struct scene *s, struct step *st)
{
	const struct line *l = scene_line(s, st->arg[0]);

	if (!l || l->state != LINE_OVER)
		return scene_wait(s, "the call is %s", line_state_name(l));
	return l->code == (uint16_t)atoi(st->arg[1]) ? 0
						     : scene_fail(s, "it ended with %u", l->code);
}

static int is_hung_up(struct scene *s, struct step *st)
{
	const struct line *l = scene_line(s, st->arg[0]);

	if (!l || l->state != LINE_OVER)
		return scene_wait(s, "the call is %s", line_state_name(l));
	return l->code ? scene_fail(s, "it ended with %u, not with BYE", l->code) : 0;
}

static int hangs_up(struct scene *s, struct step *st)
{
	struct line *l = scene_line(s, st->arg[0]);

	if (!l || l->state == LINE_OVER)
		return scene_fail(s, "%s has no call", st->arg[0]);
	line_hangup(l);
	return 0;
}

static int holds(struct scene *s, struct step *st)
{
	return line_hold(scene_line(s, st->arg[0]), true);
}

static int resumes(struct scene *s, struct step *st)
{
	return line_hold(scene_line(s, st->arg[0]), false);
}

static int transfers(struct scene *s, struct step *st)
{
	const struct line *other = strchr(st->arg[1], '.') ? scene_line(s, st->arg[1]) : NULL;

	return line_transfer(scene_line(s, st->arg[0]), st->arg[1], other);
}

static int leaves(struct scene *s, struct step *st)
{
	struct line *l = scene_line(s, st->arg[0]);

	if (!l)
		return scene_fail(s, "%s has no call", st->arg[0]);
	l->leaves = true;
	return 0;
}

static int transfer_rings(struct scene *s, struct step *st)
{
	const struct line *l = scene_line(s, st->arg[0]);

	return l && l->transfer == 180
		       ? 0
		       : scene_wait(s, "the transfer is at %u", l ? l->transfer : 0);
}

static int transfer_code(struct scene *s, struct step *st)
{
	const struct line *l = scene_line(s, st->arg[0]);
	uint16_t want = (uint16_t)(st->args > 1 ? atoi(st->arg[1]) : 200);

	if (!l || l->transfer < 200)
		return scene_wait(s, "the transfer is at %u", l ? l->transfer : 0);
	return l->transfer == want ? 0 : scene_fail(s, "the transfer came to %u", l->transfer);
}

static int sees_caller(struct scene *s, struct step *st)
{
	const struct line *l = scene_line(s, st->arg[0]);

	if (!l)
		return scene_wait(s, "%s has no call", st->arg[0]);
	if (!strcmp(l->peer_name, st->arg[1]) && !strcmp(l->peer_number, st->arg[2]))
		return 0;
	return scene_wait(s, "the display says \"%s\" %s", l->peer_name, l->peer_number);
}

/* RFC 3326: SIP;cause=200 or Q.850;cause=26 */
static int sees_elsewhere(struct scene *s, struct step *st)
{
	const struct line *l = scene_line(s, st->arg[0]);

	if (!l || l->state != LINE_OVER)
		return scene_wait(s, "the call is %s", line_state_name(l));
	if (strstr(l->reason, "cause=200") || strstr(l->reason, "cause=26"))
		return 0;
	return scene_fail(s, "the reason was \"%s\"", l->reason);
}

static int sees_reason(struct scene *s, struct step *st)
{
	const struct line *l = scene_line(s, st->arg[0]);

	if (!l || l->state != LINE_OVER)
		return scene_wait(s, "the call is %s", line_state_name(l));
	if (strstr(l->reason, st->arg[1]))
		return 0;
	return scene_fail(s, "the reason was \"%s\"", l->reason);
}

const struct verb call_verbs[] = {
	{"? dials ? *", 2000, dials},
	{"? rings", 3000, rings},
	{"? does not ring", 3000, does_not_ring},
	{"? stops ringing", 3000, stops_ringing},
	{"? answers", 4000, answers},
	{"? rejects", 1000, rejects},
	{"? rejects with ?", 1000, rejects},
	{"? is busy", 1000, is_busy},
	{"? is up", 4000, is_up},
	{"? gets ?", 3000, gets},
	{"? ends with ?", 4000, ends_with},
	{"? is hung up", 4000, is_hung_up},
	{"? hangs up", 1000, hangs_up},
	{"? holds", 1000, holds},
	{"? resumes", 1000, resumes},
	{"? transfers to ?", 1000, transfers},
	{"? hangs up just as the transfer fails", 1000, leaves},
	{"? transfer rings", 5000, transfer_rings},
	{"? transfer succeeds", 5000, transfer_code},
	{"? transfer ends with ?", 5000, transfer_code},
	{"? sees caller ? ?", 3000, sees_caller},
	{"? sees answered elsewhere", 3000, sees_elsewhere},
	{"? sees reason ?", 3000, sees_reason},
	{NULL, 0, NULL},
};
