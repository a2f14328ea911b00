/**
 * @file setting_code.c  Settings that a phone changes
 */
#include <errno.h>
#include <string.h>
#include "own.h"
#include "setting_code.h"
#include "text.h"

static int action_parse(struct setting_code *c, const char *word)
{
	if (!strcmp(word, "on"))
		c->action = SETTING_ON;
	else if (!strcmp(word, "off"))
		c->action = SETTING_OFF;
	else if (!strcmp(word, "toggle"))
		c->action = SETTING_TOGGLE;
	else
		return EINVAL;
	return 0;
}

static int forward_parse(struct setting_code *c, const char *word)
{
	c->id = SETTING_FORWARD;
	c->action = word[0] ? SETTING_ON : SETTING_ASK;
	if (!strcmp(word, "off"))
		c->action = SETTING_OFF;
	if (c->action != SETTING_ON)
		return 0;
	return phone_dialable(word) && text_printf(c->number, sizeof(c->number), "%s", word)
		       ? 0
		       : EINVAL;
}

static int switch_parse(enum setting_id *id, const char *word)
{
	static const char *const words[SETTING_FORWARD] = {
		[SETTING_DND] = "dnd",
		[SETTING_FOLLOW] = "follow",
		[SETTING_AGENT] = "agent",
		[SETTING_PAUSE] = "pause",
	};

	for (int i = 0; i < SETTING_FORWARD; i++) {
		if (!strcmp(words[i], word)) {
			*id = (enum setting_id)i;
			return 0;
		}
	}
	return EINVAL;
}

/** Reads a target; 0 or EINVAL */
int setting_code_parse(struct setting_code *c, const char *target)
{
	size_t n = strcspn(target, ":");
	char word[MODEL_WORD];

	memset(c, 0, sizeof(*c));
	if (!target[n] || !text_printf(word, sizeof(word), "%.*s", (int)n, target))
		return EINVAL;
	target += n + 1;
	if (!forward_kind_parse(&c->forward, word))
		return forward_parse(c, target);
	return switch_parse(&c->id, word) ? EINVAL : action_parse(c, target);
}

static bool switched(const struct setting_code *c, bool was)
{
	return c->action == SETTING_TOGGLE ? !was : c->action == SETTING_ON;
}

/* What a phone sets has no end: an old one would switch it off unseen. */
static bool forward_apply(struct extension_forward *f, const struct setting_code *c)
{
	f->on = c->action == SETTING_ON;
	f->until = 0;
	if (f->on)
		str_ncpy(f->number, c->number, sizeof(f->number));
	return f->on;
}

/** Changes settings as a code says; returns whether it is on now */
bool setting_code_apply(struct extension_settings *s, const struct setting_code *c)
{
	switch (c->id) {
	case SETTING_DND:
		s->dnd = switched(c, s->dnd);
		s->dnd_until = 0;
		return s->dnd;
	case SETTING_FOLLOW:
		s->follow = switched(c, s->follow);
		return s->follow;
	case SETTING_AGENT: /* who comes or goes is not paused */
		s->agent = switched(c, s->agent);
		s->paused = false;
		return s->agent;
	case SETTING_PAUSE:
		s->paused = switched(c, s->paused);
		s->pause_reason[0] = '\0';
		return s->paused;
	case SETTING_FORWARD:
		break;
	}
	return forward_apply(&s->forward[c->forward], c);
}
