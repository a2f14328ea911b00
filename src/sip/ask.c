/**
 * @file ask.c  Requests of ours inside a dialog, and the INVITE that makes one
 *
 * Each is a transaction with its headers and body kept, so that it can be sent again after a
 * challenge (once, to the realm that was configured) or with other headers.
 */
#include <string.h>
#include "dialog_private.h"
#include "text.h"

static void destructor(void *arg)
{
	struct ask *a = arg;

	list_unlink(&a->le);
	mem_deref(a->req); /* libre goes on with it, but tells us no more */
	mem_deref(a->far);
	mem_deref(a->headers);
	body_clear(&a->body);
}

static void response_h(int err, const struct sip_msg *msg, void *arg);

static int transmit(struct sip_request **reqp, struct usage *u, const struct far *far,
		    bool stateful, const char *method, struct mbuf *mb, void *arg)
{
	mb->pos = 0;
	if (u->by_flow)
		return stack_request(reqp, u->s, &u->flow, stateful, method, far->target, mb,
				     stateful ? response_h : NULL, arg);
	return stack_request_uri(reqp, u->s, far->next[0] ? far->next : far->target, stateful,
				 method, far->target, mb, stateful ? response_h : NULL, arg);
}

/* RFC 3261 table 3: what makes or refreshes a dialog carries a Contact */
static bool wants_contact(const char *method)
{
	return strcmp(method, "BYE") && strcmp(method, "PRACK") && strcmp(method, "INFO");
}

static int print(struct mbuf *mb, const struct ask *a, const char *auth)
{
	const struct usage *u = a->u;
	int err;

	err = headers_common(mb, u, a->far, a->method, a->cseq);
	if (wants_contact(a->method))
		err |= header_contact(mb, u);
	err |= mbuf_printf(mb, "Allow: %s\r\nSupported: %s\r\n", DIALOG_ALLOW, DIALOG_SUPPORTED);
	if (auth)
		err |= mbuf_write_str(mb, auth);
	if (a->headers)
		err |= mbuf_write_str(mb, a->headers);
	if (a->body.len)
		err |= mbuf_printf(mb, "Content-Type: %s\r\n", a->ctype);
	return err | mbuf_printf(mb, "Content-Length: %zu\r\n\r\n%b", a->body.len,
				 a->body.len ? a->body.text : "", a->body.len);
}

static int send_now(struct ask *a, const char *auth)
{
	AUTO struct mbuf *mb = mbuf_alloc(2048);
	int err;

	if (!mb)
		return ENOMEM;
	a->cseq = ++a->u->cseq;
	err = print(mb, a, auth);
	return err ? err : transmit(&a->req, a->u, a->far, true, a->method, mb, a);
}

/* A challenge gets one answer; false: there is none to give */
static bool challenge_answered(struct ask *a, const struct sip_msg *msg)
{
	struct usage *u = a->u;
	AUTO struct mbuf *mb = NULL;
	char *auth = NULL;
	int err;

	if ((msg->scode != 401 && msg->scode != 407) || !u->auth_user[0] || a->tries++ ||
	    u->state == USAGE_CANCELLED)
		return false;
	mb = mbuf_alloc(512);
	err = !mb ? ENOMEM
		  : auth_answer(mb, msg, a->method, a->far->target, u->auth_user, u->auth_password,
				u->auth_realm);
	err = err ? err : mbuf_text(&auth, mb);
	if (!err && !strcmp(a->method, "INVITE")) {
		mem_deref(u->invite_auth);
		u->invite_auth = mem_ref(auth);
	}
	err = err ? err : send_now(a, auth);
	mem_deref(auth);
	return !err;
}

static void response_h(int err, const struct sip_msg *msg, void *arg)
{
	struct ask *a = arg;
	struct usage *u = mem_ref(a->u);

	if (msg && msg->scode < 200) {
		if (a->h)
			a->h(u, a, 0, msg);
	} else if (err || !challenge_answered(a, msg)) {
		list_unlink(&a->le);
		if (a->h)
			a->h(u, a, err, msg);
		if (!a->le.list)
			mem_deref(a);
	}
	mem_deref(u);
}

static int ask_make(struct ask **ap, struct usage *u, struct far *far, const char *method,
		    const char *headers, const char *ctype, const char *text, size_t len, ask_h *h)
{
	struct ask *a;
	int err;

	if (list_count(&u->asks) >= ASKS_MAX)
		return EAGAIN;
	a = mem_zalloc(sizeof(*a), destructor);
	if (!a)
		return ENOMEM;
	a->u = u;
	a->far = mem_ref(far);
	a->method = method;
	a->ctype = ctype;
	a->h = h;
	err = body_set(&a->body, text, len);
	if (!err && headers)
		err = str_dup(&a->headers, headers);
	if (err)
		mem_deref(a);
	else
		*ap = a;
	return err;
}

/**
 * Sends a request.
 *
 * @param ap      Set before anything can come back; may be NULL
 * @param u       Usage, which owns it
 * @param far     To whom
 * @param method  A constant
 * @param headers Lines of its own, or NULL
 * @param sdp     Description, or NULL
 * @param len     Its length
 * @param h       Told of each response; the last one ends the request. NULL: nobody
 *
 * @return 0 or errno
 */
int ask_send(struct ask **ap, struct usage *u, struct far *far, const char *method,
	     const char *headers, const char *sdp, size_t len, ask_h *h)
{
	struct ask *a = NULL;
	int err = ask_make(&a, u, far, method, headers, "application/sdp", sdp, len, h);

	err = err ? err : send_now(a, NULL);
	if (err) {
		mem_deref(a);
		return err;
	}
	list_append(&u->asks, &a->le, a);
	if (ap)
		*ap = a;
	return 0;
}

/** The same with a body of another kind, to the end that counts */
int ask_send_typed(struct usage *u, const char *method, const char *headers, const char *ctype,
		   const char *text, size_t len, ask_h *h)
{
	struct ask *a = NULL;
	int err = ask_make(&a, u, u->far, method, headers, ctype, text, len, h);

	err = err ? err : send_now(a, NULL);
	if (err)
		mem_deref(a);
	else
		list_append(&u->asks, &a->le, a);
	return err;
}

/** From the handler of a final response: sends the request anew with other lines */
int ask_again(struct ask *a, const char *headers)
{
	char *copy = NULL;
	int err = str_dup(&copy, headers);

	if (err)
		return err;
	mem_deref(a->headers);
	a->headers = copy;
	a->tries = 0;
	err = send_now(a, NULL);
	if (!err)
		list_append(&a->u->asks, &a->le, a);
	return err;
}

/** ACK for a 2xx: a request of its own, by the same way (RFC 3261 section 13.2.2.4) */
int ack_send(struct usage *u, const struct far *far, uint32_t cseq)
{
	AUTO struct mbuf *mb = mbuf_alloc(1024);
	int err;

	if (!mb)
		return ENOMEM;
	err = headers_common(mb, u, far, "ACK", cseq);
	if (u->invite_auth)
		err |= mbuf_write_str(mb, u->invite_auth);
	err |= mbuf_write_str(mb, "Content-Length: 0\r\n\r\n");
	return err ? err : transmit(NULL, u, far, false, "ACK", mb, NULL);
}

/** Does this outcome end the dialog? (RFC 5057 section 5.1, RFC 3261 section 12.2.1.2) */
bool ask_fatal(int err, const struct sip_msg *msg)
{
	return err == ETIMEDOUT || (msg && (msg->scode == 481 || msg->scode == 408));
}
