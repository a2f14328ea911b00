/**
 * @file test_call.c  The system calls an extension as anybody would
 */
#include <errno.h>
#include <string.h>
#include "exchange.h"
#include "story.h"
#include "test_call.h"
#include "text.h"

static bool under_way(struct exchange *x, int64_t tenant, const char *extension)
{
	struct le *le;

	LIST_FOREACH (exchange_calls(x), le) {
		struct call *c = le->data;

		if (call_tenant_id(c) == tenant && call_facts(c)->type == CALL_TEST &&
		    !strcmp(call_facts(c)->to_extension, extension))
			return true;
	}
	return false;
}

static void facts_fill(struct call_facts *f, const struct tenant_extension *e, const char *from)
{
	f->type = CALL_TEST;
	text_printf(f->from.number, sizeof(f->from.number), "%s", from[0] ? from : e->number);
	f->hidden = !strcmp(from, "anonymous");
	text_printf(f->from.name, sizeof(f->from.name), "Test call");
	text_printf(f->to.number, sizeof(f->to.number), "%s", e->number);
	text_printf(f->to.name, sizeof(f->to.name), "%s", e->name);
	text_printf(f->to_extension, sizeof(f->to_extension), "%s", e->number);
}

static void begin(struct call *c, const struct tenant_extension *e)
{
	const struct exchange_conf *conf = exchange_conf(call_exchange(c));
	struct dest to = {.kind = DEST_extension};

	text_printf(to.target, sizeof(to.target), "%s", e->number);
	story_add(call_story(c), "start", "A test call to %s, as if %s called", e->name,
		  call_facts(c)->from.number);
	if (conf->record_h)
		conf->record_h(c, conf->arg);
	call_changed(c, "call.started");
	flow_goto(c, &to);
}

/**
 * Calls an extension as a caller would
 *
 * @param id        Result: the call's id
 * @param x         Exchange
 * @param tenant    Whose
 * @param extension Its number
 * @param from      Number of whoever seems to call; "": the extension's own
 *
 * @return 0; ENOENT when there is no such extension, EALREADY while such a call is under way,
 * EBUSY when the system takes no more calls, ENOMEM
 */
int test_call_start(char id[ID_SIZE], struct exchange *x, int64_t tenant, const char *extension,
		    const char *from)
{
	const struct tenant *t = exchange_tenant(x, tenant);
	const struct tenant_extension *e = t ? tenant_extension(t, extension) : NULL;
	struct leg *nobody;
	struct call *c;
	int err;

	if (!e)
		return ENOENT;
	if (under_way(x, tenant, extension))
		return EALREADY;
	if (exchange_full(x))
		return EBUSY;
	err = call_alloc(&c, x, t, CALL_INTERNAL);
	if (err)
		return err;
	facts_fill(call_facts(c), e, from);
	err = leg_nobody(&nobody, c, exchange_engine(x));
	if (err) {
		exchange_call_drop(x, c);
		return err;
	}
	nobody->party = call_facts(c)->from;
	call_set_caller(c, nobody);
	call_watch_leg(c, nobody);
	str_ncpy(id, call_id(c), ID_SIZE);
	begin(c, e);
	return 0;
}

/** Somebody answered, and is up: an echo test for them */
void test_call_answered(struct call *c, struct leg *winner)
{
	struct leg *nobody = call_caller(c);
	struct dest echo = {.kind = DEST_echo, .target = "0"};

	leg_watch(nobody, NULL, NULL);
	call_set_caller(c, winner);
	leg_end(nobody, CAUSE_NORMAL);
	call_limit(c, TEST_CALL_MS);
	call_changed(c, "call.updated");
	flow_goto(c, &echo);
}

/** The system would answer now, by this dest: nobody is there to be answered */
void test_call_served(struct call *c, const struct dest *dest)
{
	const struct tenant_extension *e = tenant_extension(call_tenant(c), dest->target);

	story_add(call_story(c), "test", "A caller would come to: %s%s%s. The test ends here",
		  dest_kind_label(dest->kind), e ? ", " : "", e ? e->name : "");
	call_end(c, CAUSE_TESTED);
}
