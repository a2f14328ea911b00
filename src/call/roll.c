/**
 * @file roll.c  The roll of live calls
 */
#include <errno.h>
#include <string.h>
#include "roll.h"

enum { ROLL_CALLS = 4096, ROLL_EXTENSIONS = 4096, ROLL_TRUNKS = 256 };

struct roll {
	struct list calls;
	unsigned count;
	struct hash *by_id, *by_extension, *by_trunk;
};

static void destructor(void *arg)
{
	struct roll *r = arg;

	list_flush(&r->calls);
	mem_deref(r->by_id);
	mem_deref(r->by_extension);
	mem_deref(r->by_trunk);
}

/** An empty roll; mem_deref() ends the calls that are on it. Returns 0 or errno */
int roll_alloc(struct roll **rp)
{
	struct roll *r = mem_zalloc(sizeof(*r), destructor);
	int err;

	if (!r)
		return ENOMEM;
	err = hash_alloc(&r->by_id, ROLL_CALLS);
	err = err ? err : hash_alloc(&r->by_extension, ROLL_EXTENSIONS);
	err = err ? err : hash_alloc(&r->by_trunk, ROLL_TRUNKS);
	if (err)
		mem_deref(r);
	else
		*rp = r;
	return err;
}

/** Every live call, oldest first */
struct list *roll_calls(struct roll *r)
{
	return &r->calls;
}

/** How many they are */
unsigned roll_count(const struct roll *r)
{
	return r->count;
}

/** Puts a call on the roll, at its end */
void roll_add(struct roll *r, struct roll_place *place, struct call *c)
{
	list_append(&r->calls, &place->le, c);
	hash_append(r->by_id, hash_joaat_str(call_id(c)), &place->by_id, c);
	place->roll = r;
	++r->count;
}

/** Takes it off; its legs stay until they are down. May be called again */
void roll_remove(struct roll_place *place)
{
	if (!place->roll)
		return;
	list_unlink(&place->le);
	hash_unlink(&place->by_id);
	--place->roll->count;
	place->roll = NULL;
}

/** The same number is another one in another tenant */
static uint32_t extension_key(int64_t tenant, const char *extension)
{
	return hash_joaat_str(extension) ^ (uint32_t)tenant;
}

/** Puts a live leg where its extension and its trunk are found; anew when these changed */
void roll_leg(struct roll *r, struct leg *leg)
{
	roll_leg_remove(leg);
	if (leg->extension[0])
		hash_append(r->by_extension,
			    extension_key(call_tenant_id(leg->call), leg->extension),
			    &leg->by_extension, leg);
	if (leg->trunk)
		hash_append(r->by_trunk, (uint32_t)leg->trunk, &leg->by_trunk, leg);
}

/** Takes a leg off. May be called again */
void roll_leg_remove(struct leg *leg)
{
	hash_unlink(&leg->by_extension);
	hash_unlink(&leg->by_trunk);
}

/** A live call of one tenant by its id; NULL if there is none */
struct call *roll_find(const struct roll *r, int64_t tenant, const char *id)
{
	struct le *le;

	LIST_FOREACH (hash_list(r->by_id, hash_joaat_str(id)), le) {
		struct call *c = le->data;

		if (call_tenant_id(c) == tenant && !strcmp(call_id(c), id))
			return c;
	}
	return NULL;
}

/** Whether phones of an extension talk or call, and whether they ring; false: neither */
bool roll_engaged(bool *talks, bool *rings, const struct roll *r, int64_t tenant,
		  const char *extension)
{
	struct le *le;

	*talks = *rings = false;
	LIST_FOREACH (hash_list(r->by_extension, extension_key(tenant, extension)), le) {
		const struct leg *leg = le->data;

		if (call_tenant_id(leg->call) != tenant || strcmp(leg->extension, extension))
			continue;
		if (leg_rings(leg))
			*rings = true;
		else
			*talks = true;
	}
	return *talks || *rings;
}

/** Every live leg of an extension's phones; the handler may not end one */
void roll_extension(const struct roll *r, int64_t tenant, const char *extension, roll_leg_h *h,
		    void *arg)
{
	struct le *le;

	LIST_FOREACH (hash_list(r->by_extension, extension_key(tenant, extension)), le) {
		struct leg *leg = le->data;

		if (call_tenant_id(leg->call) == tenant && !strcmp(leg->extension, extension))
			h(leg, arg);
	}
}

/** How many live legs an extension's phones have; stops counting at max */
unsigned roll_extension_count(const struct roll *r, int64_t tenant, const char *extension,
			      unsigned max)
{
	struct le *le;
	unsigned n = 0;

	LIST_FOREACH (hash_list(r->by_extension, extension_key(tenant, extension)), le) {
		const struct leg *leg = le->data;

		n += call_tenant_id(leg->call) == tenant && !strcmp(leg->extension, extension);
		if (n >= max)
			break;
	}
	return n;
}

/** How many live legs a trunk has; stops counting at max */
unsigned roll_trunk(const struct roll *r, int64_t trunk, unsigned max)
{
	struct le *le;
	unsigned n = 0;

	LIST_FOREACH (hash_list(r->by_trunk, (uint32_t)trunk), le) {
		const struct leg *leg = le->data;

		n += leg->trunk == trunk;
		if (n >= max)
			break;
	}
	return n;
}
