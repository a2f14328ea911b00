/**
 * @file home.c  Home: whom one missed, whether one can be reached, the week in numbers
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include "cdr.h"
#include "clock.h"
#include "fax.h"
#include "inside.h"
#include "own.h"
#include "queue.h"
#include "reach.h"
#include "text.h"
#include "voicemail.h"
#include "zone.h"

enum { DAYS = 7, MISSED = 10, DAY_MS = 86400000, HALF_DAY_MS = DAY_MS / 2 };

struct home {
	struct request *rq;
	struct cdr_day days[DAYS];
	int64_t now, extensions, devices, users, calls_today, queues;
	struct live_registration *live;
	size_t live_count;
	struct voicemail_counts voicemail;
	struct fax_counts faxes, own_faxes;
	json_t *missed, *reach;
	struct reach *walk; /* what happens to a call now */
};

static int missed_h(const struct cdr_missed *m, void *arg)
{
	json_t *rows = arg, *o = json_object();

	put_text(o, "number", m->from.number);
	put_text(o, "name", m->from.name);
	put_int(o, "count", m->count);
	put_time(o, "lastAt", m->last_at);
	put_int(o, "waitedMs", m->waited_ms);
	json_array_append_new(rows, o);
	return 0;
}

static int own_fn(struct home *x, struct db *db)
{
	const struct who *w = who_of(x->rq);
	int err;

	if (!w->extension.id[0])
		return 0;
	err = cdr_missed(db, w->tenant, w->extension.number, x->days[0].start, MISSED, missed_h,
			 x->missed);
	if (!err)
		err = cdr_days(x->days, DAYS, db, w->tenant, w->extension.number);
	if (!err)
		err = devices_json(x->reach, db, w->tenant, w->extension.id, x->live,
				   x->live_count);
	if (!err)
		err = fax_counts(&x->own_faxes, db, w->tenant, w->extension.id, x->days[0].start);
	return err ? err : voicemail_counts(&x->voicemail, db, w->tenant, w->extension.id);
}

static int home_fn(struct db *db, void *obj)
{
	struct home *x = obj;
	const struct who *w = who_of(x->rq);
	int err = own_fn(x, db);

	if (!err)
		err = tenant_counts(db, w->tenant, &x->extensions, &x->devices, &x->users);
	if (!err)
		err = queue_count(&x->queues, db, w->tenant);
	if (who_may(w, "send_fax"))
		x->faxes = x->own_faxes;
	if (!err && w->admin)
		err = fax_counts(&x->faxes, db, w->tenant, "", x->days[0].start);
	x->calls_today = x->days[DAYS - 1].answered + x->days[DAYS - 1].missed;
	if (!err && who_may(w, "pbx_cdr"))
		err = cdr_count(&x->calls_today, db, w->tenant, x->days[DAYS - 1].start, 0);
	return err;
}

/* The last seven days as this person's time zone counts them, today last */
static void days_begin(struct home *x, const char *zone)
{
	int64_t at = x->now;

	for (int i = DAYS - 1; i >= 0; i--) {
		x->days[i].start = zone_day_start(zone, at);
		at = x->days[i].start - HALF_DAY_MS;
	}
}

static json_t *week_json(const struct home *x, const char *zone)
{
	json_t *rows = json_array();

	for (int i = 0; i < DAYS; i++) {
		int64_t noon = x->days[i].start + HALF_DAY_MS;
		time_t local = (time_t)((noon + zone_offset_ms(zone, noon)) / 1000);
		json_t *o = json_object();
		char day[16] = "";
		struct tm tm;

		if (gmtime_r(&local, &tm))
			strftime(day, sizeof(day), "%Y-%m-%d", &tm);
		put_text(o, "day", day);
		put_int(o, "answered", x->days[i].answered);
		put_int(o, "missed", x->days[i].missed);
		json_array_append_new(rows, o);
	}
	return rows;
}

static json_t *counters_json(const struct home *x)
{
	json_t *o = json_object();

	put_int(o, "extensions", x->extensions);
	put_int(o, "devices", x->devices);
	put_int(o, "callsToday", x->calls_today);
	put_int(o, "queues", x->queues);
	put_int(o, "faxesSent", x->faxes.sent);
	put_int(o, "faxesReceived", x->faxes.received);
	return o;
}

static json_t *home_json(const struct home *x, const char *zone)
{
	json_t *o = json_object(), *reach = json_object();

	json_object_set(reach, "devices", x->reach);
	json_object_set_new(reach, "steps", x->walk ? reach_steps_json(x->walk) : json_array());
	json_object_set(o, "missed", x->missed);
	json_object_set_new(o, "voicemail",
			    json_pack("{s:I, s:I}", "new", (json_int_t)x->voicemail.fresh, "old",
				      (json_int_t)x->voicemail.old));
	json_object_set_new(o, "faxes",
			    json_pack("{s:I, s:I}", "unread", (json_int_t)x->own_faxes.unread,
				      "failed", (json_int_t)x->own_faxes.failed));
	json_object_set_new(o, "reach", reach);
	json_object_set_new(o, "week", week_json(x, zone));
	json_object_set_new(o, "counters", counters_json(x));
	return o;
}

struct badges {
	const struct who *w;
	struct voicemail_counts voicemail;
	struct fax_counts faxes;
};

static int badges_fn(struct db *db, void *obj)
{
	struct badges *x = obj;
	const char *own = x->w->extension.id;
	int err;

	if (!own[0])
		return 0;
	err = voicemail_counts(&x->voicemail, db, x->w->tenant, own);
	return err ? err : fax_counts(&x->faxes, db, x->w->tenant, own, clock_wall_ms());
}

/** GET /badges: what waits to be heard and read, for the menu of every page */
void badges_get(struct request *rq, struct reply *rp)
{
	struct badges x = {.w = who_of(rq)};
	json_t *o;
	int err = store_read(api_of(rq)->conf.store, badges_fn, &x);

	if (err) {
		answer_error(rp, err);
		return;
	}
	o = json_object();
	put_int(o, "voicemail", x.voicemail.fresh);
	put_int(o, "faxes", x.faxes.unread);
	reply_json(rp, 200, o);
}

/** GET /home */
void home_get(struct request *rq, struct reply *rp)
{
	struct home x = {.rq = rq, .now = clock_wall_ms()};
	const struct api *api = api_of(rq);
	const struct who *w = who_of(rq);
	const char *zone = w->user.timezone[0] ? w->user.timezone : w->row.timezone;
	int err = 0;

	days_begin(&x, zone);
	x.missed = json_array();
	x.reach = json_array();
	if (w->extension.id[0])
		err = api->live.registrations_h(&x.live, &x.live_count, w->tenant,
						w->extension.number, api->live.arg);
	if (!err && w->extension.id[0]) {
		struct dest own = {.kind = DEST_extension};

		text_printf(own.target, sizeof(own.target), "%s", w->extension.number);
		err = api->live.reach_h(&x.walk, w->tenant, &own, "somebody", x.now, api->live.arg);
	}
	if (!err)
		err = store_read(api->conf.store, home_fn, &x);
	if (err)
		answer_error(rp, err);
	else
		reply_json(rp, 200, home_json(&x, zone));
	json_decref(x.missed);
	json_decref(x.reach);
	mem_deref(x.walk);
	mem_deref(x.live);
}
