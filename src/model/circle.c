/**
 * @file circle.c  Forwards that lead in a circle
 */
#include <errno.h>
#include <string.h>
#include "circle.h"
#include "extension.h"
#include "own.h"

static const char *forward_to(const struct extension_settings *s, enum forward_kind kind,
			      int64_t now)
{
	const struct extension_forward *f = &s->forward[kind];

	return f->on && (!f->until || f->until > now) ? f->number : NULL;
}

static void pass(struct circle *c, const char *number)
{
	str_ncpy(c->numbers[c->count++], number, PHONE_SIZE);
}

static int settings_of(struct extension_settings *s, struct db *db, int64_t tenant,
		       const char *number)
{
	struct extension e;
	int err = extension_by_number(&e, db, tenant, number);

	return err ? err : extension_settings_get(s, db, tenant, e.id);
}

/**
 * Follows a forward from extension to extension, by what each does with every call, else by the
 * same kind of forward, as if all were busy or nobody answered
 *
 * @param c      Result
 * @param db     Connection
 * @param s      Settings to begin with
 * @param number Their extension
 * @param kind   Forward to follow
 * @param now    Wall ms: forwards whose time is over do not count
 *
 * @return 0, also when there is no circle, or errno
 */
int circle_find(struct circle *c, struct db *db, const struct extension_settings *s,
		const char *number, enum forward_kind kind, int64_t now)
{
	struct extension_settings at = *s;
	const char *to = forward_to(&at, kind, now);
	int err = 0;

	memset(c, 0, sizeof(*c));
	pass(c, number);
	while (to && c->count < CIRCLE_MAX) {
		pass(c, to);
		if (!strcmp(to, number))
			return 0;
		err = settings_of(&at, db, s->tenant, c->numbers[c->count - 1]);
		if (err)
			break;
		to = forward_to(&at, FORWARD_all, now);
		if (!to)
			to = forward_to(&at, kind, now);
	}
	c->count = 0;
	return err == ENOENT ? 0 : err;
}
