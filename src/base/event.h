/**
 * @file event.h  News for whoever listens: the portal's live stream today, webhooks tomorrow
 *
 * A publisher says what happened to which tenant; the data is a small JSON object. Delivery is at
 * most once and in order per publisher. Listeners are registered at start, before any thread runs;
 * a listener is called on the publisher's thread and must only copy the event to its own inbox.
 */
#ifndef CARILLON_EVENT_H
#define CARILLON_EVENT_H

#include <stdint.h>

/** In place of an extension: nobody's, so that only who may hear of any extension does */
#define EVENT_NOBODYS "*"

struct event {
	int64_t tenant;	       /* whom it concerns; 0 is the platform                 */
	const char *extension; /* only its user and who may hear of any; or NULL: all */
	const char *name;      /* "call.started", ...                                 */
	const char *data;      /* a JSON object                                       */
};

typedef void(event_h)(const struct event *event, void *arg);

void event_listen(event_h *h, void *arg);
void event_forget(event_h *h, void *arg);
void event_publish(const struct event *event);
void event_forget_all(void);

#endif
