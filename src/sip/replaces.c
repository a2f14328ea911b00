/**
 * @file replaces.c  Which call an INVITE or a REFER means to take over (RFC 3891)
 */
#include <string.h>
#include "dialog_private.h"
#include "text.h"

/** Reads `call-id;to-tag=..;from-tag=..[;early-only]`; the parts point into value */
bool replaces_parse(struct replaces *r, const char *value)
{
	struct pl all, params, end;
	const char *semi = strchr(value, ';');

	memset(r, 0, sizeof(*r));
	if (!semi || semi == value)
		return false;
	pl_set_str(&all, value);
	r->call_id = (struct pl){value, (size_t)(semi - value)};
	params = (struct pl){semi, all.l - r->call_id.l};
	if (!text_one_line(&all) || msg_param_decode(&params, "to-tag", &r->to_tag) ||
	    msg_param_decode(&params, "from-tag", &r->from_tag))
		return false;
	r->early_only = !msg_param_exists(&params, "early-only", &end);
	return true;
}

/*
 * The tags as the one who is to be replaced sees them; JsSIP turns them round for calls that came
 * in. Call-ID and both tags together cannot be guessed, so either order will do.
 */
static struct usage *find(const struct stack *s, const struct replaces *r, const struct pl *ours,
			  const struct pl *theirs)
{
	struct usage *u = usage_find(s, &r->call_id, ours);

	return u && far_find(u, theirs) ? u : NULL;
}

/** The live usage that is meant, of this tenant and with an owner; NULL if there is none */
struct usage *replaces_find(const struct stack *s, int64_t tenant, const struct replaces *r)
{
	struct usage *u = find(s, r, &r->to_tag, &r->from_tag);

	if (!u)
		u = find(s, r, &r->from_tag, &r->to_tag);
	return u && tenant && u->tenant == tenant && u->handle ? u : NULL;
}

/** See dialog.h */
struct dialog *dialog_find_replaces(struct stack *s, int64_t tenant, const char *replaces)
{
	struct replaces r;
	struct usage *u;

	if (!replaces_parse(&r, replaces))
		return NULL;
	u = replaces_find(s, tenant, &r);
	return u ? u->handle : NULL;
}

/**
 * Looks at the Replaces header of an INVITE.
 *
 * @param value  Filled in; "" for none
 * @param size   Its size
 * @param s      Stack
 * @param tenant Tenant of the sender
 * @param msg    INVITE
 *
 * @return 0, or the code to refuse with: 400, 481, or 486 for "only while it rings"
 */
uint16_t replaces_check(char *value, size_t size, const struct stack *s, int64_t tenant,
			const struct sip_msg *msg)
{
	struct replaces r;
	struct usage *u;

	value[0] = '\0';
	if (!sip_msg_hdr(msg, SIP_HDR_REPLACES))
		return 0;
	if (sip_msg_hdr_count(msg, SIP_HDR_REPLACES) > 1 ||
	    !header_value(value, size, msg, SIP_HDR_REPLACES) || !replaces_parse(&r, value))
		return 400;
	u = replaces_find(s, tenant, &r);
	if (!u)
		return 481;
	/* somebody who calls us and was not answered cannot be replaced (RFC 3891 section 3) */
	if (u->state == USAGE_RINGING)
		return 481;
	return r.early_only && u->state == USAGE_UP ? 486 : 0;
}
