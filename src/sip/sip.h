/**
 * @file sip.h  The SIP stack: transports, identity, registrar, requests outside dialogs
 *
 * All of src/sip runs on the core thread. It knows domains, accounts, trunks and owners only
 * through the handlers given to stack_alloc(); what it learns it tells through them. No handler
 * runs without a tenant, and no request without authentication has an effect.
 * dialog.h has the calls, registrar.h the bindings, sdp.h the descriptions.
 */
#ifndef CARILLON_SIP_H
#define CARILLON_SIP_H

#include <stdbool.h>
#include <stdint.h>
#include <re.h>
#include "actor.h"

struct stack;
struct dialog;
struct binding;

enum { SIP_NAME = 128, SIP_URI = 512 };

/** Where a peer is reached: an opaque flow in the sense of RFC 5626 */
struct flow {
	enum sip_transp tp; /* UDP, TCP or TLS; a browser is TCP from loopback with ws set */
	struct sa peer;	    /* next hop                                                    */
	bool ws;	    /* through the WebSocket edge                                  */
};

bool flow_same(const struct flow *a, const struct flow *b);

/** Who may sign in as what; filled by the account handler */
struct sip_account {
	int64_t tenant;
	char domain[SIP_NAME];		  /* SIP domain of the tenant                       */
	char aor_user[SIP_NAME];	  /* the extension, "1001"                          */
	char auth_user[SIP_NAME];	  /* credential's user name, "1001" or "1001-desk"  */
	char device[40];		  /* device id                                      */
	char name[SIP_NAME];		  /* display name we assert                         */
	char ha1_md5[33], ha1_sha256[65]; /* of auth_user:domain:password; "" if unusable */
	bool md5_allowed;		  /* tenant switch                                  */
	bool sdes;			  /* offer SRTP by SDES to this device              */
};

/** A gateway to or from the outside */
struct sip_trunk {
	int64_t id, tenant; /* tenant 0: shared, the DID names the tenant     */
	char name[SIP_NAME];
};

/** Who sent a request: an account (authenticated) or a trunk (by address) */
struct sip_sender {
	bool is_trunk;
	struct sip_account account;
	struct sip_trunk trunk;
	struct flow flow;
	struct sa client; /* real address, also behind the edge             */
};

/** Descriptors that libre can watch, connections of browsers among them */
enum { STACK_FDS = 65536 };

struct stack_conf {
	struct sa bind;		      /* address; port is sip_port                      */
	uint16_t sip_port, sips_port; /* sips 0: no TLS                                 */
	uint16_t edge_port;	      /* loopback TCP for the WebSocket edge, 0: choose */
	char advertise[64];	      /* address in Via, Contact; "" for bind           */
	const char *cert;	      /* PEM file with key and chain, for TLS           */
	const char *trunk_ca; /* PEM file: who vouches for trunks by TLS; "": the system's */
	const char *dns;      /* servers asked for trunks by name; "": the system's */
	const char *software; /* Server and User-Agent                          */
	uint32_t register_min_s, register_max_s, session_expires_s, udp_keepalive_s;
	unsigned conns_per_source; /* TCP and TLS connections of one address, 0: any number */
	unsigned conns_most; /* of all; 0: half of the descriptors that the process may have */
	unsigned subs_most;  /* subscriptions of all tenants; 0: SUBS_MAX of stack_parts.h */
};

/** What was asked for is on disk, or err says why it is not; obj is released afterwards */
typedef void(durable_done_h)(int err, void *obj);

/** Questions to, and news for, the floors above. All on the core thread; `arg` is the last argument
 */
struct stack_handlers {
	/** Is this domain ours? Returns its tenant, 0 for no. (A tenant owned elsewhere is not
	 * ours.) */
	int64_t (*domain_h)(const struct pl *domain, void *arg);
	/** Finds the account by domain and credential's user name; false: unknown */
	bool (*account_h)(struct sip_account *acc, const struct pl *domain, const struct pl *user,
			  void *arg);
	/** Is this source a trunk (exact address; port ignored)? */
	bool (*trunk_h)(struct sip_trunk *trunk, const struct sa *src, enum sip_transp tp,
			void *arg);
	/** The client behind a loopback port of the edge; false: not ours, the connection is
	 * refused */
	bool (*edge_h)(struct sa *client, bool *tls, uint16_t port, void *arg);
	/** A new call. The dialog belongs to the handler from here on: it must answer, ring or
	 * refuse it */
	void (*invite_h)(struct dialog *d, const struct sip_sender *from, const struct sip_msg *msg,
			 void *arg);
	/** A binding was added, refreshed or removed (see registrar.h) */
	void (*binding_h)(const struct binding *b, int change, void *arg);
	/** Calls `done` once what binding_h told so far outlives the process, with an error when
	 * that cannot be had now; `obj` is released afterwards, or without a call at the end. NULL:
	 * at once */
	void (*durable_h)(durable_done_h *done, void *obj, void *arg);
	/** SUBSCRIBE: fills the current body for a package ("dialog", "message-summary",
	 * "presence"); false: 404 */
	bool (*subscribe_h)(struct mbuf *body, const char *package, int64_t tenant,
			    const char *user, const struct sip_account *watcher, void *arg);
	/** Too many wrong passwords from one source */
	void (*throttle_h)(const struct sa *client, const char *domain, const char *user,
			   void *arg);
	/** May this domain's phones sign in with MD5? Decides what a challenge offers; NULL: yes */
	bool (*md5_h)(const struct pl *domain, void *arg);
	/** May this new call start (capacity, drain)? 0 or the SIP code to refuse with (503). In a
	 * crowd nothing is known of it but its Request-URI: of msg that is all there is then */
	uint16_t (*admit_h)(const struct sip_sender *from, const struct sip_msg *msg, void *arg);
	void *arg;
};

int stack_alloc(struct stack **sp, const struct stack_conf *conf, const struct stack_handlers *h);
/** Whether more messages wait, and for longer, than can be worked off: no new calls then */
bool stack_crowded(struct stack *s);
void stack_close(struct stack *s); /* drains: refuses new, BYEs are the owner's part */
int stack_renew(struct stack *s, const char *file);
uint16_t stack_edge_port(const struct stack *s);
uint16_t stack_port(const struct stack *s);

/** The edge lost a client: its bindings end, its dialogs are told (lost_h) */
void stack_edge_closed(struct stack *s, uint16_t port);
/** Sends changed state to every subscriber of (tenant, user, package) */
void stack_notify(struct stack *s, const char *package, int64_t tenant, const char *user);
/** Tells the registered phones of an extension, but browsers, what they did not subscribe to */
void stack_tell(struct stack *s, const char *package, const char *type, int64_t tenant,
		const char *user, const struct mbuf *body);
/** Ends the registrations and the subscriptions of a device (revoked) or with device NULL of the
 * whole AOR */
void stack_revoke(struct stack *s, int64_t tenant, const char *user, const char *device);

#endif
