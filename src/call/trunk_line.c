/**
 * @file trunk_line.c  Keeps a carrier object for each trunk that wants one, and counts calls a
 * second
 */
#include <sodium.h>
#include <string.h>
#include "cause.h"
#include "clock.h"
#include "event.h"
#include "exchange.h"
#include "log.h"
#include "roll.h"
#include "text.h"
#include "trunk_line.h"

enum { SECOND_MS = 1000 };

const char *const trunk_health_names[] = {"unknown", "up", "down"};
const char *const trunk_registration_names[] = {"none", "trying", "registered", "refused",
						"silent"};

struct line {
	struct le le;
	const struct trunk_lines *all;
	int64_t id, version;
	char uuid[ID_SIZE], name[MODEL_NAME];
	struct carrier *carrier;  /* NULL: there is nothing to keep up */
	uint64_t from_ms;	  /* the second whose calls are counted */
	int64_t calls, calls_max; /* a second; 0: as many as there are */
	unsigned promised;	  /* calls that are being made ready, for which there is room */
	bool kept;
};

struct trunk_lines {
	struct exchange *x; /* not ours */
	struct list list;
};

static void line_destructor(void *arg)
{
	struct line *l = arg;

	list_unlink(&l->le);
	mem_deref(l->carrier);
}

static void lines_destructor(void *arg)
{
	list_flush(&((struct trunk_lines *)arg)->list);
}

/** Makes them, without a trunk; 0 or ENOMEM. The exchange must outlive them. */
int trunk_lines_alloc(struct trunk_lines **lp, struct exchange *x)
{
	struct trunk_lines *l = mem_zalloc(sizeof(*l), lines_destructor);

	if (!l)
		return ENOMEM;
	l->x = x;
	*lp = l;
	return 0;
}

static struct line *line_find(const struct trunk_lines *l, int64_t id)
{
	struct le *le;

	LIST_FOREACH (&l->list, le) {
		struct line *line = le->data;

		if (line->id == id)
			return line;
	}
	return NULL;
}

/* What happens if somebody calls is foretold from the trunks that a tenant's routes lead through.
 * It hears that one has changed, and asks anew; the trunk itself is the platform's. */
static void tenant_tell(const struct tenant *t, void *arg)
{
	const struct line *l = arg;
	struct event event = {.tenant = t->id, .name = "trunk", .data = "{}"};
	uint32_t i = 0;

	while (i < t->route_count && t->routes[i].trunk != l->id)
		i++;
	if (i < t->route_count)
		event_publish(&event);
}

static void tenants_tell(struct line *l)
{
	tenants_each(exchange_tenants(l->all->x), tenant_tell, l);
}

/* Shared trunks are the platform's, whose administrators hear how they stand. */
static void on_carrier(const struct carrier_state *st, void *arg)
{
	struct line *l = arg;
	char data[ID_SIZE + 96];
	struct event event = {.name = "trunk", .data = data};

	log_info("trunk.state", "trunk=\"%s\" health=%s registration=%s code=%u reason=\"%s\"",
		 l->name, trunk_health_names[st->health],
		 trunk_registration_names[st->registration], st->scode, st->reason);
	(void)re_snprintf(data, sizeof(data),
			  "{\"id\":\"%s\",\"health\":\"%s\",\"registration\":\"%s\"}", l->uuid,
			  trunk_health_names[st->health],
			  trunk_registration_names[st->registration]);
	event_publish(&event);
	tenants_tell(l);
}

static void carrier_make(struct line *l, const struct trunk_lines *all, const struct trunk *t)
{
	struct carrier_conf conf = {.port = (uint16_t)t->port,
				    .registers = t->registers && !t->by_ip,
				    .ask_ms = (uint32_t)t->options_ms};

	l->carrier = mem_deref(l->carrier);
	if (!t->active || (!conf.registers && !conf.ask_ms))
		return;
	text_printf(conf.host, sizeof(conf.host), "%s", t->host);
	text_printf(conf.transport, sizeof(conf.transport), "%s", t->transport);
	text_printf(conf.user, sizeof(conf.user), "%s", t->username);
	if (conf.registers && !secret_open(conf.password, exchange_conf(all->x)->secret, t->sealed))
		conf.password[0] = '\0';
	if (carrier_alloc(&l->carrier, exchange_stack(all->x), &conf, on_carrier, l))
		log_error("trunk.failed", "trunk=\"%s\"", t->name);
	sodium_memzero(conf.password, sizeof(conf.password));
}

static void line_put(struct trunk_lines *all, const struct trunk *t)
{
	struct line *l = line_find(all, t->id);

	if (!l) {
		l = mem_zalloc(sizeof(*l), line_destructor);
		if (!l)
			return;
		l->id = t->id;
		l->all = all;
		list_append(&all->list, &l->le, l);
	}
	l->kept = true;
	if (l->version == t->version)
		return;
	l->version = t->version;
	l->calls_max = t->calls_per_s;
	str_ncpy(l->uuid, t->uuid, sizeof(l->uuid));
	str_ncpy(l->name, t->name, sizeof(l->name));
	carrier_make(l, all, t);
	tenants_tell(l);
}

/** Brings the lines in step with the trunks: one that was changed begins anew, one that is gone
 * ends */
void trunk_lines_put(struct trunk_lines *all, const struct trunks *trunks)
{
	struct le *le;

	LIST_FOREACH (&all->list, le)
		((struct line *)le->data)->kept = false;
	for (uint32_t i = 0; trunks && i < trunks->count; i++)
		line_put(all, &trunks->v[i]);
	le = all->list.head;
	while (le) {
		struct line *l = le->data;

		le = le->next;
		if (l->kept)
			continue;
		tenants_tell(l);
		mem_deref(l);
	}
}

/** How a trunk stands; false when nothing is kept up with it */
bool trunk_line_state(struct carrier_state *state, const struct trunk_lines *all, int64_t trunk)
{
	const struct line *l = line_find(all, trunk);

	if (!l || !l->carrier)
		return false;
	*state = *carrier_state(l->carrier);
	return true;
}

static struct line *line_now(struct trunk_lines *all, int64_t trunk)
{
	struct line *l = line_find(all, trunk);
	uint64_t now = clock_mono_ms();

	if (l && now - l->from_ms >= SECOND_MS) {
		l->from_ms = now;
		l->calls = 0;
	}
	return l;
}

/** Why a call cannot go to a trunk now, as far as is known */
enum trunk_held trunk_line_held(struct trunk_lines *all, const struct trunk *t)
{
	const struct line *l = line_now(all, t->id);
	unsigned promised = l ? l->promised : 0;

	if (!t->active)
		return TRUNK_OFF;
	if (l && l->carrier && !carrier_usable(l->carrier))
		return TRUNK_DOWN;
	if (t->channels &&
	    roll_trunk(exchange_roll(all->x), t->id, t->channels) + promised >= t->channels)
		return TRUNK_FULL;
	return l && l->calls_max && l->calls + promised >= l->calls_max ? TRUNK_HURRIED
									: TRUNK_FREE;
}

/** That in words, after which nothing need follow: "Trunk Carrier is down (403 Forbidden)" */
void trunk_line_says(char *out, size_t size, const struct trunk_lines *all, const struct trunk *t,
		     enum trunk_held held)
{
	static const char *const texts[] = {"is free", "is switched off", "is down", "is full",
					    "takes no more calls in this second"};
	struct carrier_state st = {0};
	char code[8] = "";

	if (held != TRUNK_DOWN || !trunk_line_state(&st, all, t->id) ||
	    !(st.scode || st.reason[0])) {
		text_printf(out, size, "Trunk %s %s", t->name, texts[held]);
		return;
	}
	if (st.scode)
		text_printf(code, sizeof(code), "%u ", st.scode);
	text_printf(out, size, "Trunk %s %s (%s%s)", t->name, texts[held], code,
		    st.reason[0] ? st.reason : cause_text(cause_from_sip(st.scode)));
}

/** Counts a call that goes out to the trunk now; 0, a phone of ours, is none */
void trunk_line_called(struct trunk_lines *all, int64_t trunk)
{
	struct line *l = trunk ? line_now(all, trunk) : NULL;

	if (l)
		++l->calls;
}

/** Keeps room for a call that is being made ready, until trunk_line_release() */
void trunk_line_promise(struct trunk_lines *all, int64_t trunk)
{
	struct line *l = line_find(all, trunk);

	if (l)
		++l->promised;
}

/** The call is dialled now, or will not be; 0 for no promise, and a trunk that is gone is none */
void trunk_line_release(struct trunk_lines *all, int64_t trunk)
{
	struct line *l = trunk ? line_find(all, trunk) : NULL;

	if (l && l->promised)
		--l->promised;
}

/** The trunk at which we are registered from there; 0 for none */
int64_t trunk_line_at(const struct trunk_lines *all, const struct sa *src)
{
	struct le *le;

	LIST_FOREACH (&all->list, le) {
		const struct line *l = le->data;

		if (l->carrier && carrier_at(l->carrier, src))
			return l->id;
	}
	return 0;
}
