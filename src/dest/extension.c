/**
 * @file extension.c  Dest: rings every phone of an extension
 */
#include <errno.h>
#include <string.h>
#include "bells.h"
#include "dests.h"
#include "dests_private.h"

/* A phone that registers while it rings rings too. */
static void on_came(const char *contact, void *arg)
{
	struct step *s = arg;
	const struct tenant_extension *ext = tenant_extension(call_tenant(s->call), s->dest.target);
	struct hunt_target targets[BINDINGS_MAX];
	unsigned n = phones_find(targets, BINDINGS_MAX, s, ext);

	for (unsigned i = 0; i < n; i++) {
		if (strcmp(targets[i].to.uri, contact))
			continue;
		if (hunt_join(s->hunt, &targets[i]))
			story_add(call_story(s->call), "dest", "%s has come back, and rings",
				  targets[i].device_name);
	}
}

/* Browsers whose portal is closed: their owner is told, and the caller hears that it rings. */
static int bells_ring(struct step *s, const struct tenant_extension *ext, unsigned asleep)
{
	struct bells *bells = exchange_bells(call_exchange(s->call));
	struct vigil *v;
	int err = vigil_alloc(&v, bells, s->call, ext, on_came, s);

	if (err)
		return err;
	s->state = v;
	story_add(call_story(s->call), "dest", "%s is told of the call in %u closed browser%s",
		  ext->name, asleep, asleep == 1 ? "" : "s");
	return hunt_await(s->hunt, BELL_WAIT_MS);
}

static void phones_ring(struct step *s, const struct tenant_extension *ext,
			const struct hunt_target *targets, unsigned n, unsigned asleep)
{
	if (n)
		story_add(call_story(s->call), "dest", "Calling %s: %u phone%s, for %u s",
			  ext->name, n, n == 1 ? "" : "s", (unsigned)(ext->ring_ms / 1000));
	if (flow_hunt(s, targets, n) || (asleep && bells_ring(s, ext, asleep)))
		flow_exit(s, EXIT_failed);
	else if (!n)
		flow_ring(s);
}

static void extension_ring(struct step *s, const struct tenant_extension *ext)
{
	const struct tenant *tenant = call_tenant(s->call);
	struct hunt_target targets[BINDINGS_MAX];
	struct exchange *x = call_exchange(s->call);
	unsigned n = phones_find(targets, BINDINGS_MAX, s, ext);
	unsigned asleep = bells_asleep(exchange_bells(x), exchange_stack(x), tenant->id, ext);

	if (!n && !asleep) {
		story_add(call_story(s->call), "dest", "%s has no phone connected", ext->name);
		flow_exit(s, EXIT_unavail);
		return;
	}
	if (!ext->call_waiting && exchange_extension_busy(x, tenant->id, ext->number)) {
		story_add(call_story(s->call), "dest",
			  "%s is on another call and takes no second one", ext->name);
		flow_exit(s, EXIT_busy);
		return;
	}
	phones_ring(s, ext, targets, n, asleep);
}

static void extension_leave(struct step *s)
{
	if (s->state)
		vigil_end(s->state, hunt_won(s->hunt) ? BELL_ANSWERED : BELL_MISSED);
}

/* Whom the rule lets leave a message is rejected where nobody takes one. */
static void extension_blocked(struct step *s, const struct tenant_extension *ext,
			      const struct tenant_block *b)
{
	struct dest voicemail = {.kind = DEST_voicemail};

	if (b->action == BLOCK_BUSY) {
		flow_end(s, EXIT_busy, CAUSE_BUSY);
	} else if (b->action == BLOCK_VOICEMAIL && ext->mailbox) {
		str_ncpy(voicemail.target, ext->number, sizeof(voicemail.target));
		flow_pass(s, &voicemail);
	} else {
		flow_end(s, EXIT_rejected, CAUSE_DECLINED);
	}
}

static void use_note(struct step *s, const struct tenant_extension *ext, const struct door *door)
{
	if (door->id == DOOR_BLOCKED)
		flow_use(s->call, door->block->id, "block");
	else
		flow_use(s->call, ext->id,
			 door->id == DOOR_DND ? "dnd" : forward_kind_member(FORWARD_all));
}

static void extension_enter(struct step *s)
{
	const struct tenant *tenant = call_tenant(s->call);
	const struct tenant_extension *ext = tenant_extension(tenant, s->dest.target);
	struct moment now = flow_moment(s);
	struct door door;

	if (!ext) {
		flow_exit(s, EXIT_invalid);
		return;
	}
	extension_door(&door, tenant, ext, flow_party(s)->party.number, &now);
	if (door.id != DOOR_RING)
		story_add(call_story(s->call), "door", "%s", door.why);
	if (door.id == DOOR_BLOCKED || door.id == DOOR_DND || door.id == DOOR_FORWARD)
		use_note(s, ext, &door);
	switch (door.id) {
	case DOOR_BLOCKED:
		extension_blocked(s, ext, door.block);
		break;
	case DOOR_FOLLOW:
		follow_start(s, ext);
		break;
	case DOOR_DND:
		flow_exit(s, EXIT_dnd);
		break;
	case DOOR_FORWARD:
		flow_pass(s, &door.dest);
		break;
	default:
		extension_ring(s, ext);
	}
}

/** True while a call rings at an extension, for itself, whose mailbox would take a message */
bool extension_takes_message(struct call *c, const char *extension)
{
	const struct tenant_extension *ext = tenant_extension(call_tenant(c), extension);
	const struct step *s = call_step(c);

	return ext && ext->mailbox && s->hunt && s->dest.kind == DEST_extension &&
	       !strcmp(s->dest.target, extension);
}

/**
 * Stops the ringing and lets the caller leave a message, as somebody wants who is called
 *
 * @param c         Call
 * @param extension Who is called
 *
 * @return 0; ENOTCONN when it does not ring there, or nobody takes a message
 */
int extension_to_mailbox(struct call *c, const char *extension)
{
	struct step *s = call_step(c);
	struct dest voicemail = {.kind = DEST_voicemail};

	if (!extension_takes_message(c, extension))
		return ENOTCONN;
	story_add(call_story(c), "dest", "%s sent the call to voicemail",
		  tenant_extension(call_tenant(c), extension)->name);
	str_ncpy(voicemail.target, extension, sizeof(voicemail.target));
	hunt_cancel(s->hunt, CAUSE_DECLINED);
	flow_pass(s, &voicemail);
	return 0;
}

const struct dest_ops dest_extension = {
	.kind = DEST_extension,
	.needs = NEEDS_NOTHING,
	.enter = extension_enter,
	.leave = extension_leave,
};
