/**
 * @file event.c  In-process event bus
 */
#include <stddef.h>
#include "event.h"
#include "own.h"

enum { LISTENERS = 8 };

static struct {
	event_h *h;
	void *arg;
} listeners[LISTENERS];
static size_t count;

/** Registers a listener; at start only */
void event_listen(event_h *h, void *arg)
{
	CHECK(count < LISTENERS);
	listeners[count].h = h;
	listeners[count++].arg = arg;
}

/** Drops a listener; on the thread that publishes, or when no other thread does any more */
void event_forget(event_h *h, void *arg)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (listeners[i].h != h || listeners[i].arg != arg)
			listeners[n++] = listeners[i];
	}
	count = n;
}

/** Tells every listener, on this thread */
void event_publish(const struct event *event)
{
	for (size_t i = 0; i < count; i++)
		listeners[i].h(event, listeners[i].arg);
}

/** Drops every listener; when no thread runs any more */
void event_forget_all(void)
{
	count = 0;
}
