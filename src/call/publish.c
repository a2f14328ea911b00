/**
 * @file publish.c  A tenant's new snapshot: calls see it from now on, and lamps show what it
 * changed
 */
#include <string.h>
#include "clock.h"
#include "exchange.h"
#include "feature_code.h"
#include "next.h"
#include "own.h"
#include "queue_line.h"
#include "text.h"
#include "trunk_line.h"

enum { TURNED_MAX = 99 }; /* call flows have one or two digits */

/** The numbers of the call flows that stand otherwise than before */
struct turned {
	char number[TURNED_MAX][CALL_FLOW_NUMBER];
	unsigned count;
};

static void turned_find(struct turned *list, const struct tenant *old, const struct tenant *t)
{
	for (uint32_t i = 0; i < t->call_flow_count; i++) {
		const struct tenant_call_flow *now = &t->call_flows[i];
		const struct tenant_call_flow *was = tenant_call_flow(old, now->id);

		if (was && was->night != now->night && list->count < TURNED_MAX)
			str_ncpy(list->number[list->count++], now->number, CALL_FLOW_NUMBER);
	}
}

static void lamp_tell(struct exchange *x, const struct tenant *t, const char *number)
{
	char code[FEATURE_CODE + CALL_FLOW_NUMBER];

	for (uint32_t i = 0; i < t->code_count; i++) {
		if (t->codes[i].feature != feature(FEATURE_call_flow))
			continue;
		text_printf(code, sizeof(code), "%s%s", t->codes[i].code, number);
		stack_notify(exchange_stack(x), "dialog", t->id, code);
	}
}

/* What a time limit ends is told by disturb.c; here it is what somebody has changed. */
static void disturbed_tell(struct exchange *x, const struct tenant *old, const struct tenant *t)
{
	struct moment now = moment_of(t, clock_wall_ms());
	uint32_t at = 0; /* both are in the order of their numbers */

	for (uint32_t i = 0; i < t->extension_count; i++) {
		const struct tenant_extension *e = &t->extensions[i];
		const struct tenant_extension *was = &old->extensions[at];

		while (at < old->extension_count && strcmp(was->number, e->number) < 0)
			was = &old->extensions[++at];
		if (at < old->extension_count && !strcmp(was->number, e->number) &&
		    extension_dnd(was, &now) != extension_dnd(e, &now))
			exchange_dnd_changed(x, t->id, e->number);
	}
}

/**
 * Makes a snapshot the one that new calls of its tenant see, and tells the lamps
 *
 * @param x Exchange
 * @param t Snapshot, handed over; on the core thread
 *
 * @return 0 or errno
 */
int exchange_publish(struct exchange *x, struct tenant *t)
{
	const struct tenant *old = exchange_tenant(x, t->id);
	const struct tenant *kept = old ? shared_ref(old) : NULL;
	struct turned turned = {.count = 0};
	const int64_t id = t->id;
	int err;

	if (old)
		turned_find(&turned, old, t);
	err = tenants_put(exchange_tenants(x), t); /* t is gone if another load has overtaken it */
	for (unsigned i = 0; !err && i < turned.count; i++)
		lamp_tell(x, exchange_tenant(x, id), turned.number[i]);
	if (!err && kept)
		disturbed_tell(x, kept, exchange_tenant(x, id));
	shared_unref(kept);
	if (!err)
		queue_lines_published(exchange_queue_lines(x), id);
	return err;
}

/** The same with all rate plans: what is under way keeps the price it was dialled at; the
 * reference is handed over */
void exchange_publish_rates(struct exchange *x, struct rates *rates)
{
	tenants_put_rates(exchange_tenants(x), rates);
}

/** The same with all trunks; the reference is handed over */
void exchange_publish_trunks(struct exchange *x, struct trunks *trunks)
{
	tenants_put_trunks(exchange_tenants(x), trunks);
	trunk_lines_put(exchange_trunk_lines(x), trunks);
}
