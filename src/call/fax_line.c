/**
 * @file fax_line.c  Fax lines: a leg whose party is a fax machine
 *
 * Who was called offers T.38, two seconds after the answer, when the caller has heard that a
 * machine is there; the caller waits for that and offers it himself after seven. A refusal changes
 * nothing: the machines have been talking in audio all the time. Who accepts, but with port 0, gets
 * the audio back. Two offers at once are settled by the dialog (491). Once T.38 is agreed on, it
 * stays to the end: a refresh is told what was said, an offer of audio is refused.
 *
 * A machine that says nothing for a while is asked whether it goes on. One that owes the answer is
 * stopped or in a loop that its own watch is not part of: its call ends, as one failed try.
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
	QUIET_MS = 30000,     /* so long it may say nothing, and is asked then         */
	ANSWER_MS = 10000,    /* so long it has for the answer: a whole page takes 50 ms */
};

struct fax_line {
	struct le le;
	struct exchange *exchange;
	struct leg *leg; /* NULL once it is gone */
	struct fax_process *process;
	struct tmr offer, watch;
	uint16_t port; /* our T.38 socket; 0: T.38 is switched off */
	bool sends, offered, t38, over;
	bool asked;	      /* whether it goes on */
	struct sdp_desc ours; /* what we said of T.38 last */
	struct fax_news last;
	fax_line_h *h;
	void *arg;
};

static void line_destructor(void *arg)
{
	struct fax_line *f = arg;

	tmr_cancel(&f->offer);
	tmr_cancel(&f->watch);
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

/* `fec`: parity was asked for, and promised */
static int switch_over(struct fax_line *f, const struct sdp_desc *theirs, bool fec)
{
	char line[FAX_ORDER], source[64];
	const struct fax_t38 to = {
		.address = theirs->addr,
		.port = theirs->port,
		.source = source,
		.vouched = f->leg->trunk != 0,
		.fec = fec,
		.max_datagram = theirs->t38.max_datagram < DATAGRAM_LEAST
					? MAX_DATAGRAM
					: theirs->t38.max_datagram,
		.rate = theirs->t38.max_bitrate ? theirs->t38.max_bitrate : MAX_RATE,
	};
	int err;

	if (f->t38)
		return 0;
	(void)re_snprintf(source, sizeof(source), "%j", dialog_peer(f->leg->dialog));
	err = fax_t38_print(line, sizeof(line), &to);
	err = err ? err : fax_process_tell(f->process, line);
	if (err)
		return err;
	f->t38 = true;
	f->offered = false; /* an offer of ours that collided with theirs is given up */
	tmr_cancel(&f->offer);
	(void)stream_pipe(f->leg->stream, -1);
	story_add(call_story(f->leg->call), "fax", "The fax goes by T.38");
	return 0;
}

/* Says our side of T.38, as the answer to theirs or as an offer */
static int ours_say(struct fax_line *f, const struct sdp_desc *ours, char *text)
{
	int n = sdp_print(text, SDP_SIZE, ours);

	if (n > 0)
		f->ours = *ours;
	return n;
}

/* Asked for an offer during T.38, to refresh the session: it is what it was (RFC 4028, 7.4) */
static void refreshed(struct fax_line *f)
{
	char text[SDP_SIZE];
	int n = sdp_print(text, sizeof(text), &f->ours);

	if (n > 0 && !dialog_accept(f->leg->dialog, text, (size_t)n))
		f->offered = true;
	else
		(void)dialog_refuse(f->leg->dialog, 488);
}

static void on_offer(void *arg);

/* Theirs came while ours waited, and undoes it: it is made again */
static void offer_renew(struct fax_line *f)
{
	if (!f->offered || f->t38)
		return;
	f->offered = false;
	tmr_start(&f->offer, CALLED_OFFERS_MS, on_offer, f);
}

/**
 * An offer of the far side, during the call
 *
 * @param f     Fax line
 * @param offer What is offered; NULL: we are asked for an offer
 *
 * @return true if it was one of T.38 and is answered, or one that a fax by T.38 cannot take and is
 *         refused; false: it is an ordinary one
 */
bool fax_line_offered(struct fax_line *f, const struct sdp_desc *offer)
{
	struct sdp_desc ours, answer;
	char text[SDP_SIZE];
	int n = -1;

	if (!offer && f->t38) {
		refreshed(f);
		return true;
	}
	if (!offer || (offer->profile != SDP_UDPTL && !f->t38)) {
		offer_renew(f);
		return false;
	}
	if (offer->profile == SDP_UDPTL && offer->port && f->port) {
		ours_make(&ours, f);
		ours.t38.fec = true;
		if (!sdp_answer(&answer, offer, &ours, NULL))
			n = ours_say(f, &answer, text);
	}
	if (n < 0 || switch_over(f, offer, answer.t38.fec))
		(void)dialog_refuse(f->leg->dialog, 488);
	else
		(void)dialog_accept(f->leg->dialog, text, (size_t)n);
	return true;
}

/**
 * The outcome of an offer; true if it was ours of T.38, and is dealt with. A far side that accepts
 * and switches the stream off (RFC 3264 section 6) has none left: it is offered audio again.
 */
bool fax_line_agreed(struct fax_line *f, uint16_t scode, const char *sdp, size_t len)
{
	struct sdp_desc theirs;
	bool read = scode < 300 && len && !sdp_parse(&theirs, sdp, len);

	if (!f->offered)
		return false;
	f->offered = false;
	if (read && theirs.profile == SDP_UDPTL && theirs.port) {
		(void)switch_over(f, &theirs, false);
		return true;
	}
	if (f->t38)
		return true;
	story_add(call_story(f->leg->call), "fax",
		  "The far side does not take T.38 (%u): the fax goes as sound", scode);
	if (scode < 300)
		(void)leg_offer(f->leg);
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
	n = ours_say(f, &ours, text);
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

/* The machine is lost, and the call with it */
static void lost(struct fax_line *f)
{
	died(f);
	if (f->leg)
		leg_end(f->leg, CAUSE_NORMAL);
	mem_deref(f);
}

/* A clock that jumps, or a program that was stopped itself, asks only: that ends no fax. */
static void on_quiet(void *arg)
{
	struct fax_line *f = arg;

	if (f->asked) {
		log_warn("fax.stuck", "%s", "the fax machine does not answer: ended");
		lost(f);
		return;
	}
	f->asked = true;
	(void)fax_process_tell(f->process, "{\"ask\":true}\n");
	tmr_start(&f->watch, ANSWER_MS, on_quiet, f);
}

static void on_line(const char *line, void *arg)
{
	struct fax_line *f = arg;
	struct fax_news news;

	if (!line) {
		lost(f);
		return;
	}
	f->asked = false;
	tmr_start(&f->watch, QUIET_MS, on_quiet, f);
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
	else if (news.kind != FAX_FAULT && news.kind != FAX_HERE)
		f->h(f, &news, f->arg);
}

/* Some carriers promise T.38 and do not keep it: their trunks are told not to. */
static bool by_t38(const struct fax_line *f)
{
	const struct trunks *ts = tenants_trunks(exchange_tenants(f->exchange));
	const struct trunk *t = ts && f->leg->trunk ? trunks_by_id(ts, f->leg->trunk) : NULL;

	return exchange_conf(f->exchange)->fax_t38 && (!t || t->t38);
}

static int machine_start(struct fax_line *f, const struct fax_line_conf *conf)
{
	struct fax_start start = {.sends = conf->sends,
				  .ecm = conf->ecm,
				  .rate = conf->rate,
				  .file = conf->file,
				  .proof = conf->proof[0] ? conf->proof : NULL,
				  .ident = conf->ident,
				  .confirmed = conf->confirmed,
				  .sheets = conf->sheets};
	const struct exchange_conf *xc = exchange_conf(f->exchange);
	char line[FAX_ORDER];
	int audio[2], t38 = -1, err = 0;

	if (!conf->sound && by_t38(f))
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
	tmr_start(&f->watch, QUIET_MS, on_quiet, f);
	if (f->port)
		tmr_start(&f->offer, f->sends ? CALLER_OFFERS_MS : CALLED_OFFERS_MS, on_offer, f);
	*fp = f;
	return 0;
}
