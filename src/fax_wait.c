/**
 * @file fax_wait.c  Faxes that wait for a free line
 */
#include "fax_wait.h"
#include "house.h"
#include "outside.h"
#include "trunk_line.h"

enum {
	LOOK_MS = 200,
	ALL = 100, /* half of the faxes that may be on their way at once     */
	OF_ONE = 8,
};

static enum outside_room room_find(struct fax_wait *w)
{
	struct exchange *x = w->house->exchange;
	const struct tenant *t = exchange_tenant(x, w->tenant);
	enum outside_room room = t ? outside_room(&w->trunk, x, t, w->to) : ROOM_NONE;

	if (room == ROOM_FREE)
		trunk_line_promise(exchange_trunk_lines(x), w->trunk);
	return room;
}

static void on_look(void *arg)
{
	struct house *h = arg;
	struct le *le = list_head(&h->fax_waits);

	while (le) {
		struct fax_wait *w = le->data;

		le = le->next;
		if (room_find(w) == ROOM_LATER)
			continue;
		list_unlink(&w->le);
		w->h(w->arg);
	}
	if (!list_isempty(&h->fax_waits))
		tmr_start(&h->fax_look, LOOK_MS, on_look, h);
}

static bool crowded(const struct fax_wait *w)
{
	unsigned all = 0, own = 0;
	struct le *le;

	LIST_FOREACH (&w->house->fax_waits, le) {
		++all;
		own += ((const struct fax_wait *)le->data)->tenant == w->tenant;
	}
	return all >= ALL || own >= OF_ONE;
}

/**
 * Asks for room; who waits already comes first
 *
 * @param w     House, tenant, number, and who is called when it waited
 * @param again It was promised room already, and did not get it: it waits before the others
 *
 * @return FAX_ROOM: go on, then fax_wait_dial(). FAX_WAITS: the handler is called, unless
 *         fax_wait_drop(). FAX_CROWDED: too many wait, ask again later
 */
enum fax_room fax_wait_ask(struct fax_wait *w, bool again)
{
	on_look(w->house);
	if (room_find(w) != ROOM_LATER)
		return FAX_ROOM;
	if (!again && crowded(w))
		return FAX_CROWDED;
	(again ? list_prepend : list_append)(&w->house->fax_waits, &w->le, w);
	tmr_start(&w->house->fax_look, LOOK_MS, on_look, w->house);
	return FAX_WAITS;
}

/** The number is dialled in the next moment: the room that was kept is for that */
void fax_wait_dial(struct fax_wait *w)
{
	if (w->trunk)
		trunk_line_release(exchange_trunk_lines(w->house->exchange), w->trunk);
	w->trunk = 0;
}

/** It waits no more, and needs no room */
void fax_wait_drop(struct fax_wait *w)
{
	list_unlink(&w->le);
	fax_wait_dial(w);
}
