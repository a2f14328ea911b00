/**
 * @file info.c  Keys by INFO: application/dtmf-relay and application/dtmf
 */
#include <ctype.h>
#include <string.h>
#include "dialog_private.h"

enum { INFO_MAX = 256, DURATION_MS = 160, DURATION_MAX_MS = 5000 };

static const char digits[] = "0123456789*#ABCD";

static char digit_of(const struct pl *pl)
{
	char c;

	/* 10 and 11 are what some gateways call star and pound */
	if (!pl_strcmp(pl, "10"))
		return '*';
	if (!pl_strcmp(pl, "11"))
		return '#';
	c = pl->l == 1 ? (char)toupper((unsigned char)pl->p[0]) : '\0';
	return c && strchr(digits, c) ? c : '\0';
}

static bool relay_read(const char *text, size_t len, char *digit, uint32_t *ms)
{
	struct pl signal, duration;

	if (re_regex(text, len, "Signal[ \t]*=[ \t]*[^ \t\r\n]+", NULL, NULL, &signal))
		return false;
	if (!re_regex(text, len, "Duration[ \t]*=[ \t]*[0-9]+", NULL, NULL, &duration))
		*ms = duration.l <= 6 ? pl_u32(&duration) : DURATION_MAX_MS;
	*digit = digit_of(&signal);
	return *digit != '\0';
}

static bool plain_read(const char *text, size_t len, char *digit)
{
	struct pl signal;

	if (re_regex(text, len, "[^ \t\r\n]+", &signal))
		return false;
	*digit = digit_of(&signal);
	return *digit != '\0';
}

/** INFO: a key, or 415 for what we do not know (RFC 6086) */
void info_request(struct usage *u, const struct sip_msg *msg)
{
	uint32_t ms = DURATION_MS;
	struct dialog *d;
	char digit = '\0';
	const char *text;
	bool relay, good;
	size_t len;

	msg_body(msg, &text, &len);
	relay = msg_ctype_cmp(&msg->ctyp, "application", "dtmf-relay");
	if (!len) {
		reply_plain(u, msg, 200, "OK"); /* asks whether we are there */
		return;
	}
	if (!relay && !msg_ctype_cmp(&msg->ctyp, "application", "dtmf")) {
		reply_headers(u, msg, 415, reason_phrase(415),
			      "Accept: application/dtmf-relay, application/dtmf\r\n");
		return;
	}
	good = len <= INFO_MAX &&
	       (relay ? relay_read(text, len, &digit, &ms) : plain_read(text, len, &digit));
	reply_plain(u, msg, good ? 200 : 400, good ? "OK" : "Bad Key");
	d = u->handle;
	if (good && d && d->h.info_h)
		d->h.info_h(d, digit, MIN(MAX(ms, 40), DURATION_MAX_MS), d->arg);
}

/**
 * Sends a key by INFO.
 *
 * @param d           Confirmed dialog
 * @param digit       0-9 * # A-D
 * @param duration_ms How long it is pressed
 *
 * @return 0, EINVAL, ENOTCONN or errno
 */
int dialog_info_dtmf(struct dialog *d, char digit, uint32_t duration_ms)
{
	struct usage *u = d->u;
	char text[64];
	int n;

	if (!digit || !strchr(digits, digit))
		return EINVAL;
	if (u->handle != d || u->state != USAGE_UP)
		return ENOTCONN;
	n = re_snprintf(text, sizeof(text), "Signal=%c\r\nDuration=%u\r\n", digit, duration_ms);
	return ask_send_typed(u, "INFO", NULL, "application/dtmf-relay", text, (size_t)n, NULL);
}
