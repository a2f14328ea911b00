/**
 * @file dialog.h  Calls on the wire: our own INVITE dialogs
 *
 * RFC 3261 sections 12-15, 3262 (PRACK), 3311 (UPDATE), 4028 (session timers), 3515 (REFER), 3891
 * (Replaces), 6665 (NOTIFY of a REFER), 3326 (Reason), 3323/3325 (identity). Core thread only.
 * A dialog is owned by whoever got or made it; mem_deref() ends it politely (CANCEL, BYE or a final
 * response as the state asks for) and no handler is called after. close_h is called at most once,
 * and not for an end that the owner caused. One early dialog per handle: of a forked INVITE the
 * first to answer wins, later 2xx are ACKed and ended with BYE.
 */
#ifndef CARILLON_DIALOG_H
#define CARILLON_DIALOG_H

#include "cause.h"
#include "sip.h"
#include "registrar.h"

struct dialog;

/** Whom the callee shall believe is calling */
struct dialog_identity {
	char name[SIP_NAME], user[SIP_NAME], domain[SIP_NAME];
	bool hidden;	      /* anonymous From, Privacy: id                       */
	bool asserted;	      /* send who it is (only to trusted peers), in both of these  */
	bool no_pai, no_rpid; /* P-Asserted-Identity, Remote-Party-ID: not in this one */
};

/** How a trunk reads who passed a call on: not at all, RFC 5806, RFC 7044 */
enum diversion_how { DIVERSION_NONE, DIVERSION_HEADER, DIVERSION_HISTORY };

/** Why somebody passed a call on; NOT: nobody did */
enum diversion_why {
	DIVERTED_NOT,
	DIVERTED_ALWAYS,
	DIVERTED_BUSY,
	DIVERTED_NOANSWER,
	DIVERTED_UNAVAIL,
	DIVERTED_FOLLOW,
	DIVERTED_OTHER
};

/** Who passed the call on; written when both how and why say so */
struct dialog_diversion {
	enum diversion_how how;
	enum diversion_why why;
	char user[SIP_NAME], domain[SIP_NAME];
};

/** A call to make */
struct dialog_target {
	char uri[SIP_URI]; /* Request-URI                                         */
	char to_user[SIP_NAME], to_domain[SIP_NAME];
	char path[SIP_URI]; /* Route to replay, or ""                              */
	struct flow flow;   /* next hop                                            */
	bool has_flow;	    /* false: resolve the URI (trunks by host name)        */
	int64_t tenant;	    /* whose phone the flow leads to ...                   */
	char device[40];    /* ... as its binding says                             */
	struct dialog_identity from;
	struct dialog_diversion diversion;
	char alert_info[SIP_NAME]; /* Alert-Info, or ""                                */
	bool answer_at_once;	   /* ask the phone to answer by itself                */
	char replaces[SIP_URI];	   /* Replaces header value, or ""                        */
	char auth_user[SIP_NAME], auth_password[SIP_NAME],
		auth_realm[SIP_NAME]; /* trunk; realm "" = any of that host */
	uint8_t max_forwards;
};

/** Why and how the far side ended or refused */
struct dialog_end {
	enum cause cause;
	uint16_t scode;	       /* final response code, 0 for BYE, CANCEL or a timeout  */
	char reason[SIP_NAME]; /* reason phrase                                        */
	uint16_t q850;	       /* from a Reason header, or 0                           */
	bool elsewhere;	       /* Reason: SIP;cause=200                                */
	bool untold;	       /* BYE before it confirmed how its transfer goes        */
	char contact[SIP_URI]; /* of a 3xx                                             */
};

/** A REFER asked of us. Answer with dialog_refer_accept() or dialog_refer_reject() */
struct dialog_refer {
	char user[SIP_NAME], domain[SIP_NAME]; /* Refer-To                               */
	char replaces[SIP_URI]; /* Replaces of the Refer-To URI, unescaped; "" for a blind transfer
				 */
	bool norefersub;	/* Refer-Sub: false                        */
	char referred_by[SIP_URI]; /* Referred-By as sent, "" for none        */
};

struct dialog_handlers {
	void (*ring_h)(struct dialog *d, uint16_t scode, const char *sdp, size_t len,
		       void *arg); /* 1xx to our INVITE */
	void (*answer_h)(struct dialog *d, const char *sdp, size_t len,
			 void *arg); /* 2xx to our INVITE: the answer; ACK is sent by the dialog */
	void (*offer_h)(struct dialog *d, const char *sdp, size_t len,
			void *arg); /* re-INVITE/UPDATE offer; len 0: they want ours. Reply by
				       dialog_accept/dialog_refuse, now or later */
	void (*agreed_h)(struct dialog *d, uint16_t scode, const char *sdp, size_t len,
			 void *arg); /* outcome of our dialog_offer(); also the ACK's answer to an
					offer in our 200 */
	void (*acked_h)(struct dialog *d, void *arg); /* the ACK to a 200 of ours: the peer gets
							 what we send it */
	void (*refer_h)(struct dialog *d, const struct dialog_refer *r, void *arg);
	void (*info_h)(struct dialog *d, char digit, uint32_t duration_ms,
		       void *arg); /* DTMF by INFO (dtmf-relay, dtmf) */
	void (*lost_h)(struct dialog *d, bool lost,
		       void *arg); /* the flow broke (true) or a new one took its place (false) */
	void (*close_h)(struct dialog *d, const struct dialog_end *end, void *arg);
};

/* Called side: after invite_h */
void dialog_set_handlers(struct dialog *d, const struct dialog_handlers *h, void *arg);
int dialog_ring(struct dialog *d, uint16_t scode, const char *sdp,
		size_t len); /* 180/183, reliable if the peer can (RFC 3262) */
int dialog_answer(struct dialog *d, const char *sdp, size_t len);
int dialog_reject(struct dialog *d, uint16_t scode, const char *reason,
		  enum cause cause); /* then deref */

/* Calling side */
int dialog_call(struct dialog **dp, struct stack *s, const struct dialog_target *t, const char *sdp,
		size_t len, const struct dialog_handlers *h, void *arg);

/* Both, once confirmed */
int dialog_offer(struct dialog *d, const char *sdp,
		 size_t len); /* re-INVITE; glare is retried inside (RFC 3261 14.1) */
int dialog_accept(struct dialog *d, const char *sdp, size_t len); /* reply to offer_h */
int dialog_refuse(struct dialog *d, uint16_t scode);		  /* 488 */
int dialog_refer_accept(struct dialog *d);			  /* 202 + NOTIFY 100 */
int dialog_refer_reject(struct dialog *d, uint16_t scode);
int dialog_refer_notify(struct dialog *d, uint16_t scode, bool final); /* NOTIFY sipfrag */
int dialog_info_dtmf(struct dialog *d, char digit, uint32_t duration_ms);
int dialog_update_identity(
	struct dialog *d, const struct dialog_identity *who, const char *sdp,
	size_t len); /* tells the new party's name: re-INVITE/UPDATE with P-Asserted-Identity */
void dialog_hangup(struct dialog *d, enum cause cause,
		   const char *text); /* BYE or CANCEL with Reason; then deref */

/* Facts */
const char *dialog_call_id(const struct dialog *d);
bool dialog_incoming(const struct dialog *d);
bool dialog_confirmed(const struct dialog *d);
bool dialog_heard(const struct dialog *d); /* outgoing: any response has come, a 100 too */
const char *dialog_user_agent(const struct dialog *d);		/* of the peer */
const struct sa *dialog_peer(const struct dialog *d);		/* real client address */
const struct sip_sender *dialog_sender(const struct dialog *d); /* incoming only */
const char *
dialog_request_user(const struct dialog *d); /* user part of the R-URI of an incoming INVITE */
const char *dialog_replaces(const struct dialog *d); /* Replaces header of an incoming INVITE, "" */
const char *dialog_device(const struct dialog *d);   /* device id, "" for a trunk */
void dialog_body(const struct dialog *d, const char **sdp,
		 size_t *len); /* offer of an incoming INVITE */

/** Finds the dialog a Replaces value names, within one tenant; NULL if there is none (RFC 3891
 * section 3) */
struct dialog *dialog_find_replaces(struct stack *s, int64_t tenant, const char *replaces);
void *dialog_arg(const struct dialog *d);

#endif
