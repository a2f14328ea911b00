/**
 * @file live.h  What the API asks the running system; answered by main
 *
 * Each function is called on a web thread and asks the core actor itself; it returns 0, ENOENT, or
 * ETIMEDOUT when the core is too busy to answer. Lists are mem objects that the caller releases.
 */
#ifndef CARILLON_LIVE_H
#define CARILLON_LIVE_H

#include <stddef.h>
#include <stdint.h>
#include "dest.h"
#include "device.h"
#include "id.h"
#include "phone.h"
#include "price.h"
#include "voicemail.h"

struct mbuf;
struct reach;
struct reach_warnings;

enum { LIVE_WAYS = 16, LIVE_CALLERS = 50, LIVE_AGENTS = 64 };

enum live_presence { LIVE_OFFLINE, LIVE_AVAILABLE, LIVE_RINGING, LIVE_BUSY, LIVE_DND };

/** A phone that is registered */
struct live_registration {
	char extension[PHONE_SIZE], device[ID_SIZE];
	char contact[512], transport[4]; /* udp tcp tls ws wss */
	char remote[64], user_agent[128];
	int64_t registered_at, expires_at; /* wall ms */
	uint32_t rtt_ms;
};

/** An extension that is not offline */
struct live_extension {
	char number[PHONE_SIZE];
	enum live_presence presence;
	unsigned registered; /* phones */
};

struct live_call {
	char id[ID_SIZE];
	char from_number[64], from_name[128], to_number[64], to_name[128];
	char from_extension[PHONE_SIZE], to_extension[PHONE_SIZE];
	char state[16];			 /* "ringing", "up"     */
	char recording[8];		 /* "off", "on", "paused" */
	int64_t started_at, answered_at; /* wall ms, 0: not */
};

/** A call that a phone of an extension is in, or that rings it */
struct live_leg {
	char call[ID_SIZE];
	char call_id[256]; /* Call-ID of the phone's dialog                         */
	char recording[8]; /* "off", "on", "paused"                                 */
	bool by_rule;	   /* nobody who talks may stop it                          */
	bool mailbox;	   /* it rings, and the caller may be sent to the mailbox   */
	char line[64];	   /* what was called, if not simply the extension; or ""   */
	char line_name[128];
};

/** How a trunk stands that is registered at or asked whether it answers */
struct live_trunk {
	char health[12], registration[12]; /* up down unknown; registered refused ... */
	unsigned code;			   /* of the last refusal, 0: none            */
	char reason[64];
	int64_t since, next_at; /* wall ms; next_at 0: none */
};

struct live_queue_caller {
	char call[ID_SIZE], number[64], name[128];
	int64_t since; /* wall ms */
};

struct live_queue_agent {
	char number[PHONE_SIZE], name[MODEL_NAME], state[12], reason[64];
	int64_t since, until; /* wall ms, 0: not known; until: the end of the wrap-up */
	unsigned taken, level;
};

/** A queue as it is now */
struct live_queue {
	char id[ID_SIZE], number[PHONE_SIZE], name[MODEL_NAME];
	unsigned waiting, caller_count, agent_count; /* waiting: also beyond callers */
	struct live_queue_caller callers[LIVE_CALLERS];
	struct live_queue_agent agents[LIVE_AGENTS];
};

struct live_counts {
	unsigned calls, registrations, timers;
};

/** A trunk that a number may leave through, in the order in which they are tried */
struct live_way_trunk {
	char name[MODEL_NAME];
	char sends[PHONE_SIZE];
	bool active, full, down;
};

/** Where a number leads that somebody dials */
struct live_way {
	bool leads; /* to dest; else nobody has it and it cannot be called */
	bool emergency;
	struct dest dest;
	unsigned count;
	struct live_way_trunk trunks[LIVE_WAYS];
};

/** What a number costs that somebody dials */
struct live_price {
	char number[PHONE_SIZE];
	bool outside;	    /* it leaves by a trunk                  */
	struct price price; /* unknown unless the tenant's plan has it */
};

struct api_live {
	/** The registrations of a tenant, or with `extension` of one number */
	int (*registrations_h)(struct live_registration **v, size_t *n, int64_t tenant,
			       const char *extension, void *arg);
	/** Every extension of a tenant that is not offline */
	int (*presence_h)(struct live_extension **v, size_t *n, int64_t tenant, void *arg);
	int (*calls_h)(struct live_call **v, size_t *n, int64_t tenant, void *arg);
	/** What the phones of an extension are in now */
	int (*legs_h)(struct live_leg **v, size_t *n, int64_t tenant, const char *extension,
		      void *arg);
	/** Sends a call that rings an extension to its mailbox; ENOENT, or ENOTCONN when it
	 * does not ring there any more or nobody takes a message */
	int (*to_mailbox_h)(int64_t tenant, const char *call, const char *extension, void *arg);
	/** Calls an extension as a test, as `from` would ("": itself); EALREADY while such a call
	 * is under way, EBUSY when no more calls are taken */
	int (*test_call_h)(char id[ID_SIZE], int64_t tenant, const char *extension,
			   const char *from, void *arg);
	/** Rings the desk phones of an extension, then calls a number; errors as
	 * desk_call_start() has them */
	int (*desk_call_h)(char id[ID_SIZE], int64_t tenant, const char *extension,
			   const char *number, void *arg);
	/** Takes a call back for which the desk phones of an extension ring; ENOENT when they do
	 * not, or no more */
	int (*desk_cancel_h)(int64_t tenant, const char *call, const char *extension, void *arg);
	/** Ends a call; ENOENT when the tenant has no such call */
	int (*hangup_h)(int64_t tenant, const char *call, void *arg);
	/** Ends the call of a fax that was taken back; ENOENT when it is not on its way */
	int (*fax_cancel_h)(int64_t tenant, const char *fax, void *arg);
	/** Records a call: start, stop, pause, resume. Without `any` only one in which the
	 * extension takes part; EALREADY, EPERM when the tenant may not, ENOTCONN before an answer,
	 * EACCES when a rule records it and who takes part would stop that
	 */
	int (*record_h)(int64_t tenant, const char *call, const char *extension, bool any,
			const char *action, void *arg);
	/** Ends the registrations of a device, or with `device` NULL of the whole extension */
	int (*revoke_h)(int64_t tenant, const char *extension, const char *device, void *arg);
	/** The tenant's rows have changed, or with tenant 0 trunks or rate plans: returns when
	 * calls see it
	 */
	int (*changed_h)(int64_t tenant, void *arg);
	/** A browser's credentials were made, or were taken back */
	int (*browser_added_h)(const struct device *d, void *arg);
	int (*browser_removed_h)(int64_t tenant, const char *device, void *arg);
	/** The bells of an extension have changed (bell.h) */
	int (*bells_h)(int64_t tenant, const char *extension_id, void *arg);
	/** The messages of a mailbox have changed */
	int (*mailbox_h)(int64_t tenant, const char *extension, const struct voicemail_counts *c,
			 void *arg);
	/** What would happen to a call to `start` (reach.h); a mem object */
	int (*reach_h)(struct reach **r, int64_t tenant, const struct dest *start,
		       const char *caller, int64_t at, void *arg);
	/** Which places of an extension's follow me would not ring now; a mem object */
	int (*follow_h)(struct reach_warnings **w, int64_t tenant, const char *extension,
			void *arg);
	/** Where a number leads that somebody dials, and through which trunks */
	int (*way_h)(struct live_way *w, int64_t tenant, const char *dialled, void *arg);
	/** A queue as it is now, a mem object; ENOENT when the tenant has no such one */
	int (*queue_h)(struct live_queue **q, int64_t tenant, const char *id, void *arg);
	/** Ends an agent's wrap-up before its time; 0 or errno */
	int (*agent_ready_h)(int64_t tenant, const char *extension_id, void *arg);
	/** What numbers cost: of each the number is given, the rest is filled in. With `fax` they
	 * are E.164 and faxed, else dialled */
	int (*prices_h)(struct live_price *v, size_t n, int64_t tenant, bool fax, void *arg);
	/** How a trunk stands; ENOENT when nothing is kept up with it */
	int (*trunk_h)(struct live_trunk *t, int64_t trunk, void *arg);
	int (*counts_h)(struct live_counts *c, void *arg);
	/** Prints what main measures beside the API's own figures, in Prometheus text form; or NULL
	 */
	int (*metrics_h)(struct mbuf *mb, void *arg);
	void *arg;
};

#endif
