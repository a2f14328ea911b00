/**
 * @file phone.h  A telephone built on libre's own session layer, independent of the program under
 * test
 *
 * One struct phone is one device with its own SIP sockets; it has lines, one per call. It changes
 * only inside libre's loop; a scene looks at the fields.
 */
#ifndef SCENE_PHONE_H
#define SCENE_PHONE_H

#include <re.h>
#include "image.h"
#include "voice.h"

enum { PHONE_NAME = 64, PHONE_URI = 256 };

enum line_state { LINE_CALLING, LINE_RINGING, LINE_UP, LINE_OVER };

/** One call of a phone */
struct line {
	struct le le;
	struct phone *phone; /* weak */
	struct sipsess *sess;
	struct sipsub *refer;
	struct sdp_session *sdp;
	struct sdp_media *audio;
	struct voice *voice;
	struct sdp_session *image_sdp; /* of T.38, from the re-INVITE on */
	struct sdp_media *image_media;
	struct image *image;
	enum line_state state;
	bool incoming, offered, silent; /* silent: sends no packets whatever is negotiated */
	uint16_t progress;		/* last provisional answer: 180, 183        */
	uint16_t code;			/* how the call failed                      */
	uint16_t transfer;		/* what the transferred call came to        */
	bool leaves;			/* its BYE and the news of a failed transfer cross */
	char reason[PHONE_NAME];	/* Reason header of a CANCEL or BYE         */
	char peer_name[PHONE_NAME], peer_number[PHONE_NAME], peer_uri[PHONE_URI];
	char callid[PHONE_URI], local_tag[PHONE_NAME], remote_tag[PHONE_NAME];
	char info[PHONE_NAME]; /* keys that came by INFO */
};

typedef void(phone_event_h)(struct phone *p, struct line *l, const char *what, void *arg);

struct phone_conf {
	const char *name, *number, *domain, *password;
	const char *user;   /* who it is to a challenge, NULL: the number */
	const char *local;  /* address to come from, "127.0.0.1" */
	uint16_t port;	    /* 0: any */
	const char *server; /* "127.0.0.1:5060" */
	enum sip_transp tp;
	bool srtp, pcma, t38; /* t38: becomes a fax machine when it is asked to */
	double tone;
};

struct phone {
	struct le le;
	char name[PHONE_NAME], number[PHONE_NAME], domain[PHONE_NAME], password[PHONE_NAME];
	char user[PHONE_NAME];
	char aor[PHONE_URI], route[PHONE_URI];
	struct sip *sip;
	struct sipsess_sock *sessions;
	struct sipevent_sock *events;
	struct sip_lsnr *lsnr;
	struct sipreg *reg;
	struct sipsub *sub;
	struct tls *tls;
	enum sip_transp tp;
	struct sa local, connected;  /* connected: from where, by TCP or TLS */
	bool srtp, pcma, t38, early; /* early: speaks before it answers */
	bool obeys;		     /* answers by itself when it is asked to */
	double tone;
	uint16_t reg_code; /* last answer to REGISTER, 0: none, 1: no transport */
	uint16_t sub_code;
	uint16_t busy; /* answers every INVITE with this code */
	char mwi[PHONE_NAME];
	char lamp[PHONE_NAME]; /* state of the last dialog-info: "" is off */
	struct list lines;
	FILE *trace;
	phone_event_h *eventh;
	void *arg;
};

int phone_begin(void);
int phone_alloc(struct phone **pp, const struct phone_conf *conf, phone_event_h *eventh, void *arg);
int phone_register(struct phone *p);
void phone_unregister(struct phone *p);
int phone_plug(struct phone *p);
void phone_disconnect(struct phone *p);
void phone_unplug(struct phone *p);
struct line *phone_line(const struct phone *p, unsigned no);
int phone_auth(char **user, char **password, const char *realm, void *arg);
int phone_subscribe(struct phone *p, const char *uri, const char *event);

/* line.c */
struct dial {
	const char *number;   /* number or user@domain                          */
	const char *as;	      /* From other than the own, or NULL               */
	const char *replaces; /* value of a Replaces header, or NULL            */
	bool no_offer;	      /* the INVITE has no description                  */
};
int line_dial(struct line **lp, struct phone *p, const struct dial *d);
void line_incoming(struct phone *p, const struct sip_msg *msg);
int line_answer(struct line *l);
int line_reject(struct line *l, uint16_t code);
void line_hangup(struct line *l);
int line_hold(struct line *l, bool hold);
int line_transfer(struct line *l, const char *target, const struct line *other);
int line_info(struct line *l, const char *keys);
const char *line_state_name(const struct line *l);

/* line_sdp.c */
int line_media_alloc(struct line *l);
int line_offer(struct mbuf **mbp, struct line *l);
int line_description(struct line *l, const struct sip_msg *msg, bool offer);
int line_answer_description(struct mbuf **mbp, struct line *l);
void line_media_update(struct line *l);

/* line_image.c */
bool line_image_wanted(const struct line *l, const struct sip_msg *msg);
int line_image_description(struct line *l, const struct sip_msg *msg, bool offer);
const struct sa *line_image_peer(const struct line *l);
int line_image_ask(struct line *l);
int line_image_answer(struct mbuf **mbp, struct line *l);

#endif
