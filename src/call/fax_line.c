/**
 * @file fax_line.c  Fax lines: a leg whose party is a fax machine
 *
 * Who was called offers T.38, two seconds after the answer, when the caller has heard that a
 * machine is there; the caller waits for that and offers it himself after seven. A refusal changes
 * nothing: the machines have been talking in audio all the time. Two offers at once are settled by
 * the dialog (491). Once T.38 is agreed on, it stays to the end.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include "call.h"
#include "exchange.h"
#include "fax_line.h"
#include "fax_process.h"
#include "leg_private.h"
#include "log.h"
#include "story.h"
#include "text.h"

enum {
	CALLED_OFFERS_MS = 2000,
	CALLER_OFFERS_MS = 7000,
	MAX_DATAGRAM = 400,   /* with three copies 250 octets have been seen      */
	DATAGRAM_LEAST = 200, /* who names less means single packets               */
	MAX_RATE = 14400,
	LAST_WORD_MS = 10000, /* a machine whose line is dead tells its result by then */
};

struct fax_line {
	struct le le;
	struct exchange *exchange;
	struct leg *leg; /* NULL once it is gone */
	struct fax_process *process;
	struct tmr offer;
	uint16_t port; /* our T.38 socket; 0: T.38 is switched off */
	bool sends, offered, t38, over;
	struct fax_news last;
	fax_line_h *h;
	void *arg;
};

static void line_destructor(void *arg)
{
	struct fax_line *f = arg;

	tmr_cancel(&f->offer);
	list_unlink(&f->le);
	if (f->leg)
		f->leg->fax = NULL;
	mem_deref(f->process);
	mem_deref(f->arg);
}

/** The leg is going: the machine hears that the line is dead, and tells how far it came */
void fax_line_forget(struct fax_line *f)
{
	f->leg = NULL;
	fax_line_hangup(f);
}

static void died(struct fax_line *f);

static void on_mute(void *arg)
{
	struct fax_line *f = arg;

	log_warn("fax.mute", "%s", "the fax machine told no result: ended");
	died(f);
	mem_deref(f);
}

/** Ends the fax: what was confirmed until now is the result */
void fax_line_hangup(struct fax_line *f)
{
	tmr_start(&f->offer, LAST_WORD_MS, on_mute, f);
	(void)fax_process_tell(f->process, "{\"hangup\":true}\n");
}

/** True while it is right that no audio comes from the leg */
bool fax_line_silent(const struct fax_line *f)
{
	return f->t38;
}

/* --- T.38 --------------------------------------------------------------------------------------
 */

/* Our side of T.38, in the place of the audio of the same description */
static void ours_make(struct sdp_desc *d, struct fax_line *f)
{
	struct sdp_desc *audio = &f->leg->ours;

	memset(d, 0, sizeof(*d));
	d->session = audio->session;
	d->version = ++audio->version;
	text_printf(d->addr, sizeof(d->addr), "%s", audio->addr);
	d->port = f->port;
	d->profile = SDP_UDPTL;
	d->direction = SDP_SENDRECV;
	d->lines = audio->lines;
	d->index = audio->index;
	memcpy(d->other, audio->other, sizeof(d->other));
	memcpy(d->mid, audio->mid, sizeof(d->mid));
	d->t38.max_bitrate = MAX_RATE;
	d->t38.max_datagram = MAX_DATAGRAM;
}

static int switch_over(struct fax_line *f, const struct sdp_desc *theirs)
{
	unsigned datagram =
		theirs->t38.max_datagram < DATAGRAM_LEAST ? MAX_DATAGRAM : theirs->t38.max_datagram;
	unsigned rate = theirs->t38.max_bitrate ? theirs->t38.max_bitrate : MAX_RATE;
	char line[FAX_ORDER], source[64];
	int err;

	if (f->t38)
		return 0;
	(void)re_snprintf(source, sizeof(source), "%j", dialog_peer(f->leg->dialog));
	err = fax_t38_print(line, sizeof(line), theirs->addr, theirs->port, source, datagram, rate);
	err = err ? err : fax_process_tell(f->process, line);
	if (err)
		return err;
	f->t38 = true;
	tmr_cancel(&f->offer);
	(void)stream_pipe(f->leg->stream, -1);
	story_add(call_story(f->leg->call), "fax", "The fax goes by T.38");
	return 0;
}

/**
 * An offer of the far side, during the call
 *
 * @return true if it was one of T.38 and is answered, or one that a fax by T.38 cannot take and is
 *         refused; false: it is an ordinary one
 */
bool fax_line_offered(struct fax_line *f, const struct sdp_desc *offer)
{
	struct sdp_desc ours, answer;
	char text[SDP_SIZE];
	int n = -1;

	if (offer->profile != SDP_UDPTL && !f->t38)
		return false;
	if (offer->profile == SDP_UDPTL && offer->port && f->port) {
		ours_make(&ours, f);
		if (!sdp_answer(&answer, offer, &ours, NULL))
			n = sdp_print(text, sizeof(text), &answer);
	}
	if (n < 0 || switch_over(f, offer))
		(void)dialog_refuse(f->leg->dialog, 488);
	else
		(void)dialog_accept(f->leg->dialog, text, (size_t)n);
	return true;
}

/** The outcome of an offer; true if it was ours of T.38 */
bool fax_line_agreed(struct fax_line *f, uint16_t scode, const char *sdp, size_t len)
{
	struct sdp_desc theirs;

	if (!f->offered)
		return false;
	f->offered = false;
	if (scode < 300 && len && !sdp_parse(&theirs, sdp, len) && theirs.profile == SDP_UDPTL &&
	    theirs.port)
		(void)switch_over(f, &theirs);
	else if (!f->t38)
		story_add(call_story(f->leg->call), "fax",
			  "The far side does not take T.38 (%u): the fax goes as sound", scode);
	return true;
}

static void on_offer(void *arg)
{
	struct fax_line *f = arg;
	struct sdp_desc ours;
	char text[SDP_SIZE];
	int n;

	if (!f->leg || f->leg->state != LEG_UP || f->t38)
		return;
	ours_make(&ours, f);
	n = sdp_print(text, sizeof(text), &ours);
	f->offered = n > 0 && !dialog_offer(f->leg->dialog, text, (size_t)n);
}

/* --- the machine -------------------------------------------------------------------------------
 */

static void finish(struct fax_line *f, const struct fax_news *news)
{
	if (f->over)
		return;
	f->over = true;
	f->h(f, news, f->arg);
}

/* It ended without a word: killed, or brought down by the far side */
static void died(struct fax_line *f)
{
	struct fax_news news = f->last;

	news.kind = FAX_RESULT;
	news.ok = false;
	news.permanent = false;
	news.code = -1;
	text_printf(news.reason, sizeof(news.reason), "The fax machine failed");
	finish(f, &news);
}

static void on_line(const char *line, void *arg)
{
	struct fax_line *f = arg;
	struct fax_news news;

	if (!line) {
		died(f);
		if (f->leg)
			leg_end(f->leg, CAUSE_NORMAL);
		mem_deref(f);
		return;
	}
	if (f->over || fax_news_parse(&news, line)) {
		log_warn("fax.line", "line=\"%s\"", line);
		return;
	}
	if (news.kind == FAX_FAULT)
		log_warn("fax.fault", "reason=\"%s\"", news.reason);
	if (news.kind == FAX_PAGE || news.kind == FAX_NEGOTIATED)
		f->last = news;
	if (news.kind == FAX_RESULT)
		finish(f, &news);
	else if (news.kind != FAX_FAULT)
		f->h(f, &news, f->arg);
}

static int machine_start(struct fax_line *f, const struct fax_line_conf *conf)
{
	struct fax_start start = {.sends = conf->sends,
				  .ecm = conf->ecm,
				  .file = conf->file,
				  .proof = conf->proof[0] ? conf->proof : NULL,
				  .ident = conf->ident,
				  .first_page = conf->first_page};
	const struct exchange_conf *xc = exchange_conf(f->exchange);
	char line[FAX_ORDER];
	int audio[2], t38 = -1, err = 0;

	if (xc->fax_t38)
		err = engine_datagrams(exchange_engine(f->exchange), &t38, &f->port);
	if (err)
		return err;
	start.t38 = t38 >= 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, audio)) {
		err = errno;
		close(t38);
		return err;
	}
	err = fax_process_start(&f->process, xc->fax_worker, audio[1], t38, on_line, f);
	close(audio[1]);
	if (t38 >= 0)
		close(t38);
	err = err ? err : fax_start_print(line, sizeof(line), &start);
	err = err ? err : fax_process_tell(f->process, line);
	if (err) {
		close(audio[0]);
		return err;
	}
	return stream_pipe(f->leg->stream, audio[0]);
}

/**
 * Puts a fax machine to a leg that is up
 *
 * @param fp   Result; the exchange owns it
 * @param x    Exchange
 * @param leg  Leg, up
 * @param conf What the machine does
 * @param h    Hears of it
 * @param arg  Its argument, a mem object of which the line keeps a reference
 *
 * @return 0 or errno
 */
int fax_line_alloc(struct fax_line **fp, struct exchange *x, struct leg *leg,
		   const struct fax_line_conf *conf, fax_line_h *h, void *arg)
{
	struct fax_line *f = mem_zalloc(sizeof(*f), line_destructor);
	int err;

	if (!f)
		return ENOMEM;
	f->exchange = x;
	f->leg = leg;
	f->sends = conf->sends;
	f->h = h;
	f->arg = mem_ref(arg);
	leg->fax = f;
	list_append(exchange_faxes(x), &f->le, f);
	err = machine_start(f, conf);
	if (err) {
		log_error("fax.unstarted", "program=\"%s\" err=%s", exchange_conf(x)->fax_worker,
			  strerror(err));
		mem_deref(f);
		return err;
	}
	if (f->port)
		tmr_start(&f->offer, f->sends ? CALLER_OFFERS_MS : CALLED_OFFERS_MS, on_offer, f);
	*fp = f;
	return 0;
}
