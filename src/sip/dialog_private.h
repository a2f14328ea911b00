/**
 * @file dialog_private.h  What the files of the dialogs share
 *
 * A handle (struct dialog) is what the owner holds; behind it stands the usage, which lives on
 * until the last transaction is over: a BYE that waits for its ACK, a CANCEL that the answer may
 * overtake. The usage points back at its handle, and at nothing once the owner let go or was told
 * of the end; so no handler is ever called after that. Core thread only.
 */
#ifndef CARILLON_DIALOG_PRIVATE_H
#define CARILLON_DIALOG_PRIVATE_H

#include "dialog.h"
#include "stack_parts.h"

enum {
	DIALOGS_MAX = 20000,
	DIALOGS_BUCKETS = 8192,
	FORKS_MAX = 12, /* early dialogs of one INVITE                         */
	ASKS_MAX = 24,	/* requests of ours under way in one dialog            */
	BODY_MAX = 32768,
	RINGING_MAX = 32,   /* unanswered INVITEs of one device                    */
	REQUESTS_MAX = 200, /* of theirs in one dialog, in REQUESTS_MS            */
	REQUESTS_MS = 10000,
	SESSION_MIN_S = 90, /* RFC 4028 section 5                                 */
};

#define DIALOG_ALLOW "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, INFO, REFER, NOTIFY"
#define DIALOG_SUPPORTED "timer, 100rel, replaces, norefersub"
#define DIALOG_T64 (64 * SIP_T1)

enum usage_state {
	USAGE_CALLING,	 /* our INVITE waits for its final response             */
	USAGE_CANCELLED, /* as before, but nobody wants it any more             */
	USAGE_RINGING,	 /* their INVITE waits for our final response           */
	USAGE_UP,	 /* a 2xx was sent or came                              */
	USAGE_LEAVING,	 /* we want to go: BYE when the ACK of our 2xx is there */
	USAGE_BYE,	 /* our BYE is under way                                */
	USAGE_OVER,
};

/** Who is waiting for an answer to an offer (RFC 3264 section 4: one at a time) */
enum exchange { EXCHANGE_NONE, EXCHANGE_OURS, EXCHANGE_THEIRS };

/** What the other end of one (early) dialog told us */
struct far {
	struct le le; /* in usage->fars                                         */
	char tag[SIP_NAME];
	char target[SIP_URI]; /* its Contact: the Request-URI                   */
	char next[SIP_URI];   /* next hop if there is no flow; "" for target    */
	struct mbuf *routes;  /* Route lines, ready to send; NULL for none      */
	int64_t cseq;	      /* highest seen, -1 before the first              */
	uint32_t rseq;	      /* of reliable provisional responses, 0: none yet */
	bool refused;	      /* a late 2xx, ended by BYE at once               */
};

/** A piece of text of known length, NULL for none */
struct body {
	char *text;
	size_t len;
};

struct ask;
struct usage;
typedef void(ask_h)(struct usage *u, struct ask *a, int err, const struct sip_msg *msg);

/** A request of ours. It ends by itself with its final response */
struct ask {
	struct le le; /* in usage->asks                                         */
	struct usage *u;
	struct far *far;
	struct sip_request *req;
	const char *method;
	char *headers; /* lines of its own                                      */
	const char *ctype;
	struct body body;
	uint32_t cseq;
	unsigned tries; /* after a challenge or a 422                           */
	ask_h *h;
};

/** A response of ours that is sent again until its ACK or PRACK comes */
struct repeat {
	struct sip_msg *msg; /* request it answers; NULL: nothing is repeated   */
	struct mbuf *mb;
	struct tmr tmr;
	uint32_t interval, cseq;
	uint64_t started;
	void (*timeout_h)(struct usage *u);
	struct usage *u;
	bool described; /* it holds a description: of ours, that is...          */
	bool offered;	/* ... an offer                                         */
};

/** What the owner wants to send once a reliable response was acknowledged (RFC 3262 section 3) */
struct queued {
	uint16_t scode; /* 0: nothing                                           */
	struct body sdp;
};

struct usage {
	struct le he, le;  /* in the table by Call-ID; in the list of all        */
	struct le le_ring; /* in the list of their unanswered INVITEs            */
	struct stack *s;
	struct dialog *handle; /* NULL: nobody listens                          */
	enum usage_state state;
	bool incoming;

	char call_id[4 * SIP_NAME];
	char local_tag[SIP_NAME];
	char *local, *remote; /* "Name" <uri> of us and of them, without tags   */
	char contact_user[SIP_NAME];
	struct far *far;   /* the one that counts; before any response the goal  */
	struct list fars;  /* early dialogs of our INVITE, or the one of theirs  */
	struct list asks;  /* requests of ours under way                         */
	uint32_t cseq;	   /* of our last request                                */
	unsigned requests; /* of theirs since requests_ms                       */
	uint64_t requests_ms;

	struct flow flow;
	struct sa client;
	bool by_flow;		     /* next hop is the flow, else far->next                   */
	bool lost;		     /* the flow broke                                         */
	struct sip_keepalive *watch; /* libre tells when its connection closes  */
	struct tmr tmr_closed;
	int64_t tenant, trunk;
	char device[40];
	char agent[SIP_NAME]; /* User-Agent of the peer                       */
	bool can_update, can_reliable, can_timer;

	/* INVITE */
	struct ask *invite; /* ours; NULL after its final response              */
	uint32_t invite_cseq;
	char *invite_auth;  /* the credentials of our INVITE, for its ACK        */
	char *invite_extra; /* identity, diversion, ...                         */
	struct cancel {
		char via[2 * SIP_NAME]; /* of our INVITE; "" before a provisional response */
		struct flow flow;	/* where it went                                */
		struct mbuf *mb;	/* CANCEL, once it was sent                     */
		struct tmr tmr;
		uint64_t started;
		uint32_t interval;
	} cancel;
	struct sip_strans *st; /* theirs, until our final response              */
	struct sip_msg *msg;
	struct repeat ack;   /* our 2xx waits for ACK                           */
	struct repeat prack; /* our reliable 1xx waits for PRACK                */
	uint32_t rseq;
	bool offerless; /* their INVITE had no offer                            */
	bool answered;	/* our description went out reliably before the 2xx     */
	struct queued later;
	enum cause bye_cause;
	char bye_text[SIP_NAME]; /* for people; "": the cause's own       */
	uint8_t max_forwards;
	char auth_user[SIP_NAME], auth_password[SIP_NAME], auth_realm[SIP_NAME];

	/* re-INVITE and UPDATE */
	enum exchange exchange;
	struct sip_strans *ex_st; /* theirs, waiting for the owner              */
	struct sip_msg *ex_msg;
	struct body local_sdp, remote_sdp; /* what holds now                    */
	struct body offered, wanted;	   /* on its way, and to be sent next   */
	char *asserted;			   /* identity lines of the next request */
	struct tmr tmr_glare;
	unsigned glares;

	/* session timer, RFC 4028 */
	uint32_t se_s, se_min_s;
	bool se_ours;	   /* we refresh                                             */
	uint64_t se_until; /* the session ends then, monotonic ms                */
	struct tmr tmr_se;

	/* the last REFER */
	struct sip_strans *refer_st;
	struct sip_msg *refer_msg;
	uint32_t refer_cseq;
	unsigned refers;
	bool refer_silent; /* Refer-Sub: false                                  */
	bool refer_live;   /* NOTIFYs are due                                   */
};

struct dialog {
	struct usage *u;
	struct dialog_handlers h;
	void *arg;
	struct sip_sender sender;
	char request_user[SIP_NAME], replaces[SIP_URI];
};

struct dialogs {
	struct hash *ht;
	struct list all, ringing;
	unsigned count;
	struct stack *s;
};

/* --- dialog.c: table and life ------------------------------------------------------------------
 */

int usage_alloc(struct dialog **dp, struct stack *s);
void usage_enter(struct usage *u);
struct usage *usage_find(const struct stack *s, const struct pl *call_id,
			 const struct pl *local_tag);
void usage_over(struct usage *u);
void usage_tell(struct usage *u, const struct dialog_end *end);
void usage_close(struct usage *u, const struct dialog_end *end);
void usage_close_cause(struct usage *u, enum cause cause);
void usage_leave(struct usage *u, enum cause cause, const char *text);
void usage_retarget(struct usage *u, const struct sip_msg *msg);
void usage_learn(struct usage *u, const struct sip_msg *msg);

int far_alloc(struct far **fp, struct usage *u, const struct pl *tag);
struct far *far_find(const struct usage *u, const struct pl *tag);
bool far_target(struct far *f, const struct sip_msg *msg);
int far_routes(struct far *f, const struct sip_msg *msg, bool forward);
void far_next(struct far *f, enum sip_transp tp, const struct sa *src);

int body_set(struct body *b, const char *text, size_t len);
void body_move(struct body *to, struct body *from);
void body_clear(struct body *b);
bool body_same(const struct body *b, const char *text, size_t len);

/* --- usage_flow.c ------------------------------------------------------------------------------
 */

void usage_proved(struct usage *u, const struct sip_msg *msg, const struct flow *flow,
		  const struct sa *client);
void usage_watch(struct usage *u, const struct sip_msg *msg);
void usage_unwatch(struct usage *u);
void usage_follow(struct usage *u, const struct sip_msg *msg, const struct flow *flow,
		  const struct sa *client);

/* --- header.c ----------------------------------------------------------------------------------
 */

int identity_address(char **text, const struct dialog_identity *id);
int identity_lines(struct mbuf *mb, const struct dialog_identity *id, const char *party);
int diversion_lines(struct mbuf *mb, const struct dialog_diversion *d, const char *target);
int headers_common(struct mbuf *mb, const struct usage *u, const struct far *far,
		   const char *method, uint32_t cseq);
int header_contact(struct mbuf *mb, const struct usage *u);
int header_reason(struct mbuf *mb, bool request, enum cause cause, const char *text);
void reason_parse(struct dialog_end *end, const struct sip_msg *msg);
bool header_value(char *buf, size_t size, const struct sip_msg *msg, enum sip_hdrid id);
void msg_body(const struct sip_msg *msg, const char **text, size_t *len);
uint16_t msg_body_check(const struct sip_msg *msg);
uint32_t msg_number(const struct sip_msg *msg, enum sip_hdrid id, uint32_t none);

/* --- ask.c -------------------------------------------------------------------------------------
 */

int ask_send(struct ask **ap, struct usage *u, struct far *far, const char *method,
	     const char *headers, const char *sdp, size_t len, ask_h *h);
int ask_send_typed(struct usage *u, const char *method, const char *headers, const char *ctype,
		   const char *text, size_t len, ask_h *h);
int ask_again(struct ask *a, const char *headers);
int ack_send(struct usage *u, const struct far *far, uint32_t cseq);
bool ask_fatal(int err, const struct sip_msg *msg);

/* --- reply.c -----------------------------------------------------------------------------------
 */

int reply(struct usage *u, struct sip_strans **stp, struct mbuf **mbp, const struct sip_msg *msg,
	  uint16_t scode, const char *reason, const char *headers, const struct body *sdp);
void reply_plain(struct usage *u, const struct sip_msg *msg, uint16_t scode, const char *reason);
void reply_headers(struct usage *u, const struct sip_msg *msg, uint16_t scode, const char *reason,
		   const char *headers);
void reply_pending(struct usage *u, const struct sip_msg *msg);
const char *reason_phrase(uint16_t scode);
void repeat_start(struct repeat *r, struct usage *u, const struct sip_msg *msg, struct mbuf *mb,
		  void (*timeout_h)(struct usage *u));
void repeat_stop(struct repeat *r);

/* --- uas.c, prack.c ----------------------------------------------------------------------------
 */

void uas_reject(struct usage *u, uint16_t scode, const char *reason, enum cause cause);
void uas_ack(struct usage *u, const struct sip_msg *msg);
void uas_wait_ack(struct usage *u, const struct sip_msg *msg, struct mbuf *mb, bool offered);
int uas_answer(struct usage *u, const struct body *sdp);
bool sdp_readable(const char *text, size_t len);
int prack_ring(struct usage *u, uint16_t scode, const struct body *sdp);
bool prack_pending(const struct usage *u);
void prack_request(struct usage *u, struct far *far, const struct sip_msg *msg);
bool prack_response(struct usage *u, struct far *far, const struct sip_msg *msg);

/* --- uac.c, fork.c -----------------------------------------------------------------------------
 */

void uac_cancel(struct usage *u);
void uac_cancel_stop(struct usage *u);
void fork_refuse(struct usage *u, const struct sip_msg *msg);
struct far *fork_far(struct usage *u, const struct sip_msg *msg);

/* --- within.c: requests inside a dialog --------------------------------------------------------
 */

void bye_send(struct usage *u);

/* --- modify.c ----------------------------------------------------------------------------------
 */

void modify_request(struct usage *u, const struct sip_msg *msg);
void modify_next(struct usage *u);
void modify_drop(struct usage *u, uint16_t scode);
int modify_refresh(struct usage *u, ask_h *h);
void modify_done(struct usage *u, const struct ask *a, const struct sip_msg *msg);
bool modify_waits(const struct usage *u);

/* --- timer_session.c ---------------------------------------------------------------------------
 */

int timer_offer(struct mbuf *mb, const struct usage *u);
int timer_answer(struct mbuf *mb, struct usage *u, const struct sip_msg *request);
bool timer_too_small(const struct usage *u, const struct sip_msg *msg);
void timer_take(struct usage *u, const struct sip_msg *response);
bool timer_raise(struct usage *u, const struct sip_msg *response);
void timer_run_on(struct usage *u);

/* --- info.c, refer.c ---------------------------------------------------------------------------
 */

void info_request(struct usage *u, const struct sip_msg *msg);
void refer_request(struct usage *u, const struct sip_msg *msg);
void refer_drop(struct usage *u);
bool refer_untold(const struct usage *u);

/* --- replaces.c --------------------------------------------------------------------------------
 */

struct replaces {
	struct pl call_id, to_tag, from_tag;
	bool early_only;
};

bool replaces_parse(struct replaces *r, const char *value);
struct usage *replaces_find(const struct stack *s, int64_t tenant, const struct replaces *r);
uint16_t replaces_check(char *value, size_t size, const struct stack *s, int64_t tenant,
			const struct sip_msg *msg);

#endif
