/**
 * @file phone.c  A telephone: its sockets, its registration, what reaches it outside a call
 */
#include <string.h>
#include <sys/socket.h>
#include "phone.h"

/* The server offers this name MD5 alone, which is all that libre 1.1 can answer. */
static const char software[] = "baresip v1.0.0 (Carillon scene)";

enum { BUCKETS = 32, EXPIRES = 3600, FDS = 1024, PHONE_FDS = 256 };

static void destructor(void *arg)
{
	struct phone *p = arg;

	list_unlink(&p->le);
	list_flush(&p->lines);
	mem_deref(p->sub);
	mem_deref(p->reg);
	mem_deref(p->lsnr);
	mem_deref(p->sessions);
	mem_deref(p->events);
	sip_close(p->sip, true);
	mem_deref(p->sip);
	mem_deref(p->tls);
}

static bool reason_of(char *reason, size_t size, const struct pl *msg)
{
	struct pl val;

	if (re_regex(msg->p, msg->l, "Reason:[ ]*[^\r\n]+", NULL, &val))
		return false;
	return pl_strcpy(&val, reason, size) == 0;
}

/* libre tells of a CANCEL, but not what was in it. */
static void trace_cancel(struct phone *p, const struct pl *msg)
{
	struct pl callid;

	if (strncmp(msg->p, "CANCEL ", 7) && strncmp(msg->p, "BYE ", 4))
		return;
	if (re_regex(msg->p, msg->l, "Call-ID:[ ]*[^\r\n]+", NULL, &callid))
		return;
	for (struct le *le = p->lines.head; le; le = le->next) {
		struct line *l = le->data;

		if (!pl_strcmp(&callid, l->callid))
			(void)reason_of(l->reason, sizeof(l->reason), msg);
	}
}

static void trace(bool tx, enum sip_transp tp, const struct sa *src, const struct sa *dst,
		  const uint8_t *pkt, size_t len, void *arg)
{
	struct phone *p = arg;
	struct pl msg = {(const char *)pkt, len};

	if (!tx && len > 8)
		trace_cancel(p, &msg);
	if (tx && tp != SIP_TRANSP_UDP)
		p->connected = *src;
	if (p->trace)
		(void)re_fprintf(p->trace, "--- %llu %s %s %J %s %J\n%b\n", tmr_jiffies(), p->name,
				 sip_transp_name(tp), src, tx ? "sends to" : "receives, at", dst,
				 pkt, len);
}

static void mwi_note(struct phone *p, const struct sip_msg *msg)
{
	struct pl val;

	if (!re_regex((char *)mbuf_buf(msg->mb), mbuf_get_left(msg->mb),
		      "Voice-Message:[ ]*[^\r\n]+", NULL, &val))
		(void)pl_strcpy(&val, p->mwi, sizeof(p->mwi));
}

static void lamp_note(struct phone *p, const struct sip_msg *msg)
{
	struct pl val, body = {(char *)mbuf_buf(msg->mb), mbuf_get_left(msg->mb)};

	if (re_regex(body.p, body.l, "<dialog-info"))
		return;
	p->lamp[0] = '\0';
	if (!re_regex(body.p, body.l, "<state>[^<]+", &val))
		(void)pl_strcpy(&val, p->lamp, sizeof(p->lamp));
}

static bool request(const struct sip_msg *msg, void *arg)
{
	struct phone *p = arg;

	if (!pl_strcmp(&msg->met, "NOTIFY") && pl_isset(&msg->to.tag))
		return false; /* of a subscription */
	if (!pl_strcmp(&msg->met, "NOTIFY"))
		mwi_note(p, msg);
	else if (pl_strcmp(&msg->met, "OPTIONS"))
		return false;
	(void)sip_reply(p->sip, msg, 200, "OK");
	return true;
}

static void invited(const struct sip_msg *msg, void *arg)
{
	struct phone *p = arg;

	if (p->busy)
		(void)sip_treply(NULL, p->sip, msg, p->busy, "Busy Here");
	else
		line_incoming(p, msg);
}

/** Answers a challenge with the phone's own name and password */
int phone_auth(char **user, char **password, const char *realm, void *arg)
{
	const struct phone *p = arg;
	int err = str_dup(user, p->user);

	return err ? err : str_dup(password, p->password);
}

/** Opens its socket, also after phone_unplug(). Returns 0 or errno */
int phone_plug(struct phone *p)
{
	struct sa local = p->local;

	return sip_transp_add(p->sip, p->tp, &local, p->tls);
}

/* libre keeps a connection as long as a message that came by it. */
static void cut(const struct sa *local)
{
	for (int fd = 3; fd < FDS; fd++) {
		struct sa sa = {.len = sizeof(sa.u)};

		if (!getsockname(fd, &sa.u.sa, &sa.len) && sa_cmp(&sa, local, SA_ALL))
			(void)shutdown(fd, SHUT_RDWR);
	}
}

/** Its connection closes; it goes on listening, and opens another when it has something to say */
void phone_disconnect(struct phone *p)
{
	if (sa_isset(&p->connected, SA_ALL))
		cut(&p->connected);
}

/** Closes its sockets: nothing leaves it or reaches it any more */
void phone_unplug(struct phone *p)
{
	sip_transp_flush(p->sip);
	phone_disconnect(p);
}

static int transport_add(struct phone *p, enum sip_transp tp)
{
	int err = 0;

	p->tp = tp;
	if (tp == SIP_TRANSP_TLS)
		err = tls_alloc(&p->tls, TLS_METHOD_SSLV23, NULL, NULL);
	return err ? err : phone_plug(p);
}

static int open_sockets(struct phone *p, enum sip_transp tp)
{
	int err = sip_alloc(&p->sip, NULL, BUCKETS, BUCKETS, BUCKETS, software, NULL, p);

	if (err)
		return err;
	sip_set_trace_handler(p->sip, trace);
	err = transport_add(p, tp);
	if (!err)
		err = sipsess_listen(&p->sessions, p->sip, BUCKETS, invited, p);
	if (!err) /* first, for libre refuses a NOTIFY that it did not ask for */
		err = sip_listen(&p->lsnr, p->sip, true, request, p);
	return err ? err : sipevent_listen(&p->events, p->sip, BUCKETS, BUCKETS, NULL, NULL);
}

static void no_event(struct phone *p, struct line *l, const char *what, void *arg)
{
}

/** Starts libre for a program of one phone; 0 or errno */
int phone_begin(void)
{
	int err = libre_init();

	err = err ? err : fd_setsize(PHONE_FDS);
	return err ? err : poll_method_set(METHOD_POLL);
}

/**
 * Makes a phone that is not registered yet
 *
 * @param pp     The new phone
 * @param conf   Who it is and how it connects
 * @param eventh Told of what happens, or NULL
 * @param arg    Argument of the handler
 *
 * @return 0 or errno
 */
int phone_alloc(struct phone **pp, const struct phone_conf *conf, phone_event_h *eventh, void *arg)
{
	struct phone *p = mem_zalloc(sizeof(*p), destructor);
	int err;

	if (!p)
		return ENOMEM;
	str_ncpy(p->name, conf->name, sizeof(p->name));
	str_ncpy(p->number, conf->number, sizeof(p->number));
	str_ncpy(p->domain, conf->domain, sizeof(p->domain));
	str_ncpy(p->password, conf->password, sizeof(p->password));
	str_ncpy(p->user, conf->user ? conf->user : conf->number, sizeof(p->user));
	p->srtp = conf->srtp;
	p->t38 = conf->t38;
	p->pcma = conf->pcma;
	p->tone = conf->tone;
	p->eventh = eventh ? eventh : no_event;
	p->arg = arg;
	(void)re_snprintf(p->aor, sizeof(p->aor), "sip:%s@%s", p->number, p->domain);
	(void)re_snprintf(p->route, sizeof(p->route), "sip:%s%s", conf->server,
			  sip_transp_param(conf->tp));
	err = sa_set_str(&p->local, conf->local, conf->port);
	if (!err)
		err = open_sockets(p, conf->tp);
	if (err)
		mem_deref(p);
	else
		*pp = p;
	return err;
}

static void registered(int err, const struct sip_msg *msg, void *arg)
{
	struct phone *p = arg;

	p->reg_code = err ? 1 : msg->scode;
	p->eventh(p, NULL, !err && msg->scode == 200 ? "registered" : "refused", p->arg);
}

/** Registers, and keeps registered */
int phone_register(struct phone *p)
{
	const char *routev[] = {p->route};
	char uri[PHONE_URI];

	p->reg = mem_deref(p->reg);
	p->reg_code = 0;
	(void)re_snprintf(uri, sizeof(uri), "sip:%s", p->domain);
	return sipreg_register(&p->reg, p->sip, uri, p->aor, NULL, p->aor, EXPIRES, p->name, routev,
			       1, 0, phone_auth, p, false, registered, p, NULL, NULL);
}

/** Takes the registration back */
void phone_unregister(struct phone *p)
{
	p->reg = mem_deref(p->reg);
}

/** A line by its number from 1, NULL if there is none; 0 is the youngest that is not over, else the
 * youngest */
struct line *phone_line(const struct phone *p, unsigned no)
{
	unsigned i = 0;

	for (struct le *le = p->lines.head; no && le; le = le->next) {
		if (++i == no)
			return le->data;
	}
	for (struct le *le = no ? NULL : p->lines.tail; le; le = le->prev) {
		struct line *l = le->data;

		if (l->state != LINE_OVER)
			return l;
	}
	return no ? NULL : list_ledata(p->lines.tail);
}

static void sub_closed(int err, const struct sip_msg *msg, const struct sipevent_substate *state,
		       void *arg)
{
	struct phone *p = arg;

	p->sub_code = msg ? msg->scode : 1;
}

static void sub_notified(struct sip *sip, const struct sip_msg *msg, void *arg)
{
	struct phone *p = arg;

	p->sub_code = 200;
	mwi_note(p, msg);
	lamp_note(p, msg);
	(void)sip_reply(sip, msg, 200, "OK");
}

/** Subscribes to an event of somebody */
int phone_subscribe(struct phone *p, const char *uri, const char *event)
{
	const char *routev[] = {p->route};

	p->sub = mem_deref(p->sub);
	p->sub_code = 0;
	return sipevent_subscribe(&p->sub, p->events, uri, NULL, p->aor, event, NULL, 600, p->name,
				  routev, 1, phone_auth, p, false, NULL, sub_notified, sub_closed,
				  p, NULL);
}
