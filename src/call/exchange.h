/**
 * @file exchange.h  The exchange: SIP stack, media engine, tenants and calls, tied together
 *
 * There is one. It answers the stack's questions from the tenants' snapshots, turns INVITEs into
 * calls, and hands records of calls and changes of bindings to the floor above. Core thread only;
 * what other threads want to know they ask through the core actor.
 */
#ifndef CARILLON_EXCHANGE_H
#define CARILLON_EXCHANGE_H

#include "call.h"
#include "media.h"
#include "registrar.h"
#include "sip.h"
#include "snapshot.h"
#include "store.h"
#include "voicemail.h"

struct bells;
struct exchange;
struct pusher;
struct roll;
struct waiting;

/** What is seen of an extension: on lamps, in the portal */
enum presence {
	PRESENCE_OFFLINE,
	PRESENCE_AVAILABLE,
	PRESENCE_RINGING,
	PRESENCE_BUSY,
	PRESENCE_DND
};

struct emergency_call; /* emergency_mail.h */
struct story_line;

struct exchange_conf {
	struct stack_conf stack;
	struct engine_conf engine;
	char media_address[64]; /* named in our descriptions              */
	uint64_t call_max_ms, reclaim_ms, park_ms;
	unsigned max_calls, max_calls_per_extension;
	/** Every call: once when it began, once when it ended (facts.ended_at set) */
	void (*record_h)(struct call *call, void *arg);
	/** Something became known of a call that is over: one more line for its story */
	void (*afterword_h)(int64_t tenant, const char *call_id, const struct story_line *line,
			    void *arg);
	/** Somebody calls for help, and somebody is to be mailed of it */
	void (*emergency_h)(const struct emergency_call *c, void *arg);
	/** A call rings, was answered, held, transferred, ended: news for the portal */
	void (*changed_h)(struct call *call, const char *event, void *arg);
	/** A binding changed; to be stored */
	void (*binding_h)(const struct binding *b, int change, void *arg);
	/** As in struct stack_handlers */
	void (*durable_h)(durable_done_h *done, void *obj, void *arg);
	/** Do Not Disturb of an extension began or ended; news for the portal */
	void (*disturb_h)(int64_t tenant, const char *extension, enum presence p, void *arg);
	/** Somebody waits or an agent does something else; for the portal */
	void (*queue_h)(int64_t tenant, const char *queue_id, void *arg);
	/** The messages of a mailbox changed; for the portal */
	void (*waiting_h)(int64_t tenant, const char *extension, const struct voicemail_counts *c,
			  void *arg);
	/** Who is behind a loopback port of the WebSocket edge */
	bool (*edge_h)(struct sa *client, bool *tls, uint16_t port, void *arg);
	const char *fax_worker;	     /* path of the program that is a fax machine      */
	const char *fax_folder;	     /* where pages are that come in                   */
	bool fax_t38;		     /* faxes by T.38 where the far side can           */
	const struct secret *secret; /* opens the passwords of trunks; hashes PINs */
	struct store *store;	     /* what calls write, posted and never waited for */
	struct blobs *blobs;	     /* where recordings go                         */
	struct pusher *pusher;	     /* tells browsers of calls; NULL: nobody does  */
	void *arg;
};

int exchange_alloc(struct exchange **xp, const struct exchange_conf *conf, struct tenants *tenants);
bool exchange_full(const struct exchange *x);
void exchange_drain(struct exchange *x);
void exchange_close(struct exchange *x);

struct stack *exchange_stack(const struct exchange *x);
struct engine *exchange_engine(const struct exchange *x);
const struct exchange_conf *exchange_conf(const struct exchange *x);
const struct tenant *exchange_tenant(const struct exchange *x, int64_t id);
struct tenants *exchange_tenants(const struct exchange *x);
int exchange_publish(struct exchange *x, struct tenant *t);
void exchange_publish_rates(struct exchange *x, struct rates *rates);
void exchange_publish_trunks(struct exchange *x, struct trunks *trunks);
struct trunk_lines *exchange_trunk_lines(const struct exchange *x);
struct roll *exchange_roll(const struct exchange *x);
struct list *exchange_calls(struct exchange *x);
struct list *exchange_recordings(struct exchange *x);
struct list *exchange_faxes(struct exchange *x);
struct queue_lines *exchange_queue_lines(const struct exchange *x);
struct waiting *exchange_waiting(const struct exchange *x);
struct bells *exchange_bells(const struct exchange *x);
bool exchange_dest(struct exchange *x, struct dest *dest, const struct tenant *t,
		   const char *dialled);
void exchange_party(struct party *to, const struct tenant *t, const struct dest *dest,
		    const char *dialled);

void exchange_extension_changed(struct exchange *x, int64_t tenant, const char *extension);
struct list *exchange_undisturbed(struct exchange *x);
void exchange_call_changed(struct exchange *x, struct call *c, const char *event);
void exchange_call_ended(struct exchange *x, struct call *c);
void exchange_call_drop(struct exchange *x, struct call *c);

/* live.c: what the portal shows */
enum presence exchange_presence(struct exchange *x, int64_t tenant, const char *extension);
const char *presence_name(enum presence p);
struct call *exchange_call_find(struct exchange *x, int64_t tenant, const char *id);
bool exchange_extension_busy(struct exchange *x, int64_t tenant, const char *extension);
bool live_subscribe(struct mbuf *body, const char *package, int64_t tenant, const char *user,
		    const struct sip_account *watcher, void *arg);

/* disturb.c: who does not want to be disturbed */
bool exchange_dnd(struct exchange *x, int64_t tenant, const char *extension);
void exchange_dnd_changed(struct exchange *x, int64_t tenant, const char *extension);

#endif
