/**
 * @file sip_dialog_rig.h  A stack with real dialogs, an owner that writes down what it is told, and
 * a peer made of a plain socket and of text
 */
#define RIG_DIALOGS
#include "sip_rig.h"
#include "dialog.h"

#define SDP_A                                                                                      \
	"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"                \
	"m=audio 4000 RTP/AVP 0\r\n"
#define SDP_B                                                                                      \
	"v=0\r\no=- 9 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"                \
	"m=audio 6000 RTP/AVP 0\r\n"
#define SDP_A2                                                                                     \
	"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"                \
	"m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n"
#define SDP_B2                                                                                     \
	"v=0\r\no=- 9 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"                \
	"m=audio 6000 RTP/AVP 0\r\na=recvonly\r\n"

#pragma GCC diagnostic ignored "-Wunused-variable"

/* --- the owner ---------------------------------------------------------------------------------
 */

static struct owner {
	struct dialog *d, *d2; /* d2: a second incoming call                          */
	unsigned invites, rings, answers, offers, agreed, refers, infos, lost, back, closes;
	uint16_t scode, agreed_code;
	char sdp[4096];
	char digit;
	uint32_t ms;
	struct dialog_refer refer;
	struct dialog_end end;
	bool drop_in_close, drop_in_answer, drop_in_offer, drop_in_ring;
	const char *accept; /* answers offers at once with this                     */
} own;

static void own_sdp(const char *sdp, size_t len)
{
	assert_true(len < sizeof(own.sdp));
	memcpy(own.sdp, len ? sdp : "", len);
	own.sdp[len] = '\0';
}

static void own_drop(void)
{
	own.d = mem_deref(own.d);
}

static void own_ring_h(struct dialog *d, uint16_t scode, const char *sdp, size_t len, void *arg)
{
	++own.rings;
	own.scode = scode;
	own_sdp(sdp, len);
	if (own.drop_in_ring)
		own_drop();
}

static void own_answer_h(struct dialog *d, const char *sdp, size_t len, void *arg)
{
	++own.answers;
	own_sdp(sdp, len);
	if (own.drop_in_answer)
		own_drop();
}

static void own_offer_h(struct dialog *d, const char *sdp, size_t len, void *arg)
{
	++own.offers;
	own_sdp(sdp, len);
	if (own.drop_in_offer)
		own_drop();
	else if (own.accept)
		assert_int_equal(dialog_accept(d, own.accept, strlen(own.accept)), 0);
}

static void own_agreed_h(struct dialog *d, uint16_t scode, const char *sdp, size_t len, void *arg)
{
	++own.agreed;
	own.agreed_code = scode;
	own_sdp(sdp, len);
}

static void own_refer_h(struct dialog *d, const struct dialog_refer *r, void *arg)
{
	++own.refers;
	own.refer = *r;
}

static void own_info_h(struct dialog *d, char digit, uint32_t ms, void *arg)
{
	++own.infos;
	own.digit = digit;
	own.ms = ms;
}

static void own_lost_h(struct dialog *d, bool lost, void *arg)
{
	if (lost)
		++own.lost;
	else
		++own.back;
}

static void own_close_h(struct dialog *d, const struct dialog_end *end, void *arg)
{
	++own.closes;
	own.end = *end;
	if (own.drop_in_close)
		own_drop();
}

static const struct dialog_handlers own_handlers = {
	.ring_h = own_ring_h,
	.answer_h = own_answer_h,
	.offer_h = own_offer_h,
	.agreed_h = own_agreed_h,
	.refer_h = own_refer_h,
	.info_h = own_info_h,
	.lost_h = own_lost_h,
	.close_h = own_close_h,
};

static void own_invite_h(struct dialog *d, const struct sip_sender *from, const struct sip_msg *msg,
			 void *arg)
{
	++own.invites;
	if (own.d && own.d2) {
		mem_deref(d);
		return;
	}
	if (own.d)
		own.d2 = d;
	else
		own.d = d;
	dialog_set_handlers(d, &own_handlers, &own);
}

/* --- the peer ----------------------------------------------------------------------------------
 */

static struct phone peer;

/** The peer's side of a dialog */
static struct talk {
	char call_id[128], local[256], remote[256], target[256];
	unsigned cseq;
	char last[8192]; /* what it sent last                                        */
} talk;

static void talk_raw(struct phone *p, const char *text)
{
	phone_send_raw(p, text, strlen(text));
}

/* A request of the peer in (or, with an empty remote tag, before) the dialog */
static void talk_ask(struct phone *p, const char *method, unsigned cseq, const char *headers,
		     const char *body)
{
	assert_true(snprintf(talk.last, sizeof(talk.last),
			     "%s %s SIP/2.0\r\nVia: SIP/2.0/%s %s:%u;branch=z9hG4bKtalk%u;rport\r\n"
			     "Max-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\n"
			     "CSeq: %u %s\r\n%s%sContent-Length: %zu\r\n\r\n%s",
			     method, talk.target, p->stream ? "TCP" : "UDP", p->ip, p->port,
			     ++rig_serial, talk.local, talk.remote, talk.call_id, cseq, method,
			     headers ? headers : "",
			     body && !strstr(headers ? headers : "", "Content-Type")
				     ? "Content-Type: application/sdp\r\n"
				     : "",
			     body ? strlen(body) : 0, body ? body : "") < (int)sizeof(talk.last));
	talk_raw(p, talk.last);
}

/* The peer's INVITE that it sent last, again with another method: CANCEL, or the ACK of a refusal
 */
static void talk_same(struct phone *p, const char *method, const char *headers)
{
	char text[8192], *cseq;

	(void)snprintf(text, sizeof(text), "%s%s", method, talk.last + strlen("INVITE"));
	cseq = strstr(text, "CSeq: ");
	assert_non_null(cseq);
	(void)snprintf(cseq, sizeof(text) - (size_t)(cseq - text),
		       "CSeq: %lu %s\r\n%sContent-Length: 0\r\n\r\n", strtoul(cseq + 6, NULL, 10),
		       method, headers);
	talk_raw(p, text);
}

/* The peer's answer to the request it got last */
static void talk_answer_to(struct phone *p, const char *request, unsigned code, const char *tag,
			   const char *headers, const char *body)
{
	char text[8192] = "", to[512];
	const char *line;
	size_t n;

	n = (size_t)snprintf(text, sizeof(text), "SIP/2.0 %u Whatever\r\n", code);
	for (line = request; line && strncmp(line, "\r\n", 2); line = strstr(line, "\r\n") + 2) {
		size_t l = (size_t)(strstr(line, "\r\n") + 2 - line);
		bool to_line = !strncmp(line, "To:", 3);

		if (!to_line && strncmp(line, "Via:", 4) && strncmp(line, "From:", 5) &&
		    strncmp(line, "Call-ID:", 8) && strncmp(line, "CSeq:", 5) &&
		    strncmp(line, "Record-Route:", 13))
			continue;
		(void)snprintf(to, sizeof(to), "%.*s", (int)l - 2, line);
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s%s\r\n", to,
				      to_line && tag && !strstr(to, "tag=") ? ";tag=" : "",
				      to_line && tag && !strstr(to, "tag=") ? tag : "");
	}
	n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%sContent-Length: %zu\r\n\r\n%s",
			      headers ? headers : "",
			      body ? "Content-Type: application/sdp\r\n" : "",
			      body ? strlen(body) : 0, body ? body : "");
	talk_raw(p, text);
}

static void talk_answer(struct phone *p, unsigned code, const char *tag, const char *headers,
			const char *body)
{
	talk_answer_to(p, p->text, code, tag, headers, body);
}

static const char *talk_contact(const struct phone *p)
{
	return phone_contact(p, "peer", "");
}

static const char *with_contact(const struct phone *p, const char *more)
{
	static char text[4][1024];
	static unsigned turn;
	char *t = text[turn++ % 4];

	(void)snprintf(t, 1024, "%s%s", talk_contact(p), more);
	return t;
}

static bool is_request(const struct phone *p, const char *method)
{
	size_t n = strlen(method);

	return !strncmp(p->text, method, n) && p->text[n] == ' ';
}

/* Waits for a request with this method, passing over repetitions of others */
static void expect(struct phone *p, const char *method)
{
	for (unsigned i = 0; i < 12; i++) {
		unsigned code = phone_wait(p, 2000);

		if (code == 1 && is_request(p, method))
			return;
		if (!code)
			break;
	}
	fail_msg("no %s, last was: %s", method, p->text);
}

/* Waits for a response with this code, passing over others */
static void expect_code(struct phone *p, unsigned want)
{
	unsigned code = 0;

	for (unsigned i = 0; i < 12; i++) {
		code = phone_wait(p, 2000);
		if (code == want || !code)
			break;
	}
	if (code != want)
		fail_msg("no %u, last was: %s", want, p->text);
}

static void expect_silence(struct phone *p, uint32_t ms)
{
	if (phone_wait(p, ms))
		fail_msg("unexpected: %s", p->text);
}

static void settle(void)
{
	(void)rig_run(NULL, 20);
}

/* Time passes; what became due happens */
static void pass(uint32_t ms)
{
	clock_advance(ms);
	settle();
}

/* --- calls -------------------------------------------------------------------------------------
 */

static void talk_new(const struct phone *p)
{
	memset(&talk, 0, sizeof(talk));
	(void)snprintf(talk.call_id, sizeof(talk.call_id), "in%u@peer", ++rig_serial);
	(void)snprintf(talk.local, sizeof(talk.local), "\"Peer\" <sip:peer@%s>;tag=p%u", p->ip,
		       rig_serial);
	(void)snprintf(talk.remote, sizeof(talk.remote), "<sip:1001@northwind.localhost>");
	(void)snprintf(talk.target, sizeof(talk.target), "sip:1001@northwind.localhost");
	talk.cseq = 100;
}

/* Learns our tag and Contact from our response */
static void talk_learn(const struct phone *p)
{
	(void)snprintf(talk.remote, sizeof(talk.remote), "%s", phone_between(p, "To: ", "\r\n"));
	(void)snprintf(talk.target, sizeof(talk.target), "%s", phone_between(p, "Contact: <", ">"));
}

/* INVITE of a trunk; 100 came, the owner has it */
static void call_in(struct phone *p, const char *more, const char *sdp)
{
	above.trunk = true;
	talk_new(p);
	talk_ask(p, "INVITE", talk.cseq, with_contact(p, more), sdp);
	assert_int_equal(phone_wait(p, 2000), 100);
	assert_int_equal(own.invites, 1);
	assert_non_null(own.d);
}

static void call_in_up(struct phone *p, const char *more)
{
	call_in(p, more, SDP_A);
	assert_int_equal(dialog_answer(own.d, SDP_B, strlen(SDP_B)), 0);
	expect_code(p, 200);
	talk_learn(p);
	talk_ask(p, "ACK", talk.cseq, NULL, NULL);
	settle();
	assert_true(dialog_confirmed(own.d));
}

static void target_of(struct dialog_target *t, const struct phone *p)
{
	memset(t, 0, sizeof(*t));
	(void)snprintf(t->uri, sizeof(t->uri), "sip:peer@%s:%u%s", p->ip, p->port,
		       p->stream ? ";transport=tcp" : "");
	strcpy(t->to_user, "1002");
	strcpy(t->to_domain, "northwind.localhost");
	strcpy(t->from.name, "Maya \"M\" Chen");
	strcpy(t->from.user, "1001");
	strcpy(t->from.domain, "northwind.localhost");
	t->has_flow = true;
	t->flow.tp = p->stream ? SIP_TRANSP_TCP : SIP_TRANSP_UDP;
	assert_int_equal(sa_set_str(&t->flow.peer, p->ip, p->port), 0);
	t->max_forwards = 70;
}

/* The INVITE arrived at the peer */
static void call_out_to(struct phone *p, const struct dialog_target *t)
{
	assert_int_equal(dialog_call(&own.d, stack, t, SDP_A, strlen(SDP_A), &own_handlers, &own),
			 0);
	expect(p, "INVITE");
	memset(&talk, 0, sizeof(talk));
	(void)snprintf(talk.call_id, sizeof(talk.call_id), "%s",
		       phone_between(p, "Call-ID: ", "\r\n"));
	(void)snprintf(talk.local, sizeof(talk.local), "%s;tag=peer1",
		       phone_between(p, "To: ", "\r\n"));
	(void)snprintf(talk.remote, sizeof(talk.remote), "%s", phone_between(p, "From: ", "\r\n"));
	(void)snprintf(talk.target, sizeof(talk.target), "%s", phone_between(p, "Contact: <", ">"));
	talk.cseq = 500;
}

static void call_out(struct phone *p)
{
	struct dialog_target t;

	target_of(&t, p);
	call_out_to(p, &t);
}

static void call_out_up(struct phone *p, const char *more)
{
	call_out(p);
	talk_answer(p, 200, "peer1", with_contact(p, more), SDP_B);
	expect(p, "ACK");
	assert_int_equal(own.answers, 1);
}

/* INVITE of a phone that signs in; answered and up */
static void call_in_signed(struct phone *p, const char *user)
{
	struct ask a = {.method = "INVITE",
			.uri = "sip:1002@northwind.localhost",
			.user = user,
			.domain = "northwind.localhost",
			.to_user = "1002",
			.body = SDP_A,
			.cseq = 1};
	char headers[512];

	(void)snprintf(headers, sizeof(headers), "%sContent-Type: application/sdp\r\n",
		       phone_contact(p, user, ""));
	a.headers = headers;
	a.call_id = rig_call_id();
	assert_int_equal(ask_signed(p, &a, true), 100);
	assert_non_null(own.d);
	memset(&talk, 0, sizeof(talk));
	(void)snprintf(talk.call_id, sizeof(talk.call_id), "%s", a.call_id);
	(void)snprintf(talk.local, sizeof(talk.local), "\"x\" <sip:%s@%s>;tag=f%s", user, a.domain,
		       user);
	talk.cseq = a.cseq;
	assert_int_equal(dialog_answer(own.d, SDP_B, strlen(SDP_B)), 0);
	expect_code(p, 200);
	talk_learn(p);
	talk_ask(p, "ACK", talk.cseq, NULL, NULL);
	settle();
}

/* --- life --------------------------------------------------------------------------------------
 */

static int talk_open(void **state)
{
	int err;

	rig_conf.session_expires_s = 1800;
	err = rig_open(state);
	if (err)
		return err;
	memset(&own, 0, sizeof(own));
	stack->h.invite_h = own_invite_h;
	phone_open(&peer, false, "127.0.0.1", stack_port(stack));
	return 0;
}

static int talk_close(void **state)
{
	own.d = mem_deref(own.d);
	own.d2 = mem_deref(own.d2);
	phone_close(&peer);
	return rig_close(state);
}

#define T(f) cmocka_unit_test_setup_teardown(f, talk_open, talk_close)
