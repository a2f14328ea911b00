/**
 * @file bindings.c  The table of bindings: by AOR, and by flow
 */
#include <string.h>
#include "clock.h"
#include "log.h"
#include "stack_parts.h"
#include "text.h"

enum { BINDINGS_BUCKETS = 16384, LOST_GRACE_MS = 5000 };

struct bindings {
	struct hash *ht_aor, *ht_flow;
	unsigned count;
};

static void destructor(void *arg)
{
	struct bindings *b = arg;

	hash_flush(b->ht_aor);
	mem_deref(b->ht_aor);
	mem_deref(b->ht_flow);
}

/** Makes an empty table. Returns 0 or errno */
int bindings_alloc(struct bindings **bp)
{
	AUTO struct bindings *b = mem_zalloc(sizeof(*b), destructor);
	int err;

	if (!b)
		return ENOMEM;
	err = hash_alloc(&b->ht_aor, BINDINGS_BUCKETS);
	err |= hash_alloc(&b->ht_flow, BINDINGS_BUCKETS);
	if (err)
		return ENOMEM;
	*bp = TAKE(b);
	return 0;
}

static uint32_t aor_key(int64_t tenant, const char *user)
{
	return hash_joaat_str(user) ^ (uint32_t)tenant * 2654435761u;
}

static uint32_t flow_key(const struct flow *flow)
{
	return sa_hash(&flow->peer, SA_ALL);
}

/** Finds an AOR; NULL if nothing is registered for it */
struct aor *bindings_aor(const struct bindings *b, int64_t tenant, const char *user)
{
	struct le *le = list_head(hash_list(b->ht_aor, aor_key(tenant, user)));

	for (; le; le = le->next) {
		struct aor *aor = le->data;

		if (aor->tenant == tenant && !strcmp(aor->user, user))
			return aor;
	}
	return NULL;
}

static void aor_destructor(void *arg)
{
	struct aor *aor = arg;

	hash_unlink(&aor->he);
	list_flush(&aor->bindings);
}

static struct aor *aor_get(struct bindings *b, int64_t tenant, const char *user)
{
	struct aor *aor = bindings_aor(b, tenant, user);

	if (aor)
		return aor;
	aor = mem_zalloc(sizeof(*aor), aor_destructor);
	if (!aor)
		return NULL;
	aor->tenant = tenant;
	(void)text_printf(aor->user, sizeof(aor->user), "%s", user);
	hash_append(b->ht_aor, aor_key(tenant, user), &aor->he, aor);
	return aor;
}

static void entry_destructor(void *arg)
{
	struct entry *e = arg;

	list_unlink(&e->b.le);
	hash_unlink(&e->he_flow);
	tmr_cancel(&e->tmr);
	tmr_cancel(&e->tmr_alive);
	mem_deref(e->alive);
	mem_deref(e->watch);
	--e->stack->bindings->count;
}

/* A change in place: the AOR goes with its last binding */
static void entry_remove(struct entry *e)
{
	struct aor *aor = e->aor;

	mem_deref(e);
	if (!aor->bindings.head)
		mem_deref(aor);
}

/** Adds a copy of a binding as the newest of its AOR. Returns 0 or errno */
int bindings_add(struct entry **ep, struct stack *s, const struct binding *b)
{
	struct aor *aor = aor_get(s->bindings, b->tenant, b->user);
	struct entry *e;

	if (!aor)
		return ENOMEM;
	e = mem_zalloc(sizeof(*e), entry_destructor);
	if (!e) {
		if (!aor->bindings.head)
			mem_deref(aor);
		return ENOMEM;
	}
	e->b = *b;
	memset(&e->b.le, 0, sizeof(e->b.le));
	e->stack = s;
	e->aor = aor;
	++s->bindings->count;
	list_append(&aor->bindings, &e->b.le, e);
	hash_append(s->bindings->ht_flow, flow_key(&e->b.flow), &e->he_flow, e);
	*ep = e;
	return 0;
}

/** Moves a binding to another flow */
void bindings_flow(struct entry *e, const struct flow *flow)
{
	hash_unlink(&e->he_flow);
	e->b.flow = *flow;
	e->gone = false;
	hash_append(e->stack->bindings->ht_flow, flow_key(flow), &e->he_flow, e);
}

static void expire_h(void *arg)
{
	struct entry *e = arg;

	bindings_drop(e, e->gone ? BINDING_REMOVED : BINDING_EXPIRED);
}

/** Sets when a binding ends, in monotonic ms */
void bindings_until(struct entry *e, uint64_t expires)
{
	uint64_t now = clock_mono_ms();

	e->b.expires = expires;
	tmr_start(&e->tmr, expires > now ? expires - now : 0, expire_h, e);
}

/** Removes a binding and tells why */
void bindings_drop(struct entry *e, enum binding_change change)
{
	struct stack *s = e->stack;
	struct binding b = e->b;

	memset(&b.le, 0, sizeof(b.le));
	entry_remove(e);
	s->h.binding_h(&b, (int)change, s->h.arg);
}

static bool entry_on(const struct entry *e, const struct flow *flow)
{
	return flow_same(&e->b.flow, flow);
}

/** A connection closed: what is bound to it cannot be rung, and goes unless it soon comes back */
void bindings_lost(struct stack *s, const struct flow *flow)
{
	struct le *le = list_head(hash_list(s->bindings->ht_flow, flow_key(flow)));

	for (; le; le = le->next) {
		struct entry *e = le->data;

		if (e->gone || !entry_on(e, flow))
			continue;
		e->gone = true;
		tmr_cancel(&e->tmr_alive);
		e->alive = mem_deref(e->alive);
		tmr_start(&e->tmr, LOST_GRACE_MS, expire_h, e);
	}
}

/** Is a binding told when this connection closes? */
bool bindings_watched(const struct stack *s, const struct flow *flow)
{
	struct le *le = list_head(hash_list(s->bindings->ht_flow, flow_key(flow)));

	for (; le; le = le->next) {
		const struct entry *e = le->data;

		if (e->watch && entry_on(e, flow))
			return true;
	}
	return false;
}

/** Does a live binding use this flow? */
bool bindings_has_flow(const struct stack *s, const struct flow *flow)
{
	struct le *le = list_head(hash_list(s->bindings->ht_flow, flow_key(flow)));

	for (; le; le = le->next) {
		if (entry_on(le->data, flow))
			return true;
	}
	return false;
}

/**
 * Lists all live bindings of an AOR.
 *
 * @param s      Stack
 * @param tenant Its tenant
 * @param user   Its user part
 * @param bv     Filled in, in order of registration; valid until the next event
 * @param max    Room in bv
 *
 * @return Number of bindings written
 */
unsigned registrar_find(const struct stack *s, int64_t tenant, const char *user,
			const struct binding **bv, unsigned max)
{
	const struct aor *aor = bindings_aor(s->bindings, tenant, user);
	unsigned n = 0;

	for (struct le *le = aor ? aor->bindings.head : NULL; le && n < max; le = le->next) {
		const struct entry *e = le->data;

		if (!e->gone)
			bv[n++] = &e->b;
	}
	return n;
}

struct visit {
	binding_visit_h *h;
	void *arg;
};

static bool visit_aor(struct le *le, void *arg)
{
	const struct aor *aor = le->data;
	struct visit *v = arg;

	for (struct le *b = aor->bindings.head; b; b = b->next) {
		const struct entry *e = b->data;

		if (!e->gone && v->h(&e->b, v->arg))
			return true;
	}
	return false;
}

/** Visits all live bindings; the handler must not change them, and returns true to stop */
void registrar_each(const struct stack *s, binding_visit_h *h, void *arg)
{
	(void)hash_apply(s->bindings->ht_aor, visit_aor, &(struct visit){h, arg});
}

/** Number of bindings, those whose connection just broke included */
unsigned registrar_count(const struct stack *s)
{
	return s->bindings->count;
}

/**
 * Ends the registrations and the subscriptions of a device.
 *
 * @param s      Stack
 * @param tenant Its tenant
 * @param user   The AOR's user part
 * @param device Device id, or NULL for all of the AOR
 */
void stack_revoke(struct stack *s, int64_t tenant, const char *user, const char *device)
{
	const struct aor *aor = bindings_aor(s->bindings, tenant, user);
	struct le *le = aor ? aor->bindings.head : NULL;

	while (le) {
		struct entry *e = le->data;

		le = le->next; /* NULL after the last, with which the AOR goes */
		if (!device || !strcmp(e->b.device, device))
			bindings_drop(e, BINDING_REMOVED);
	}
	subs_revoke(s, tenant, user, device);
}
