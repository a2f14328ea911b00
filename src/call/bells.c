/**
 * @file bells.c  Browsers that are rung while their portal is closed
 */
#include <errno.h>
#include <string.h>
#include "bells.h"
#include "call.h"
#include "clock.h"
#include "exchange.h"
#include "log.h"

enum { BUCKETS = 1024, RUNG_MAX = 2 * BELLS_MAX, OVER_S = 60 };

struct bells {
	struct hash *by_extension;
	struct list vigils;
	struct pusher *pusher; /* not ours; NULL: nothing is pushed */
	uint64_t heard;	       /* how often somebody came           */
};

struct entry {
	struct le le;
	struct bell bell;
};

struct vigil {
	struct le le;
	struct bells *bells;
	int64_t tenant;
	char extension[PHONE_SIZE], call[ID_SIZE], name[SIP_NAME], number[SIP_NAME];
	bool over;
	vigil_came_h *h;
	void *arg;
	uint64_t heard; /* of those of the bells, the last it was told of */
	unsigned count, room;
	struct {
		char id[ID_SIZE];
		struct push_target target;
	} rung[];
};

static void bells_destructor(void *arg)
{
	struct bells *bs = arg;

	hash_flush(bs->by_extension);
	mem_deref(bs->by_extension);
}

static void entry_destructor(void *arg)
{
	hash_unlink(&((struct entry *)arg)->le);
}

static void vigil_destructor(void *arg)
{
	struct vigil *v = arg;

	vigil_end(v, BELL_MISSED);
	list_unlink(&v->le);
}

/** Makes an empty table; without a pusher nobody is ever asleep; 0 or ENOMEM */
int bells_alloc(struct bells **bsp, struct pusher *pusher)
{
	struct bells *bs = mem_zalloc(sizeof(*bs), bells_destructor);

	if (!bs)
		return ENOMEM;
	bs->pusher = pusher;
	if (hash_alloc(&bs->by_extension, BUCKETS)) {
		mem_deref(bs);
		return ENOMEM;
	}
	*bsp = bs;
	return 0;
}

/** Makes a bell known; 0 or ENOMEM */
int bells_add(struct bells *bs, const struct bell *b)
{
	struct entry *e = mem_zalloc(sizeof(*e), entry_destructor);

	if (!e)
		return ENOMEM;
	e->bell = *b;
	hash_append(bs->by_extension, hash_joaat_str(b->extension_id), &e->le, e);
	return 0;
}

static bool entry_of(const struct entry *e, int64_t tenant, const char *extension_id)
{
	return e->bell.tenant == tenant && !strcmp(e->bell.extension_id, extension_id);
}

/** Forgets the bells of an extension */
void bells_clear(struct bells *bs, int64_t tenant, const char *extension_id)
{
	struct le *le = list_head(hash_list(bs->by_extension, hash_joaat_str(extension_id)));

	while (le) {
		struct entry *e = le->data;

		le = le->next;
		if (entry_of(e, tenant, extension_id))
			mem_deref(e);
	}
}

static bool entry_has_id(struct le *le, void *arg)
{
	return !strcmp(((struct entry *)le->data)->bell.id, arg);
}

/** Forgets one bell, if it is known */
void bells_remove(struct bells *bs, const char *id)
{
	struct le *le = hash_apply(bs->by_extension, entry_has_id, (void *)(uintptr_t)id);

	if (le)
		mem_deref(le->data);
}

static bool entry_drop_ended(struct le *le, void *arg)
{
	struct entry *e = le->data;

	if (e->bell.expires_at <= *(int64_t *)arg)
		mem_deref(e);
	return false;
}

/** Forgets the bells whose sign-ins have ended; every few minutes is enough */
void bells_expire(struct bells *bs, int64_t now)
{
	(void)hash_apply(bs->by_extension, entry_drop_ended, &now);
}

/* A browser with a connection rings by itself. */
static bool asleep(const struct bell *b, const struct binding *const *bindings, unsigned n)
{
	if (b->expires_at <= clock_wall_ms())
		return false;
	for (unsigned i = 0; i < n; i++) {
		if (!strcmp(bindings[i]->device, b->device_id) && !bindings[i]->silent)
			return false;
	}
	return true;
}

typedef void(asleep_h)(const struct bell *b, void *arg);

static unsigned asleep_each(const struct bells *bs, const struct stack *stack, int64_t tenant,
			    const struct tenant_extension *ext, asleep_h *h, void *arg)
{
	struct le *le = list_head(hash_list(bs->by_extension, hash_joaat_str(ext->id)));
	const struct binding *bindings[BINDINGS_MAX];
	unsigned count = 0, n;

	if (!le || !bs->pusher)
		return 0;
	n = registrar_find(stack, tenant, ext->number, bindings, BINDINGS_MAX);
	for (; le; le = le->next) {
		const struct entry *e = le->data;

		if (!entry_of(e, tenant, ext->id) || !asleep(&e->bell, bindings, n))
			continue;
		++count;
		if (h)
			h(&e->bell, arg);
	}
	return count;
}

/** How many browsers of an extension could be rung by a push now, and only so */
unsigned bells_asleep(const struct bells *bs, const struct stack *stack, int64_t tenant,
		      const struct tenant_extension *ext)
{
	return asleep_each(bs, stack, tenant, ext, NULL, NULL);
}

static void rung_add(const struct bell *b, void *arg)
{
	struct vigil *v = arg;

	if (v->count == v->room)
		return;
	str_ncpy(v->rung[v->count].id, b->id, ID_SIZE);
	v->rung[v->count++].target = b->target;
}

static void rung_tell(const struct vigil *v, enum bell_news news, unsigned ttl_s)
{
	char text[PUSH_TEXT], topic[PUSH_TOPIC];
	const struct push_message m = {text, topic, ttl_s};

	if (!bell_text(text, news, v->call, v->name, v->number))
		return;
	push_topic(topic, v->call);
	for (unsigned i = 0; i < v->count; i++) {
		int err = pusher_send(v->bells->pusher, v->rung[i].id, &v->rung[i].target, &m);

		if (err)
			log_warn("push.dropped", "call=%s err=%s", v->call, strerror(err));
	}
}

/**
 * Rings the browsers of an extension that are asleep, and waits for them
 *
 * @param vp   Result; mem_deref() ends it as vigil_end() does, in vain
 * @param bs   Bells
 * @param call Call
 * @param conf Of whom, what they are told, and who hears of phones that register meanwhile; copied
 *
 * @return 0 or ENOMEM
 */
int vigil_alloc(struct vigil **vp, struct bells *bs, struct call *call,
		const struct vigil_conf *conf)
{
	const struct stack *stack = exchange_stack(call_exchange(call));
	unsigned n = bells_asleep(bs, stack, call_tenant_id(call), conf->ext);
	struct vigil *v;

	n = n < RUNG_MAX ? n : RUNG_MAX;
	v = mem_zalloc(sizeof(*v) + n * sizeof(v->rung[0]), vigil_destructor);
	if (!v)
		return ENOMEM;
	v->bells = bs;
	v->room = n;
	v->tenant = call_tenant_id(call);
	str_ncpy(v->extension, conf->ext->number, sizeof(v->extension));
	str_ncpy(v->call, call_id(call), sizeof(v->call));
	str_ncpy(v->name, conf->name, sizeof(v->name));
	str_ncpy(v->number, conf->number, sizeof(v->number));
	v->h = conf->h;
	v->arg = conf->arg;
	v->heard = bs->heard;
	list_append(&bs->vigils, &v->le, v);
	(void)asleep_each(bs, stack, v->tenant, conf->ext, rung_add, v);
	rung_tell(v, BELL_CALL, (conf->wait_ms + 999) / 1000);
	*vp = v;
	return 0;
}

/** The call rings no more: the browsers that were rung are told why */
void vigil_end(struct vigil *v, enum bell_news news)
{
	if (v->over)
		return;
	v->over = true;
	rung_tell(v, news, OVER_S);
}

static bool keeps(const struct vigil *v, int64_t tenant, const char *extension)
{
	return !v->over && v->tenant == tenant && !strcmp(v->extension, extension);
}

/** True when a call waits for phones of this extension */
bool bells_awaited(const struct bells *bs, int64_t tenant, const char *extension)
{
	for (const struct le *le = list_head(&bs->vigils); le; le = le->next) {
		if (keeps(le->data, tenant, extension))
			return true;
	}
	return false;
}

/** A phone has registered: calls that wait for its extension hear of it. Any of them may end by it,
 * with other vigils, so that the list is searched anew after each. */
void bells_came(struct bells *bs, int64_t tenant, const char *extension, const char *contact)
{
	struct le *le = list_head(&bs->vigils);

	++bs->heard;
	while (le) {
		struct vigil *v = le->data;

		le = le->next;
		if (v->heard == bs->heard || !keeps(v, tenant, extension))
			continue;
		v->heard = bs->heard;
		v->h(contact, v->arg);
		le = list_head(&bs->vigils);
	}
}
