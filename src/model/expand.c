/**
 * @file expand.c  What a dialled string means for a tenant
 */
#include <errno.h>
#include <string.h>
#include "expand.h"
#include "own.h"
#include "phone.h"
#include "text.h"

static int resolved(struct dest *out, enum dest_kind kind, const char *target)
{
	memset(out, 0, sizeof(*out));
	out->kind = kind;
	return text_printf(out->target, sizeof(out->target), "%s", target) ? 0 : ENOENT;
}

static bool argument_good(enum feature_argument argument, const char *rest)
{
	switch (argument) {
	case ARGUMENT_NOTHING:
		return !rest[0];
	case ARGUMENT_ASK:
		return !rest[0] || phone_dialable(rest);
	case ARGUMENT_NUMBER:
		return phone_dialable(rest);
	case ARGUMENT_KEYS:
		return false;
	case ARGUMENT_DIGITS:
		return rest[0] && strspn(rest, "0123456789") == strlen(rest);
	}
	return false;
}

/* The longest code wins, what is left is its argument; '#' ends it. */
static int code_resolve(struct dest *out, const struct tenant *t, const char *dialled)
{
	char digits[2 * PHONE_SIZE], target[DEST_TARGET];

	if (!text_printf(digits, sizeof(digits), "%.*s", (int)strcspn(dialled, "#"), dialled))
		return ENOENT;
	for (uint32_t i = 0; i < t->code_count; i++) {
		const struct feature *f = t->codes[i].feature;
		size_t n = strlen(t->codes[i].code);

		if (strncmp(t->codes[i].code, digits, n) || !argument_good(f->argument, digits + n))
			continue;
		if (!text_printf(target, sizeof(target), "%s%s", f->dest.target, digits + n))
			return ENOENT;
		return resolved(out, f->dest.kind, target);
	}
	return ENOENT;
}

/**
 * Says what a dialled string means: an emergency number, a feature code with its argument, an
 * extension, a ring group or a queue of the tenant, else an outside number (also a DID of this or
 * another tenant: it leaves through a trunk like any other), else a short code that a route of the
 * tenant has as its prefix
 *
 * @param out     Result; the target of an outside number is in E.164 form, a short code as dialled.
 *                Whether a route leads there is way_leads()'s to say
 * @param t       Tenant
 * @param dialled What was dialled; blanks, dots, dashes, slashes and brackets are passed over
 *
 * @return 0 or ENOENT
 */
int dest_resolve(struct dest *out, const struct tenant *t, const char *dialled)
{
	const struct tenant_extension *e = tenant_extension(t, dialled);
	const struct tenant_route *route;
	char e164[PHONE_SIZE];

	if (phone_listed(t->emergency, dialled))
		return resolved(out, DEST_external, dialled);
	if (dialled[0] == '*')
		return code_resolve(out, t, dialled);
	if (e)
		return resolved(out, DEST_extension, e->number);
	if (tenant_group(t, dialled))
		return resolved(out, DEST_group, dialled);
	if (tenant_queue(t, dialled))
		return resolved(out, DEST_queue, dialled);
	if (phone_e164(e164, sizeof(e164), dialled, t->country))
		return resolved(out, DEST_external, e164);
	if (!phone_dialable(dialled) || dialled[0] == '+')
		return ENOENT;
	route = tenant_route(t, dialled);
	return route && !strcmp(route->prefix, dialled) ? resolved(out, DEST_external, dialled)
							: ENOENT;
}
