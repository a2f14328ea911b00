/**
 * @file fax.c  Dest: a fax machine answers, for the extension that the target names
 *
 * The row of a received fax is added when the machine answers, and its pages are in a file of the
 * fax folder; when the machine has told how it went, a job makes of it what people read. What has
 * no page leaves nothing but the call's story.
 */
#include <string.h>
#include <unistd.h>
#include "clock.h"
#include "dests_private.h"
#include "fax_line.h"
#include "fax_proof.h"
#include "fax_received.h"
#include "job_row.h"
#include "log.h"
#include "text.h"

/** A fax that comes in; the line keeps it */
struct intake {
	struct exchange *x;
	struct fax_received row;
	char file[512];
};

static int begin_fn(struct db *db, void *obj)
{
	return fax_received_add(db, &((struct intake *)obj)->row);
}

static int page_fn(struct db *db, void *obj)
{
	return fax_received_change(db, &((struct intake *)obj)->row);
}

static int end_fn(struct db *db, void *obj)
{
	const struct intake *in = obj;
	struct job_row job = {.tenant = in->row.tenant, .kind = JOB_fax_in};
	int err;

	if (!in->row.pages)
		return fax_received_remove(db, in->row.tenant, in->row.id);
	str_ncpy(job.object_id, in->row.id, sizeof(job.object_id));
	err = fax_received_change(db, &in->row);
	return err ? err : job_add(db, &job);
}

static void unlink_both(const struct intake *in)
{
	char proof[512];

	(void)unlink(in->file);
	if (!fax_proof_path(proof, sizeof(proof), exchange_conf(in->x)->fax_folder, in->row.id))
		(void)unlink(proof);
}

static void on_written(int err, void *obj)
{
	const struct intake *in = obj;

	if (err)
		log_error("fax.unwritten", "fax=%s err=%s", in->row.id, strerror(err));
	else if (in->row.state != RECEIVED_RECEIVING && !in->row.pages)
		unlink_both(in);
}

/* The writer gets a copy: the line goes on meanwhile */
static void post(const struct intake *in, store_fn *fn)
{
	const struct exchange_conf *conf = exchange_conf(in->x);
	struct intake *copy = mem_zalloc(sizeof(*copy), NULL);

	if (copy) {
		*copy = *in;
		(void)store_write(conf->store, fn, copy, conf->engine.core, on_written);
	}
}

static void on_news(struct fax_line *f, const struct fax_news *news, void *arg)
{
	struct intake *in = arg;
	struct fax_received *row = &in->row;

	row->pages = news->pages;
	row->rate = news->rate;
	row->ecm = news->ecm;
	row->t38 = news->t38;
	text_printf(row->ident, sizeof(row->ident), "%s", news->ident);
	if (news->kind == FAX_PAGE)
		post(in, page_fn);
	if (news->kind != FAX_RESULT)
		return;
	row->state = RECEIVED_CONVERTING;
	text_printf(row->reason, sizeof(row->reason), "%s", news->ok ? "" : news->reason);
	log_info("fax.received", "fax=%s pages=%u ok=%d t38=%d rate=%u reason=\"%s\"", row->id,
		 news->pages, news->ok, news->t38, news->rate, news->reason);
	post(in, end_fn);
}

static struct intake *intake_make(struct step *s, const struct tenant_extension *to)
{
	const struct exchange_conf *conf = exchange_conf(call_exchange(s->call));
	struct intake *in = mem_zalloc(sizeof(*in), NULL);
	struct fax_received *row;

	if (!in)
		return NULL;
	row = &in->row;
	in->x = call_exchange(s->call);
	row->tenant = call_tenant_id(s->call);
	str_ncpy(row->id, id_new().s, sizeof(row->id));
	str_ncpy(row->extension_id, to->id, sizeof(row->extension_id));
	text_printf(row->to, sizeof(row->to), "%s", call_facts(s->call)->to.number);
	text_printf(row->from, sizeof(row->from), "%s", flow_party(s)->party.number);
	row->received_at = clock_wall_ms();
	text_printf(in->file, sizeof(in->file), "%s/%s.tif", conf->fax_folder, row->id);
	return in;
}

static void fax_enter(struct step *s)
{
	const struct tenant_extension *to = tenant_extension(call_tenant(s->call), s->dest.target);
	struct fax_line_conf conf = {.ecm = true};
	struct intake *in = to ? intake_make(s, to) : NULL;
	struct fax_line *line;
	int err;

	if (to && !to->receives_fax) {
		mem_deref(in);
		story_add(call_story(s->call), "fax",
			  "%s may not receive faxes: nobody answers for this number", to->name);
		flow_exit(s, EXIT_invalid);
		return;
	}
	if (!in) {
		flow_exit(s, to ? EXIT_failed : EXIT_invalid);
		return;
	}
	flow_party(s)->plain = true;
	if (!flow_answer(s)) {
		mem_deref(in);
		return;
	}
	text_printf(conf.file, sizeof(conf.file), "%s", in->file);
	text_printf(conf.ident, sizeof(conf.ident), "%.20s", in->row.to);
	err = fax_proof_path(conf.proof, sizeof(conf.proof), exchange_conf(in->x)->fax_folder,
			     in->row.id);
	err = err ? err : fax_line_alloc(&line, in->x, flow_party(s), &conf, on_news, in);
	if (!err)
		post(in, begin_fn);
	mem_deref(in);
	if (err) {
		flow_exit(s, EXIT_failed);
		return;
	}
	call_facts(s->call)->type = CALL_FAX;
	story_add(call_story(s->call), "fax", "A fax machine answered for %s", to->name);
}

const struct dest_ops dest_fax = {
	.kind = DEST_fax,
	.needs = NEEDS_NOTHING, /* it answers in its own way: with G.711 */
	.enter = fax_enter,
};
