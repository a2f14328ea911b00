/**
 * @file disturb.c  Do Not Disturb on lamps and in the portal: shown, and taken back at its end
 *
 * Nothing switches a setting off whose time is over (model/next.h compares). Who was told of it has
 * to hear of its end, so each answer that it holds until then starts a timer.
 */
#include <string.h>
#include "clock.h"
#include "exchange.h"
#include "next.h"
#include "queue_line.h"
#include "text.h"

struct end {
	struct le le;
	struct tmr tmr;
	struct exchange *x;
	int64_t tenant;
	char extension[PHONE_SIZE];
};

static void end_destructor(void *arg)
{
	struct end *end = arg;

	list_unlink(&end->le);
	tmr_cancel(&end->tmr);
}

static struct end *end_find(struct exchange *x, int64_t tenant, const char *extension)
{
	struct le *le;

	LIST_FOREACH (exchange_undisturbed(x), le) {
		struct end *end = le->data;

		if (end->tenant == tenant && !strcmp(end->extension, extension))
			return end;
	}
	return NULL;
}

static void on_end(void *arg)
{
	struct end *end = arg;
	struct exchange *x = end->x;
	int64_t tenant = end->tenant;
	char extension[PHONE_SIZE];

	str_ncpy(extension, end->extension, sizeof(extension));
	mem_deref(end);
	exchange_dnd_changed(x, tenant, extension);
}

static void end_await(struct exchange *x, int64_t tenant, const char *extension, int64_t wait_ms)
{
	struct end *end = end_find(x, tenant, extension);

	if (!end) {
		end = mem_zalloc(sizeof(*end), end_destructor);
		if (!end)
			return;
		end->x = x;
		end->tenant = tenant;
		str_ncpy(end->extension, extension, sizeof(end->extension));
		tmr_init(&end->tmr);
		list_append(exchange_undisturbed(x), &end->le, end);
	}
	tmr_start(&end->tmr, (uint64_t)wait_ms, on_end, end);
}

/** Whether an extension does not want to be disturbed now; who asks is told when that ends */
bool exchange_dnd(struct exchange *x, int64_t tenant, const char *extension)
{
	const struct tenant *t = exchange_tenant(x, tenant);
	const struct tenant_extension *e = t ? tenant_extension(t, extension) : NULL;
	struct moment now;

	if (!e)
		return false;
	now = moment_of(t, clock_wall_ms());
	if (!extension_dnd(e, &now))
		return false;
	if (e->settings->dnd_until)
		end_await(x, tenant, e->number, e->settings->dnd_until - now.at + 1);
	return true;
}

/** Do Not Disturb of an extension began or ended: lamps and the portal show it */
void exchange_dnd_changed(struct exchange *x, int64_t tenant, const char *extension)
{
	const struct exchange_conf *conf = exchange_conf(x);

	exchange_extension_changed(x, tenant, extension);
	queue_lines_wake(exchange_queue_lines(x), tenant);
	if (conf->disturb_h)
		conf->disturb_h(tenant, extension, exchange_presence(x, tenant, extension),
				conf->arg);
}
