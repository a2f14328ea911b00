/**
 * @file stack_private.h  What the files of src/sip share
 *
 * Two halves meet here: the stack (transports, validation, digest, registrar, subscriptions) calls
 * the hooks dialog_*_h(), and the dialogs call stack_*() and auth_answer(). Core thread only.
 */
#ifndef CARILLON_STACK_PRIVATE_H
#define CARILLON_STACK_PRIVATE_H

#include "own.h"
#include "sip.h"
#include "registrar.h"

#define STACK_ALLOW                                                                                \
	"INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, SUBSCRIBE, NOTIFY, REFER, PRACK, UPDATE, "   \
	"INFO"
#define STACK_SUPPORTED "replaces, timer, 100rel, path, outbound, norefersub"
#define STACK_ACCEPT "application/sdp, message/sipfrag, application/dtmf-relay, application/dtmf"

struct auth;
struct bindings;
struct dialogs;
struct merged;
struct sources;
struct subs;
struct throttle;
struct tls_peers;

struct stack {
	struct sip *sip;
	struct stack_conf conf;	      /* strings point into text[]                           */
	struct stack_handlers h;      /* none is NULL: stack_alloc() fills in refusing ones  */
	struct sip_lsnr *lsnr_first;  /* every request, before the transactions              */
	struct sip_lsnr *lsnr;	      /* requests that no transaction took                   */
	struct sip_lsnr *lsnr_resp;   /* responses that no transaction took (late 2xx)       */
	struct dnsc *dnsc;	      /* for trunks by host name, may be NULL                */
	struct tls *tls, *tls_newest; /* see tls.c */
	struct tls_peers *peers;      /* see tls_peer.c */
	struct auth *auth;
	struct throttle *throttle;
	struct bindings *bindings;
	struct subs *subs;
	struct dialogs *dialogs;
	char host[64]; /* address in Via and Contact                          */
	char software[SIP_NAME];
	uint16_t port;	    /* UDP and TCP                                         */
	uint16_t edge_port; /* loopback TCP listener of the WebSocket edge         */
	uint8_t secret[16]; /* makes To tags of answers without a transaction      */
	struct merged *merged;
	struct sources *sources;
	struct list promises;	      /* answers to REGISTER that wait for the disk           */
	const struct sip_msg *cancel; /* the CANCEL that is being received: it has a Reason */
	bool closing;		      /* drains: new calls get 503                           */
	struct udp_sock *udp;	      /* libre's, as long as s->sip is                       */
	int udp_fd;		      /* its; -1: none                                       */
	uint64_t full_since;	      /* monotonic; 0: what waits at it is little            */
	bool crowded;		      /* see wire_crowded()                                  */
	/* hurried(): wire.c is linked wherever libre is, what it leads to is not */
	bool (*hurried_h)(struct stack *s, const struct sa *src, const struct mbuf *mb);
};

/* --- stack.c: for the dialogs ------------------------------------------------------------------
 */

/**
 * Sends a request along a flow: the next hop is the flow itself, whatever the URI says (no DNS, and
 * a browser's `.invalid` contact works). libre writes the request line and Via; `mb` holds all that
 * follows: Max-Forwards, From, To, Call-ID, CSeq, Contact, Route ..., Content-Length, blank line,
 * body, with pos at its start. `stateful` false is for the ACK of a 2xx (resph is not used then).
 * `resph` and `reqp` are libre's: dropping *reqp early CANCELs an INVITE and silences resph.
 */
int stack_request(struct sip_request **reqp, struct stack *s, const struct flow *flow,
		  bool stateful, const char *method, const char *uri, struct mbuf *mb,
		  sip_resp_h *resph, void *arg);

/** The same without a flow: the next hop is found from `route` (a SIP URI; by DNS if it is a name)
 */
int stack_request_uri(struct sip_request **reqp, struct stack *s, const char *route, bool stateful,
		      const char *method, const char *uri, struct mbuf *mb, sip_resp_h *resph,
		      void *arg);

/** Prints our Contact URI for a flow, "sip:user@host:port;transport=..", without angle brackets */
bool stack_contact(char *uri, size_t size, const struct stack *s, const struct flow *flow,
		   const char *user);

/** The flow a message came by, and the real address of its client (also behind the edge) */
void stack_flow(const struct stack *s, const struct sip_msg *msg, struct flow *flow,
		struct sa *client);
bool flow_anew(struct flow *anew, const struct flow *old, const char *contact);

/** Seconds of a Retry-After, by chance: it spreads those who come back (RFC 3261 section 21.5.4) */
unsigned stack_retry_after(void);

/** Refuses a request without keeping a transaction (memory stays flat in a flood); adds To tag,
 * Allow or Retry-After where the code wants them */
void stack_refuse(struct stack *s, const struct sip_msg *msg, uint16_t scode, const char *reason);

/* --- auth.c: for the dialogs -------------------------------------------------------------------
 */

/**
 * Answers the challenge of a 401 or 407 to our own request: appends "Authorization: ..\r\n" or
 * "Proxy-Authorization: ..\r\n" to `mb`, SHA-256 preferred (RFC 8760). `realm` is the only one that
 * gets an answer; "" means any. The caller asks at most once per request and only the host it
 * called. Returns ENOENT if no challenge can be answered.
 */
int auth_answer(struct mbuf *mb, const struct sip_msg *challenge, const char *method,
		const char *uri, const char *user, const char *password, const char *realm);

/* --- dialog*.c: called by the stack ------------------------------------------------------------
 */

int dialogs_alloc(struct dialogs **dp, struct stack *s);

/** Is there, or was there just now, a call with this Call-ID? */
bool dialogs_know(const struct stack *s, const struct pl *call_id);
void dialogs_free(struct dialogs *d);

/** How many there are on the wire, those included that their owners let go */
unsigned dialogs_count(const struct stack *s);

/**
 * A valid request inside a dialog (To has a tag; any method but REGISTER, SUBSCRIBE, OPTIONS
 * without a matching dialog), including ACK. The source has not been authenticated: compare flow or
 * client with the dialog's. Returns false if there is no such dialog: the stack then answers 481.
 * (CANCEL is matched by libre: the cancel handler of sip_strans_alloc(). An unmatched one gets
 * 481.)
 */
bool dialog_request_h(struct stack *s, const struct sip_msg *msg, const struct flow *flow,
		      const struct sa *client);

/** A valid new INVITE of an authenticated account or a trunk, after admit_h said yes */
void dialog_invite_h(struct stack *s, const struct sip_msg *msg, const struct sip_sender *sender);

/** A response that no transaction took: another 2xx of a forked INVITE, or a retransmitted one */
void dialog_response_h(struct stack *s, const struct sip_msg *msg);

/** The connection of a flow is gone */
void dialog_flow_lost(struct stack *s, const struct flow *flow);

/**
 * A binding of the device has moved to a new flow: the page was loaded again, the NAT chose another
 * port. Go on there: its dialogs that used `old` (the binding's flow so far) and those whose flow
 * is lost. Several phones may share one device's credentials, so others stay where they are.
 */
void dialog_flow_moved(struct stack *s, int64_t tenant, const char *device, const struct flow *old,
		       const struct flow *flow);

/**
 * The device has a new binding. Go on there: its dialogs whose flow was lost at that address, or by
 * WebSocket those whose far side has the same Contact, which is that page and no other.
 */
void dialog_flow_anew(struct stack *s, int64_t tenant, const char *device,
		      const struct uri *contact, const struct flow *flow);

/** Is this the URI that was stored, as far as RFC 3261 section 19.1.4 tells phones apart? */
bool uri_same(const char *stored, const struct uri *uri);

#endif
