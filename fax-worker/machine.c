/**
 * @file machine.c  A fax machine: T.30 by spandsp, over audio or over T.38
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>
#include <spandsp.h>
#include "guard.h"
#include "machine.h"
#include "udptl.h"

enum {
	TICKS = 50, /* in a second                                                          */
	/* T.30's own timers do not end every call: these do. Seconds. */
	FIRST_TALK = 75,   /* until the far side has shown what it can                     */
	NO_PAGE = 15 * 60, /* a dense page at 2400 bit/s                                   */
	WHOLE = 120 * 60,  /* everything                                                   */
	CODE_STUCK = 1000, /* beside spandsp's own codes                                   */
	CONFIRM = 4,	   /* to say that a page is there, in T.38                       */
};

struct machine {
	struct machine_conf conf;
	const struct machine_handlers *h;
	void *arg;
	fax_state_t *fax;
	t38_terminal_state_t *t38;
	t38_core_state_t *core;
	t30_state_t *t30;
	struct udptl udptl;
	uint64_t ticks, talked, paged; /* now; first and last news of the far side  */
	uint64_t asked;		       /* the end of a page was said, or heard; 0: it is settled */
	bool negotiated, ended, switching;
	int pages;
	struct machine_facts last;
};

/* What the far side calls itself: only what can be shown without harm */
static void text_copy(char *to, size_t size, const char *from)
{
	size_t n = 0;

	for (; from && *from && n + 1 < size; from++) {
		if (*from >= ' ' && *from <= '~')
			to[n++] = *from;
	}
	while (n && to[n - 1] == ' ')
		n--;
	to[n] = '\0';
}

static void facts_fill(struct machine *m)
{
	struct machine_facts *f = &m->last;
	t30_stats_t s;

	t30_get_transfer_statistics(m->t30, &s);
	f->pages = m->conf.sends ? s.pages_tx - m->conf.sheets : s.pages_rx;
	f->pages = f->pages < 0 ? 0 : f->pages;
	f->rate = s.bit_rate;
	f->ecm = s.error_correcting_mode;
	f->t38 = m->t38 != NULL;
	f->width = s.width;
	f->rows = s.length;
	f->bad_rows = s.bad_rows;
	f->bytes = s.image_size;
	f->seconds = (unsigned)(m->ticks / TICKS);
	f->recovered = m->udptl.recovered;
	f->lost = m->udptl.lost;
	f->malformed = m->udptl.malformed;
	text_copy(f->ident, sizeof(f->ident), t30_get_rx_ident(m->t30));
	text_copy(f->maker, sizeof(f->maker), t30_get_rx_vendor(m->t30));
}

static void tell(struct machine *m, enum machine_news news)
{
	facts_fill(m);
	m->h->news_h(news, &m->last, m->arg);
}

static int phase_b_h(t30_state_t *t30, void *arg, int result)
{
	struct machine *m = arg;

	m->talked = m->ticks;
	m->paged = m->ticks;
	m->negotiated = true;
	tell(m, NEWS_NEGOTIATED);
	return T30_ERR_OK;
}

static int phase_d_h(t30_state_t *t30, void *arg, int result)
{
	struct machine *m = arg;
	t30_stats_t s;

	t30_get_transfer_statistics(t30, &s);
	m->paged = m->ticks;
	/* A page that is to be sent again brings this too: only a confirmed one counts. */
	if ((m->conf.sends ? s.pages_tx : s.pages_rx) > m->pages) {
		m->pages = m->conf.sends ? s.pages_tx : s.pages_rx;
		if (m->pages > m->conf.sheets)
			tell(m, NEWS_PAGE);
	}
	return T30_ERR_OK;
}

/* T.30 5.3.6.1.6: what asks whether the page is there; bits in spandsp's order */
static bool asks(uint8_t fcf)
{
	switch (fcf & 0xfe) {
	case T30_EOM:
	case T30_MPS:
	case T30_EOP:
	case T30_PPS:
		return true;
	default:
		return false;
	}
}

static void frame_h(t30_state_t *t30, void *arg, int incoming, const uint8_t *msg, int len)
{
	struct machine *m = arg;

	if (len < 3)
		return;
	if (asks(msg[2]) && incoming != m->conf.sends)
		m->asked = m->ticks;
	else if (incoming)
		m->asked = 0;
}

static bool permanent(int code)
{
	switch (code) {
	case T30_ERR_INCOMPATIBLE:
	case T30_ERR_RX_INCAPABLE:
	case T30_ERR_TX_INCAPABLE:
	case T30_ERR_NORESSUPPORT:
	case T30_ERR_NOSIZESUPPORT:
	case T30_ERR_FILEERROR:
	case T30_ERR_NOPAGE:
	case T30_ERR_BADTIFF:
	case T30_ERR_BADPAGE:
	case T30_ERR_BADTAG:
	case T30_ERR_BADTIFFHDR:
	case T30_ERR_NOMEM:
		return true;
	default:
		return code >= T30_ERR_NOPOLL && code < CODE_STUCK;
	}
}

static void end(struct machine *m, int code, const char *reason)
{
	if (m->ended || m->switching)
		return;
	m->ended = true;
	m->last.code = code;
	m->last.reason = reason;
	m->last.permanent = permanent(code);
	tell(m, NEWS_END);
}

static void phase_e_h(t30_state_t *t30, void *arg, int code)
{
	end(arg, code, t30_completion_code_to_str(code));
}

static int modems(int rate)
{
	int known = T30_SUPPORT_V27TER;

	if (rate > 4800)
		known |= T30_SUPPORT_V29;
	if (rate > 9600)
		known |= T30_SUPPORT_V17;
	return known;
}

static void t30_ready(struct machine *m)
{
	t30_state_t *t = m->t30;
	const struct machine_conf *c = &m->conf;

	t30_set_tx_ident(t, c->ident);
	t30_set_ecm_capability(t, c->ecm);
	t30_set_supported_modems(t, modems(c->rate));
	t30_set_supported_compressions(t, T30_SUPPORT_T4_1D_COMPRESSION |
						  T30_SUPPORT_T4_2D_COMPRESSION |
						  (c->ecm ? T30_SUPPORT_T6_COMPRESSION : 0));
	t30_set_supported_image_sizes(
		t, T30_SUPPORT_215MM_WIDTH | T30_SUPPORT_255MM_WIDTH | T30_SUPPORT_303MM_WIDTH |
			   T30_SUPPORT_A4_LENGTH | T30_SUPPORT_B4_LENGTH |
			   T30_SUPPORT_US_LETTER_LENGTH | T30_SUPPORT_US_LEGAL_LENGTH |
			   T30_SUPPORT_UNLIMITED_LENGTH);
	t30_set_supported_resolutions(
		t, T30_SUPPORT_STANDARD_RESOLUTION | T30_SUPPORT_FINE_RESOLUTION |
			   T30_SUPPORT_SUPERFINE_RESOLUTION | T30_SUPPORT_R8_RESOLUTION |
			   T30_SUPPORT_R16_RESOLUTION);
	t30_set_phase_b_handler(t, phase_b_h, m);
	t30_set_phase_d_handler(t, phase_d_h, m);
	t30_set_phase_e_handler(t, phase_e_h, m);
	t30_set_real_time_frame_handler(t, frame_h, m);
	if (c->sends) {
		t30_set_tx_file(t, c->file, 0, -1);
	} else {
		t30_set_rx_file(t, c->file, -1);
		t30_set_rx_encoding(t, T4_COMPRESSION_ITU_T6);
	}
}

/**
 * Makes a machine that listens and speaks in audio
 *
 * @param mp       Result; machine_free()
 * @param conf     What it does; the texts must live as long as the machine
 * @param handlers Who hears of it; must live as long
 * @param arg      Their argument
 *
 * @return 0 or ENOMEM
 */
int machine_alloc(struct machine **mp, const struct machine_conf *conf,
		  const struct machine_handlers *handlers, void *arg)
{
	struct machine *m = calloc(1, sizeof(*m));

	if (!m)
		return ENOMEM;
	m->conf = *conf;
	m->h = handlers;
	m->arg = arg;
	m->fax = fax_init(NULL, conf->sends);
	if (!m->fax) {
		free(m);
		return ENOMEM;
	}
	fax_set_transmit_on_idle(m->fax, TRUE);
	m->t30 = fax_get_t30_state(m->fax);
	t30_ready(m);
	*mp = m;
	return 0;
}

/** Releases a machine; nothing more is told. Returns NULL */
struct machine *machine_free(struct machine *m)
{
	if (!m)
		return NULL;
	m->ended = true;
	if (m->fax)
		fax_free(m->fax);
	if (m->t38)
		t38_terminal_free(m->t38);
	free(m);
	return NULL;
}

/** True after NEWS_END */
bool machine_ended(const struct machine *m)
{
	return m->ended;
}

/**
 * True while it is open whether a page counts: it was sent and is not confirmed, or it came and the
 * confirmation is on its way
 */
bool machine_confirming(const struct machine *m)
{
	if (m->ended || !m->asked)
		return false;
	return m->conf.sends || m->ticks - m->asked < CONFIRM * TICKS;
}

/** The call is over: what was confirmed counts, everything else ended too early */
void machine_hangup(struct machine *m)
{
	if (!m->ended)
		t30_terminate(m->t30);
	end(m, T30_ERR_CALLDROPPED, t30_completion_code_to_str(T30_ERR_CALLDROPPED));
}

static void stuck(struct machine *m, const char *reason)
{
	end(m, CODE_STUCK, reason);
	t30_terminate(m->t30);
}

static int most(const struct machine *m)
{
	return m->conf.max_pages ? m->conf.max_pages : MACHINE_PAGES;
}

static void watch(struct machine *m)
{
	uint64_t now = ++m->ticks;

	if (m->ended)
		return;
	if (!m->negotiated && now > FIRST_TALK * TICKS)
		stuck(m, "No fax machine answered");
	else if (!m->conf.sends && m->pages > most(m))
		stuck(m, "More pages came than are taken in one call");
	else if (now - m->paged > NO_PAGE * TICKS)
		stuck(m, "No page was finished in 15 minutes");
	else if (now > WHOLE * TICKS)
		stuck(m, "The call took more than two hours");
}

/**
 * Hears 20 ms and says 20 ms; nothing is heard or said after the move to T.38
 *
 * @param m     Machine
 * @param heard 160 samples of 8 kHz, or NULL if they were lost
 * @param said  What it says
 */
void machine_audio(struct machine *m, const int16_t *heard, int16_t said[FRAME])
{
	int16_t in[FRAME];
	int n;

	memset(said, 0, FRAME * sizeof(*said));
	if (!m->fax)
		return;
	if (heard) {
		memcpy(in, heard, sizeof(in));
		fax_rx(m->fax, in, FRAME);
	} else {
		fax_rx_fillin(m->fax, FRAME);
	}
	n = fax_tx(m->fax, said, FRAME);
	if (n < FRAME)
		memset(said + (n < 0 ? 0 : n), 0,
		       (size_t)(FRAME - (n < 0 ? 0 : n)) * sizeof(*said));
	watch(m);
}

/* One datagram, sent `count` times with the same number */
static int send_h(t38_core_state_t *core, void *arg, const uint8_t *ifp, int n, int count)
{
	struct machine *m = arg;
	uint8_t datagram[UDPTL_DATAGRAM];
	int size = n > 0 ? udptl_encode(&m->udptl, datagram, sizeof(datagram), ifp, (size_t)n) : -1;

	if (size < 0)
		return -1;
	while (count-- > 0)
		m->h->send_h(datagram, (size_t)size, m->arg);
	return 0;
}

static void t38_ready(struct machine *m, const struct machine_t38 *t38)
{
	t38_core_state_t *c = m->core;

	t38_set_t38_version(c, 0);
	t38_set_data_rate_management_method(c, T38_DATA_RATE_MANAGEMENT_TRANSFERRED_TCF);
	t38_set_max_datagram_size(c, (int)t38->max_datagram);
	t38_set_fastest_image_data_rate(c, t38->rate ? t38->rate : m->conf.rate);
	t38_set_redundancy_control(c, T38_PACKET_CATEGORY_INDICATOR, 3);
	t38_set_redundancy_control(c, T38_PACKET_CATEGORY_CONTROL_DATA, 1);
	t38_set_redundancy_control(c, T38_PACKET_CATEGORY_CONTROL_DATA_END, 3);
	t38_set_redundancy_control(c, T38_PACKET_CATEGORY_IMAGE_DATA, 1);
	t38_set_redundancy_control(c, T38_PACKET_CATEGORY_IMAGE_DATA_END, 3);
	/* an ordinary fax machine, not one that knows of the Internet (T.38 annex E) */
	t30_set_iaf_mode(m->t30, 0);
}

/**
 * Moves from audio to T.38. The talk of the two machines begins anew, so this is for its beginning.
 *
 * @param m   Machine
 * @param t38 What the peer takes
 *
 * @return 0, EALREADY if it was done or a page has begun, or ENOMEM
 */
int machine_switch(struct machine *m, const struct machine_t38 *t38)
{
	if (m->t38 || m->pages || m->ended)
		return EALREADY;
	m->t38 = t38_terminal_init(NULL, m->conf.sends, send_h, m);
	if (!m->t38)
		return ENOMEM;
	/* what spandsp says about the end of its audio is not the end of the fax */
	m->switching = true;
	fax_free(m->fax);
	m->switching = false;
	m->fax = NULL;
	m->negotiated = false;
	udptl_init(&m->udptl, t38->max_datagram, t38->fec);
	m->t30 = t38_terminal_get_t30_state(m->t38);
	m->core = t38_terminal_get_t38_core_state(m->t38);
	t30_ready(m);
	t38_ready(m, t38);
	m->paged = m->ticks;
	return 0;
}

/** 20 ms have passed; T.38 only */
void machine_tick(struct machine *m)
{
	if (!m->t38)
		return;
	t38_terminal_send_timeout(m->t38, FRAME);
	watch(m);
}

static void ifp_h(const uint8_t *ifp, size_t n, uint16_t seq, void *arg)
{
	struct machine *m = arg;

	t38_core_rx_ifp_packet(m->core, ifp, (int)n, seq);
}

/** A datagram from the peer; T.38 only. What is malformed is counted and dropped */
void machine_datagram(struct machine *m, const uint8_t *datagram, size_t n)
{
	if (m->t38)
		(void)udptl_decode(&m->udptl, datagram, n, ifp_h, m);
}
