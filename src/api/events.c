/**
 * @file events.c  The live stream of a sign-in
 */
#include "inside.h"
#include "text.h"

/** GET /events */
void events_get(struct request *rq, struct reply *rp)
{
	const struct who *w = who_of(rq);
	struct sse_who who = {.tenant = w->tenant,
			      .admin = who_may(w, "realtime"),
			      .platform = w->user.role == USER_platform,
			      .until = w->login.expires_at};

	text_printf(who.extension, sizeof(who.extension), "%s", w->extension.number);
	text_printf(who.session, sizeof(who.session), "%s", w->login.id);
	sse_open(rq, rp, &who);
}
