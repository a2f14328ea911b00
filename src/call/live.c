/**
 * @file live.c  What is going on now: presence, dialog-info, live calls
 */
#include <string.h>
#include "exchange.h"
#include "roll.h"
#include "story.h"
#include "waiting.h"

static const char *const presence_names[] = {"offline", "available", "ringing", "busy", "dnd"};

/** Name of a presence, as the API shows it */
const char *presence_name(enum presence p)
{
	return presence_names[p];
}

/** Whether an extension rings, talks, wants to be left alone, or could be rung */
enum presence exchange_presence(struct exchange *x, int64_t tenant, const char *extension)
{
	const struct binding *b[1];
	bool talks, rings;

	if (roll_engaged(&talks, &rings, exchange_roll(x), tenant, extension))
		return talks ? PRESENCE_BUSY : PRESENCE_RINGING;
	if (!registrar_find(exchange_stack(x), tenant, extension, b, 1))
		return PRESENCE_OFFLINE;
	return exchange_dnd(x, tenant, extension) ? PRESENCE_DND : PRESENCE_AVAILABLE;
}

/** True when the extension talks already, or is about to */
bool exchange_extension_busy(struct exchange *x, int64_t tenant, const char *extension)
{
	enum presence p = exchange_presence(x, tenant, extension);

	return p == PRESENCE_BUSY || p == PRESENCE_RINGING;
}

/** A live call of one tenant by its id; NULL if there is none */
struct call *exchange_call_find(struct exchange *x, int64_t tenant, const char *id)
{
	return roll_find(exchange_roll(x), tenant, id);
}

static int dialog_info(struct mbuf *body, enum presence p, const char *domain, const char *user)
{
	/* a lamp knows free, ringing and taken: who wants no call is shown as taken */
	const char *state = p == PRESENCE_RINGING		      ? "early"
			    : p == PRESENCE_BUSY || p == PRESENCE_DND ? "confirmed"
								      : NULL;
	int err = mbuf_printf(body,
			      "<?xml version=\"1.0\"?>\r\n"
			      "<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" "
			      "version=\"@VERSION@\" state=\"full\" entity=\"sip:%s@%s\">\r\n",
			      user, domain);

	if (state)
		err |= mbuf_printf(body, "<dialog id=\"%s\"><state>%s</state></dialog>\r\n", user,
				   state);
	return err | mbuf_write_str(body, "</dialog-info>\r\n");
}

static int presence_info(struct mbuf *body, enum presence p, const char *domain, const char *user)
{
	return mbuf_printf(body,
			   "<?xml version=\"1.0\"?>\r\n"
			   "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" entity=\"sip:%s@%s\">"
			   "<tuple id=\"phone\"><status><basic>%s</basic></status><note>%s</note>"
			   "</tuple></presence>\r\n",
			   user, domain, p == PRESENCE_OFFLINE ? "closed" : "open",
			   presence_name(p));
}

/* A code whose dest has a lamp of its own, such as a place for parked calls. */
static bool code_subscribe(struct mbuf *body, const char *package, struct exchange *x,
			   const struct tenant *t, const char *user)
{
	const struct dest_ops *ops;
	struct dest dest;

	if (strcmp(package, "dialog") || !exchange_dest(x, &dest, t, user))
		return false;
	ops = flow_kind(dest.kind);
	if (!ops || !ops->lit)
		return false;
	return !dialog_info(body, ops->lit(x, t, dest.target) ? PRESENCE_BUSY : PRESENCE_AVAILABLE,
			    t->domain, user);
}

/** Writes the state that a subscription asks for (RFC 4235, 3856, 3842); false: no such thing */
bool live_subscribe(struct mbuf *body, const char *package, int64_t tenant, const char *user,
		    const struct sip_account *watcher, void *arg)
{
	struct exchange *x = arg;
	const struct tenant *t = exchange_tenant(x, tenant);
	struct voicemail_counts counts;
	enum presence p;

	if (!t)
		return false;
	if (!tenant_extension(t, user))
		return code_subscribe(body, package, x, t, user);
	p = exchange_presence(x, tenant, user);
	if (!strcmp(package, "dialog"))
		return !dialog_info(body, p, t->domain, user);
	if (!strcmp(package, "presence"))
		return !presence_info(body, p, t->domain, user);
	if (strcmp(package, "message-summary") || strcmp(user, watcher->aor_user))
		return false;
	waiting_get(&counts, x, tenant, user);
	return !waiting_print(body, &counts, user, t->domain);
}
