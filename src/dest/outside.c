/**
 * @file way.c  The ways to an outside number: which trunks, in which order, and as whom we sign in
 * there
 */
#include <string.h>
#include "dests_private.h"
#include "outside.h"
#include "rates.h"
#include "text.h"
#include "trunk_line.h"
#include "way.h"

static void login(struct dialog_target *to, const struct trunk *trunk, const struct secret *secret)
{
	if (trunk->by_ip || !trunk->username[0])
		return;
	text_printf(to->auth_user, sizeof(to->auth_user), "%s", trunk->username);
	(void)secret_open(to->auth_password, secret, trunk->sealed);
}

/**
 * What calling or faxing an outside number costs a tenant at this moment
 *
 * @return False when nothing is known; then the price is zeros
 */
bool outside_price(struct price *p, struct exchange *x, const struct tenant *t, const char *dialled)
{
	return rates_price(p, tenants_rates(exchange_tenants(x)), t, dialled);
}

static void target_fill(struct hunt_target *t, const struct exchange *x, const struct trunk *trunk,
			const char *digits, const char *dialled)
{
	memset(t, 0, sizeof(*t));
	(void)carrier_uri(t->to.uri, digits, trunk->host, (uint16_t)trunk->port, trunk->transport);
	text_printf(t->to.to_user, sizeof(t->to.to_user), "%s", digits);
	text_printf(t->to.to_domain, sizeof(t->to.to_domain), "%s", trunk->host);
	login(&t->to, trunk, exchange_conf(x)->secret);
	text_printf(t->party.number, sizeof(t->party.number), "%s", dialled);
	text_printf(t->device_name, sizeof(t->device_name), "%s", trunk->name);
	t->trunk = trunk->id;
	str_ncpy(t->codecs, trunk->codecs, sizeof(t->codecs));
	t->keys = keys_by(trunk);
	t->silence_ms = (uint32_t)trunk->silence_ms;
	t->to.diversion.how = !strcmp(trunk->diversion, "diversion") ? DIVERSION_HEADER
			      : !strcmp(trunk->diversion, "history") ? DIVERSION_HISTORY
								     : DIVERSION_NONE;
	t->to.from.no_pai = !strcmp(trunk->identity, "rpid") || !strcmp(trunk->identity, "none");
	t->to.from.no_rpid = !strcmp(trunk->identity, "pai") || !strcmp(trunk->identity, "none");
}

/* Whether no call goes to a trunk now; told in the story. An emergency call is for the carrier to
 * refuse. */
static bool held_back(struct call *call, const struct trunk *trunk, bool emergency)
{
	struct trunk_lines *lines = exchange_trunk_lines(call_exchange(call));
	enum trunk_held held = trunk_line_held(lines, trunk);
	char why[OUTSIDE_WHY];

	if (held == TRUNK_FREE)
		return false;
	trunk_line_says(why, sizeof(why), lines, trunk, held);
	story_add(call_story(call), "dest", "%s", why);
	return held == TRUNK_OFF || !emergency;
}

/**
 * Lists the trunks to an outside number as targets of a hunt, in the order in which they are tried
 *
 * A trunk that is full, down or hurried is passed over, but not by an emergency call: that is for
 * the carrier to say then. From, how long it rings and the like are the caller's to fill in.
 *
 * @param targets Filled in
 * @param max     Room in it
 * @param call    On whose behalf the number is called
 * @param dialled Number, in E.164 form or a short code
 *
 * @return How many; 0 when there is no way
 */
unsigned outside_targets(struct hunt_target *targets, unsigned max, struct call *call,
			 const char *dialled)
{
	struct exchange *x = call_exchange(call);
	struct way ways[WAYS_MAX];
	unsigned found =
		way_find(ways, call_tenant(call), tenants_trunks(exchange_tenants(x)), dialled);
	bool emergency = phone_listed(call_tenant(call)->emergency, dialled);
	struct price price;
	unsigned n = 0;

	(void)outside_price(&price, x, call_tenant(call), dialled);
	for (unsigned i = 0; i < found && n < max; i++) {
		const struct trunk *trunk = ways[i].trunk;

		if (held_back(call, trunk, emergency))
			continue;
		target_fill(&targets[n], x, trunk, ways[i].number, dialled);
		targets[n].price = price;
		targets[n].emergency = emergency;
		targets[n].other_way = n > 0;
		++n;
	}
	return n;
}

/**
 * Says whether a call to an outside number would leave now
 *
 * @param why  Filled in when it would not: what holds back each trunk, with commas between; "" when
 *             no route leads there
 * @param size Its size
 * @param x    Exchange
 * @param t    Whose routes
 * @param e164 Number, in E.164 form or a short code
 */
bool outside_open(char *why, size_t size, struct exchange *x, const struct tenant *t,
		  const char *e164)
{
	struct trunk_lines *lines = exchange_trunk_lines(x);
	struct way ways[WAYS_MAX];
	unsigned n = way_find(ways, t, tenants_trunks(exchange_tenants(x)), e164);
	bool emergency = phone_listed(t->emergency, e164);
	size_t used = 0;

	why[0] = '\0';
	for (unsigned i = 0; i < n; i++) {
		enum trunk_held held = trunk_line_held(lines, ways[i].trunk);
		char says[OUTSIDE_WHY];

		if (held == TRUNK_FREE || (emergency && held != TRUNK_OFF))
			return true;
		trunk_line_says(says, sizeof(says), lines, ways[i].trunk, held);
		if (text_printf(why + used, size - used, "%s%s", used ? ", " : "", says))
			used = strlen(why);
		else
			why[used] = '\0';
	}
	return false;
}

/**
 * Says whether there is room for a call to an outside number
 *
 * @param trunk Result with ROOM_FREE: the first trunk that takes it
 * @param x     Exchange
 * @param t     Whose routes
 * @param e164  Number, in E.164 form
 */
enum outside_room outside_room(int64_t *trunk, struct exchange *x, const struct tenant *t,
			       const char *e164)
{
	struct trunk_lines *lines = exchange_trunk_lines(x);
	struct way ways[WAYS_MAX];
	unsigned n = way_find(ways, t, tenants_trunks(exchange_tenants(x)), e164);
	enum outside_room room = ROOM_NONE;

	for (unsigned i = 0; i < n; i++) {
		enum trunk_held held = trunk_line_held(lines, ways[i].trunk);

		if (held == TRUNK_FREE && !exchange_full(x)) {
			*trunk = ways[i].trunk->id;
			return ROOM_FREE;
		}
		if (held != TRUNK_OFF && held != TRUNK_DOWN)
			room = ROOM_LATER;
	}
	return room;
}
