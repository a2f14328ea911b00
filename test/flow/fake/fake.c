/**
 * @file fake.c  The SIP side in memory
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "carrier.h"
#include "clock.h"
#include "fake.h"
#include "text.h"
#include "timer.h"

struct dialog {
	struct fake *fake;
	struct dialog_handlers h;
	void *arg;
	char call_id[64], user[SIP_NAME], replaces[SIP_URI], offer[SDP_SIZE];
	struct sip_sender sender;
	struct sa peer;
	bool confirmed;
};

struct stack {
	struct stack_handlers h;
};

static struct fake fakes[FAKE_DIALOGS];
static unsigned fake_count;
static struct binding bindings[16];
static unsigned binding_count;
static struct stack *stack;
static unsigned serial;

static const char offer_sdp[] =
	"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
	"m=audio 40000 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n"
	"a=rtpmap:101 telephone-event/8000\r\na=%s\r\n";

static int sdp_text(char *buf, size_t size, const char *direction)
{
	return snprintf(buf, size, offer_sdp, direction);
}

/* --- stack and registrar -----------------------------------------------------------------------
 */

static void stack_destructor(void *arg)
{
	stack = NULL;
}

int stack_alloc(struct stack **sp, const struct stack_conf *conf, const struct stack_handlers *h)
{
	struct stack *s = mem_zalloc(sizeof(*s), stack_destructor);

	if (!s)
		return ENOMEM;
	s->h = *h;
	*sp = stack = s;
	return 0;
}

bool stack_crowded(struct stack *s)
{
	return false;
}

void stack_close(struct stack *s)
{
}

void stack_notify(struct stack *s, const char *package, int64_t tenant, const char *user)
{
}

void stack_tell(struct stack *s, const char *package, const char *type, int64_t tenant,
		const char *user, const struct mbuf *body)
{
}

unsigned registrar_find(const struct stack *s, int64_t tenant, const char *user,
			const struct binding **bv, unsigned max)
{
	unsigned n = 0;

	for (unsigned i = 0; i < binding_count && n < max; i++) {
		if (bindings[i].tenant == tenant && !strcmp(bindings[i].user, user))
			bv[n++] = &bindings[i];
	}
	return n;
}

void fake_register(int64_t tenant, const char *user, const char *agent, bool ws)
{
	struct binding *b = &bindings[binding_count++];

	memset(b, 0, sizeof(*b));
	b->tenant = tenant;
	text_printf(b->user, sizeof(b->user), "%s", user);
	text_printf(b->domain, sizeof(b->domain), "%s", "northwind.localhost");
	text_printf(b->user_agent, sizeof(b->user_agent), "%s", agent);
	text_printf(b->device, sizeof(b->device), "%s-%u", user, binding_count);
	text_printf(b->contact, sizeof(b->contact), "sip:%s@127.0.0.1:%u", user,
		    6000 + binding_count);
	b->flow.tp = SIP_TRANSP_UDP;
	b->flow.ws = ws;
}

/* Flows here have no address: a contact has one of its own. */
bool flow_same(const struct flow *a, const struct flow *b)
{
	return a->tp == b->tp && a->ws == b->ws;
}

/** Forgets every binding and every dialog of the test before */
void fake_forget(void)
{
	binding_count = fake_count = 0;
	memset(fakes, 0, sizeof(fakes));
}

/** Moves the clock in steps, running what falls due */
void fake_run(uint64_t ms)
{
	timer_run();
	while (ms) {
		uint64_t step = ms < 100 ? ms : 100;

		clock_advance(step);
		timer_run();
		ms -= step;
	}
}

/* --- carriers: those with a set bit do not answer ----------
 */

static unsigned trunks_down;

struct carrier {
	struct carrier_state state;
	unsigned bit;
};

/** Which trunks are down from now on: bit 0 the one at an even port, bit 1 the one at an odd one */
void fake_trunks(unsigned down)
{
	trunks_down = down;
}

int carrier_alloc(struct carrier **cp, struct stack *s, const struct carrier_conf *conf,
		  carrier_h *h, void *arg)
{
	struct carrier *c = mem_zalloc(sizeof(*c), NULL);

	if (!c)
		return ENOMEM;
	c->bit = 1u << (conf->port % 2);
	*cp = c;
	return 0;
}

const struct carrier_state *carrier_state(const struct carrier *c)
{
	return &c->state;
}

bool carrier_usable(const struct carrier *c)
{
	return !(trunks_down & c->bit);
}

bool carrier_at(const struct carrier *c, const struct sa *src)
{
	return false;
}

/* --- dialogs as the call floor knows them --------------------------------------------------------
 */

static void dialog_destructor(void *arg)
{
	struct dialog *d = arg;

	if (!d->fake)
		return;
	if (!d->fake->hungup && !d->fake->final)
		d->fake->cancelled = true;
	d->fake->d = NULL;
}

static struct dialog *dialog_make(bool incoming)
{
	struct dialog *d = mem_zalloc(sizeof(*d), dialog_destructor);
	struct fake *f;

	if (!d && incoming) /* the far side has memory */
		d = mem_zalloc(sizeof(*d), dialog_destructor);
	if (!d)
		return NULL;
	f = &fakes[fake_count++];
	CHECK(fake_count < FAKE_DIALOGS);
	memset(f, 0, sizeof(*f));
	f->d = d;
	f->incoming = incoming;
	d->fake = f;
	text_printf(d->call_id, sizeof(d->call_id), "call-%u", ++serial);
	sa_set_str(&d->peer, "127.0.0.1", 5060);
	return d;
}

void dialog_set_handlers(struct dialog *d, const struct dialog_handlers *h, void *arg)
{
	d->h = *h;
	d->arg = arg;
}

static void sdp_keep(struct fake *f, const char *sdp, size_t len)
{
	if (len && len < sizeof(f->sdp)) {
		memcpy(f->sdp, sdp, len);
		f->sdp[len] = '\0';
	}
}

int dialog_ring(struct dialog *d, uint16_t scode, const char *sdp, size_t len)
{
	d->fake->rang = scode;
	d->fake->early |= len > 0;
	sdp_keep(d->fake, sdp, len);
	return 0;
}

int dialog_answer(struct dialog *d, const char *sdp, size_t len)
{
	d->fake->answered = d->confirmed = true;
	sdp_keep(d->fake, sdp, len);
	return 0;
}

int dialog_reject(struct dialog *d, uint16_t scode, const char *reason, enum cause cause)
{
	d->fake->final = scode;
	d->fake->cause = cause;
	++d->fake->refused;
	return 0;
}

int dialog_call(struct dialog **dp, struct stack *s, const struct dialog_target *t, const char *sdp,
		size_t len, const struct dialog_handlers *h, void *arg)
{
	struct dialog *d = dialog_make(false);

	if (!d)
		return ENOMEM;
	d->fake->to = *t;
	sdp_keep(d->fake, sdp, len);
	dialog_set_handlers(d, h, arg);
	*dp = d;
	return 0;
}

int dialog_offer(struct dialog *d, const char *sdp, size_t len)
{
	sdp_keep(d->fake, sdp, len);
	return 0;
}

int dialog_accept(struct dialog *d, const char *sdp, size_t len)
{
	sdp_keep(d->fake, sdp, len);
	return 0;
}

int dialog_refuse(struct dialog *d, uint16_t scode)
{
	return 0;
}

int dialog_refer_accept(struct dialog *d)
{
	d->fake->refer_code = 202;
	return 0;
}

int dialog_refer_reject(struct dialog *d, uint16_t scode)
{
	d->fake->refer_code = scode;
	return 0;
}

int dialog_info_dtmf(struct dialog *d, char digit, uint32_t duration_ms)
{
	return 0;
}

int dialog_refer_notify(struct dialog *d, uint16_t scode, bool final)
{
	d->fake->notify_code = scode;
	d->fake->notify_final = final;
	return 0;
}

int dialog_update_identity(struct dialog *d, const struct dialog_identity *who, const char *sdp,
			   size_t len)
{
	text_printf(d->fake->identity, sizeof(d->fake->identity), "%s", who->name);
	return 0;
}

void dialog_hangup(struct dialog *d, enum cause cause, const char *text)
{
	d->fake->hungup = d->confirmed;
	d->fake->cancelled = !d->confirmed;
	d->fake->elsewhere = cause == CAUSE_ELSEWHERE;
	text_printf(d->fake->words, sizeof(d->fake->words), "%s", text ? text : "");
	d->fake->cause = cause;
}

const char *dialog_call_id(const struct dialog *d)
{
	return d->call_id;
}

bool dialog_heard(const struct dialog *d)
{
	return !d->fake->silent;
}

const char *dialog_user_agent(const struct dialog *d)
{
	return "fake";
}

const struct sa *dialog_peer(const struct dialog *d)
{
	return &d->peer;
}

const char *dialog_request_user(const struct dialog *d)
{
	return d->user;
}

const char *dialog_replaces(const struct dialog *d)
{
	return d->replaces;
}

const char *dialog_device(const struct dialog *d)
{
	return d->sender.account.device;
}

void dialog_body(const struct dialog *d, const char **sdp, size_t *len)
{
	*sdp = d->offer;
	*len = strlen(d->offer);
}

void *dialog_arg(const struct dialog *d)
{
	return d->arg;
}

struct dialog *dialog_find_replaces(struct stack *s, int64_t tenant, const char *replaces)
{
	for (unsigned i = 0; i < fake_count; i++) {
		if (fakes[i].d && !strcmp(fakes[i].d->call_id, replaces))
			return fakes[i].d;
	}
	return NULL;
}

/* --- the far side
 * --------------------------------------------------------------------------------- */

static struct fake *invite(struct dialog *d, const char *host)
{
	struct sip_msg msg = {0};
	struct fake *f = d->fake;

	pl_set_str(&msg.uri.host, host);
	pl_set_str(&msg.from.uri.user, d->sender.account.aor_user);
	sdp_text(d->offer, sizeof(d->offer), "sendrecv");
	stack->h.invite_h(d, &d->sender, &msg, stack->h.arg);
	timer_run();
	return f;
}

struct fake *fake_invite(const char *user, const char *to)
{
	struct dialog *d = dialog_make(true);
	struct pl domain = PL("northwind.localhost"), name;

	pl_set_str(&name, user);
	CHECK(stack->h.account_h(&d->sender.account, &domain, &name, stack->h.arg));
	text_printf(d->user, sizeof(d->user), "%s", to);
	return invite(d, "northwind.localhost");
}

struct fake *fake_invite_trunk(const char *from, const char *did)
{
	struct dialog *d = dialog_make(true);

	d->sender.is_trunk = true;
	text_printf(d->sender.account.aor_user, SIP_NAME, "%s", from);
	text_printf(d->user, sizeof(d->user), "%s", did);
	return invite(d, "127.0.0.1");
}

struct fake *fake_invite_replaces(const char *user, const struct fake *old)
{
	struct dialog *d = dialog_make(true);
	struct pl domain = PL("northwind.localhost"), name;

	pl_set_str(&name, user);
	CHECK(stack->h.account_h(&d->sender.account, &domain, &name, stack->h.arg));
	text_printf(d->user, sizeof(d->user), "resume");
	text_printf(d->replaces, sizeof(d->replaces), "%s", old->d->call_id);
	return invite(d, "northwind.localhost");
}

unsigned fake_out_count(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < fake_count; i++)
		n += !fakes[i].incoming;
	return n;
}

/** The i-th call that was made, in the order of making */
struct fake *fake_out(unsigned i)
{
	for (unsigned k = 0; k < fake_count; k++) {
		if (!fakes[k].incoming && !i--)
			return &fakes[k];
	}
	CHECK(false);
}

/** Dialogs that somebody still holds */
unsigned fake_live(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < fake_count; i++)
		n += fakes[i].d != NULL;
	return n;
}

/** Every dialog of this test, FAKE_DIALOGS at most; returns how many */
unsigned fake_all(struct fake **fv)
{
	for (unsigned i = 0; i < fake_count; i++)
		fv[i] = &fakes[i];
	return fake_count;
}

void fake_ring(struct fake *f)
{
	f->d->h.ring_h(f->d, 180, NULL, 0, f->d->arg);
}

void fake_ring_early(struct fake *f)
{
	char sdp[512];
	int n = sdp_text(sdp, sizeof(sdp), "sendrecv");

	f->d->h.ring_h(f->d, 183, sdp, (size_t)n, f->d->arg);
}

void fake_answer_with(struct fake *f, const char *sdp)
{
	f->d->confirmed = f->answered = true;
	f->d->h.answer_h(f->d, sdp, strlen(sdp), f->d->arg);
	timer_run();
}

void fake_answer(struct fake *f)
{
	char sdp[512];

	(void)sdp_text(sdp, sizeof(sdp), "sendrecv");
	fake_answer_with(f, sdp);
}

static void close_with(struct fake *f, const struct dialog_end *end)
{
	struct dialog *d = mem_ref(f->d);

	f->hungup = f->left = true;
	d->h.close_h(d, end, d->arg);
	mem_deref(d);
	timer_run();
}

void fake_refuse(struct fake *f, uint16_t scode)
{
	struct dialog_end end = {.cause = cause_from_sip(scode), .scode = scode};

	close_with(f, &end);
}

/** BYE, or CANCEL of a call that was not answered */
void fake_hangup(struct fake *f)
{
	struct dialog_end end = {.cause = f->d->confirmed ? CAUSE_NORMAL : CAUSE_CANCELLED,
				 .untold = f->notify_lost};

	close_with(f, &end);
}

void fake_offer(struct fake *f, const char *sdp)
{
	f->d->h.offer_h(f->d, sdp, strlen(sdp), f->d->arg);
}

void fake_hold(struct fake *f, bool hold)
{
	char sdp[512];

	(void)sdp_text(sdp, sizeof(sdp), hold ? "sendonly" : "sendrecv");
	fake_offer(f, sdp);
}

void fake_refer(struct fake *f, const char *to, const struct fake *replaces)
{
	struct dialog_refer r = {0};
	struct dialog *d = mem_ref(f->d);

	text_printf(r.user, sizeof(r.user), "%s", to);
	if (replaces)
		text_printf(r.replaces, sizeof(r.replaces), "%s", replaces->d->call_id);
	d->h.refer_h(d, &r, d->arg);
	mem_deref(d);
	timer_run();
}

void fake_lost(struct fake *f, bool lost)
{
	struct dialog *d = mem_ref(f->d);

	d->h.lost_h(d, lost, d->arg);
	mem_deref(d);
}

struct stream *fake_stream_of(const struct fake *f)
{
	const struct leg *leg = f->d ? f->d->arg : NULL;

	return leg ? leg->stream : NULL;
}

const struct fake *fake_of_stream(const struct stream *s)
{
	for (unsigned i = 0; s && i < fake_count; i++) {
		if (fake_stream_of(&fakes[i]) == s)
			return &fakes[i];
	}
	return NULL;
}
