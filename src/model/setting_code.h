/**
 * @file setting_code.h  Settings that a phone changes: what the target of the dest "setting" means
 *
 * "dnd:on", "dnd:off", "dnd:toggle", "follow:toggle", "agent:on", "agent:off", "pause:toggle",
 * "busy:off", "busy:1003", "busy:" (the number is asked for); instead of "busy" any kind of
 * forward. Any thread.
 */
#ifndef CARILLON_SETTING_CODE_H
#define CARILLON_SETTING_CODE_H

#include "extension_settings.h"

enum setting_id { SETTING_DND, SETTING_FOLLOW, SETTING_AGENT, SETTING_PAUSE, SETTING_FORWARD };
enum setting_action { SETTING_ON, SETTING_OFF, SETTING_TOGGLE, SETTING_ASK };

struct setting_code {
	enum setting_id id;
	enum setting_action action;
	enum forward_kind forward;
	char number[PHONE_SIZE]; /* SETTING_FORWARD, SETTING_ON */
};

int setting_code_parse(struct setting_code *c, const char *target);
bool setting_code_apply(struct extension_settings *s, const struct setting_code *c);

#endif
