/**
 * @file waiting.c  Counts of messages by mailbox, and who is told
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include "exchange.h"
#include "waiting.h"

enum { BUCKETS = 4096 };

struct waiting {
	struct hash *mailboxes;
};

/* By the id of the extension: whoever gets another number keeps the messages. */
struct box {
	struct le le;
	int64_t tenant;
	char extension_id[ID_SIZE];
	struct voicemail_counts counts;
};

static void waiting_destructor(void *arg)
{
	struct waiting *w = arg;

	hash_flush(w->mailboxes);
	mem_deref(w->mailboxes);
}

static void box_destructor(void *arg)
{
	struct box *b = arg;

	hash_unlink(&b->le);
}

/** Makes an empty table; 0 or ENOMEM */
int waiting_alloc(struct waiting **wp)
{
	AUTO struct waiting *w = mem_zalloc(sizeof(*w), waiting_destructor);

	if (!w || hash_alloc(&w->mailboxes, BUCKETS))
		return ENOMEM;
	*wp = TAKE(w);
	return 0;
}

static uint32_t box_hash(int64_t tenant, const char *extension_id)
{
	return hash_joaat_str(extension_id) ^ (uint32_t)tenant * 2654435761u;
}

static bool is_box(struct le *le, void *arg)
{
	const struct box *b = le->data, *wanted = arg;

	return b->tenant == wanted->tenant && !strcmp(b->extension_id, wanted->extension_id);
}

static struct box *box_find(struct exchange *x, int64_t tenant, const char *extension_id)
{
	struct box wanted = {.tenant = tenant};

	str_ncpy(wanted.extension_id, extension_id, sizeof(wanted.extension_id));
	return list_ledata(hash_lookup(exchange_waiting(x)->mailboxes,
				       box_hash(tenant, extension_id), is_box, &wanted));
}

/* The id of a number's extension; NULL when there is none (any more). */
static const char *id_of(const struct exchange *x, int64_t tenant, const char *extension)
{
	const struct tenant *t = exchange_tenant(x, tenant);
	const struct tenant_extension *e = t ? tenant_extension(t, extension) : NULL;

	return e ? e->id : NULL;
}

/** How many messages an extension has */
void waiting_get(struct voicemail_counts *c, struct exchange *x, int64_t tenant,
		 const char *extension)
{
	const char *id = id_of(x, tenant, extension);
	const struct box *b = id ? box_find(x, tenant, id) : NULL;

	memset(c, 0, sizeof(*c));
	if (b)
		*c = b->counts;
}

static struct box *box_make(struct exchange *x, int64_t tenant, const char *extension_id)
{
	struct box *b = mem_zalloc(sizeof(*b), box_destructor);

	if (!b)
		return NULL;
	b->tenant = tenant;
	str_ncpy(b->extension_id, extension_id, sizeof(b->extension_id));
	hash_append(exchange_waiting(x)->mailboxes, box_hash(tenant, extension_id), &b->le, b);
	return b;
}

/** Tells the phones that did not subscribe how many messages wait */
void waiting_tell(struct exchange *x, int64_t tenant, const char *extension)
{
	const struct tenant *t = exchange_tenant(x, tenant);
	AUTO struct mbuf *body = mbuf_alloc(256);
	struct voicemail_counts c;

	waiting_get(&c, x, tenant, extension);
	if (!t || !body || waiting_print(body, &c, extension, t->domain))
		return;
	stack_tell(exchange_stack(x), "message-summary", "application/simple-message-summary",
		   tenant, extension, body);
}

/** The messages of an extension have changed: its phones and the portal hear of it */
void waiting_set(struct exchange *x, int64_t tenant, const char *extension,
		 const struct voicemail_counts *c)
{
	const char *id = id_of(x, tenant, extension);
	struct box *b = id ? box_find(x, tenant, id) : NULL;

	if (id && !b)
		b = box_make(x, tenant, id);
	if (!b)
		return;
	if (!memcmp(&b->counts, c, sizeof(*c)))
		return;
	b->counts = *c;
	stack_notify(exchange_stack(x), "message-summary", tenant, extension);
	waiting_tell(x, tenant, extension);
	if (exchange_conf(x)->waiting_h)
		exchange_conf(x)->waiting_h(tenant, extension, c, exchange_conf(x)->arg);
}

/** Writes what a lamp needs (RFC 3842 section 5.2); 0 or errno */
int waiting_print(struct mbuf *body, const struct voicemail_counts *c, const char *extension,
		  const char *domain)
{
	return mbuf_printf(body,
			   "Messages-Waiting: %s\r\nMessage-Account: sip:%s@%s\r\n"
			   "Voice-Message: %d/%d (%d/%d)\r\n",
			   c->fresh ? "yes" : "no", extension, domain, (int)c->fresh, (int)c->old,
			   (int)c->urgent_fresh, (int)c->urgent_old);
}
