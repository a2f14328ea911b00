/**
 * @file emergency.c  A call for help: what its story says, and who hears of it
 */
#include "clock.h"
#include "dests_private.h"
#include "emergency_mail.h"
#include "text.h"

static void call_fill(struct emergency_call *c, struct step *s)
{
	const struct tenant *t = call_tenant(s->call);
	const struct tenant_extension *ext = tenant_extension(t, call_behalf(s->call));
	const struct leg *party = flow_party(s);
	const char *address =
		ext && ext->emergency_address[0] ? ext->emergency_address : t->emergency_address;

	c->tenant = t->id;
	c->at = clock_wall_ms();
	str_ncpy(c->call_id, call_id(s->call), sizeof(c->call_id));
	text_printf(c->number, sizeof(c->number), "%s", s->dest.target);
	text_printf(c->caller, sizeof(c->caller), "%s",
		    ext			   ? ext->name
		    : party->party.name[0] ? party->party.name
					   : party->party.number);
	text_printf(c->extension, sizeof(c->extension), "%s", ext ? ext->number : "");
	emergency_address_line(c->address, address);
}

/**
 * A step calls an outside number: for an emergency number the address on file is told in the story,
 * and whoever the tenant named is mailed, behind the call
 */
void emergency_called(struct step *s)
{
	const struct tenant *t = call_tenant(s->call);
	const struct exchange_conf *conf = exchange_conf(call_exchange(s->call));
	struct emergency_call c = {0};

	if (!phone_listed(t->emergency, s->dest.target))
		return;
	call_fill(&c, s);
	if (c.address[0])
		story_add(call_story(s->call), "help", "Emergency call. Address on file: %s",
			  c.address);
	else
		story_add(call_story(s->call), "help", "Emergency call. No address is on file");
	if (t->emergency_notify && conf->emergency_h)
		conf->emergency_h(&c, conf->arg);
}
