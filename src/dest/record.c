/**
 * @file record.c  Dest: a phone records a prompt of the tenant's own
 *
 * Only the phone of a person who may change music and prompts. After the tone one speaks; '#' or
 * five seconds of silence end it, and one hears what was recorded. Whoever hangs up before that has
 * recorded nothing.
 */
#include <string.h>
#include "change.h"
#include "clock.h"
#include "dests_private.h"
#include "mailbox_ask.h"
#include "own_sound.h"
#include "recording.h"
#include "say.h"
#include "text.h"

enum { PROMPT_MS = 300000, PROMPT_SILENCE_MS = 5000 };

/** Lives until the file is complete, also when the step was left */
struct prompt_take {
	struct exchange *x;
	struct step *step; /* NULL once it was left */
	bool finished;	   /* by '#' that did not come with the audio */
};

struct prompt {
	struct prompt_take *take;
	uint32_t play, record;
	bool over; /* what is played is the last */
};

struct prompt_change {
	struct change change;
	struct own_sound sound;
};

static void prompt_say(struct step *s, const char *what, bool last)
{
	struct prompt *p = s->state;

	p->over = last;
	p->play = stream_play(flow_party(s)->stream, what, false);
	if (!p->play)
		flow_exit(s, EXIT_failed);
}

static int add_prompt(struct db *db, struct change *c)
{
	struct prompt_change *x = (struct prompt_change *)c;
	struct field_errors fe = {0};
	int err = own_sound_check(&fe, db, &x->sound);

	if (!err && fe.count)
		err = EINVAL;
	return err ? err : own_sound_add(db, &x->sound);
}

static void on_added(struct step *s, struct change *c, int err)
{
	const struct prompt_change *x = (struct prompt_change *)c;
	struct say say;

	if (err) {
		litter_drop(call_exchange(s->call), x->sound.blob);
		prompt_say(s, SAY_FAILED, true);
		return;
	}
	story_add(call_story(s->call), "dest", "Recorded the prompt \"%s\"", x->sound.name);
	say_begin(&say);
	say_blob(&say, exchange_conf(call_exchange(s->call))->blobs, x->sound.blob);
	say_add(&say, "vm-saved");
	prompt_say(s, say.what, true);
}

static void prompt_keep(struct step *s, const char *key, uint32_t ms)
{
	struct prompt_change *x = change_alloc(sizeof(*x), s, add_prompt, on_added);
	const struct tenant *t = call_tenant(s->call);

	if (x) {
		x->change.publish = true;
		x->sound.tenant = t->id;
		x->sound.duration_ms = ms;
		str_ncpy(x->change.extension, flow_party(s)->extension,
			 sizeof(x->change.extension));
		str_ncpy(x->sound.blob, key, sizeof(x->sound.blob));
		(void)text_printf(x->sound.name, sizeof(x->sound.name), "Recorded by %.60s",
				  party_label(&flow_party(s)->party));
	}
	if (change_post(x ? &x->change : NULL))
		flow_exit(s, EXIT_failed);
}

static bool take_good(const struct prompt_take *t, const struct taped *taped)
{
	return taped->duration_ms >= OWN_SOUND_MS_MIN && taped->end != RECORD_ERROR &&
	       (taped->end != RECORD_STOPPED || t->finished);
}

static void on_taped(const char *key, const struct taped *taped, void *obj)
{
	struct prompt_take *t = obj;
	struct step *s = t->step;
	struct prompt *p = s ? s->state : NULL;
	bool good = p && take_good(t, taped);

	if (p)
		p->take = mem_deref(p->take);
	if (!good)
		litter_drop(t->x, key);
	if (good)
		prompt_keep(s, key, taped->duration_ms);
	else if (p && leg_live(flow_party(s)))
		prompt_say(s, taped->end == RECORD_ERROR ? SAY_FAILED : "vm-tooshort", true);
}

static void record_enter(struct step *s)
{
	const struct leg *party = flow_party(s);
	const struct tenant_extension *e = tenant_extension(call_tenant(s->call), party->extension);

	if (!e || !e->records) {
		story_add(call_story(s->call), "dest", "Recording prompts is not permitted to %s",
			  party_label(&party->party));
		flow_end(s, EXIT_rejected, CAUSE_FORBIDDEN);
		return;
	}
	if (!flow_answer(s))
		return;
	s->state = mem_zalloc(sizeof(struct prompt), NULL);
	if (s->state)
		prompt_say(s, "vm-rec-temp&beep", false);
	else
		flow_exit(s, EXIT_failed);
}

static void record_begin(struct step *s)
{
	struct prompt *p = s->state;
	const struct recording_conf conf = {
		.max_ms = PROMPT_MS, .silence_ms = PROMPT_SILENCE_MS, .keys = "#"};
	char key[BLOB_KEY];

	p->take = mem_zalloc(sizeof(*p->take), NULL);
	if (p->take) {
		p->take->x = call_exchange(s->call);
		p->take->step = s;
	}
	if (!p->take || recording_begin(&p->record, key, p->take->x, flow_party(s)->stream,
					call_tenant_id(s->call), &conf, on_taped, p->take))
		flow_exit(s, EXIT_failed);
}

static void record_played(struct step *s, uint32_t play)
{
	struct prompt *p = s->state;

	if (!p || play != p->play)
		return;
	if (p->over)
		flow_exit(s, EXIT_done);
	else
		record_begin(s);
}

static void record_key(struct step *s, char digit)
{
	struct prompt *p = s->state;

	if (!p || !p->take || digit != '#')
		return;
	p->take->finished = true;
	stream_stop_record(flow_party(s)->stream);
}

static void record_leave(struct step *s)
{
	struct prompt *p = s->state;
	struct leg *party = flow_party(s);

	if (!p || !p->take)
		return;
	p->take->step = NULL;
	p->take = mem_deref(p->take);
	if (party && party->stream)
		stream_stop_record(party->stream);
}

const struct dest_ops dest_record = {
	.kind = DEST_record,
	.own = true,
	.needs = NEEDS_NOTHING,
	.enter = record_enter,
	.key = record_key,
	.played = record_played,
	.leave = record_leave,
};
