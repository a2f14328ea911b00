/**
 * @file snapshot.h  Tenants as calls and SIP see them: immutable, swapped whole
 *
 * tenant_load() builds a snapshot from the database on any reader's thread; the core thread puts it
 * into the registry, `struct tenants`, in place of the old one. Every call keeps the snapshot it
 * began with by shared_ref(). Texts live in the snapshot's own memory and are never NULL.
 * Snapshots: any thread. `struct tenants` and `struct trunks` within it: the core thread.
 */
#ifndef CARILLON_SNAPSHOT_H
#define CARILLON_SNAPSHOT_H

#include "call_flow.h"
#include "device.h"
#include "call_block.h"
#include "dest_exit.h"
#include "extension_settings.h"
#include "feature_code.h"
#include "hours.h"
#include "follow.h"
#include "own.h"
#include "own_sound.h"
#include "queue.h"
#include "recorded.h"
#include "ring_group.h"
#include "tenant.h"
#include "trunk.h"
#include "zone.h"

struct tenant_forward {
	const char *number, *by; /* by: who set it     */
	int64_t until, set_at;	 /* wall ms, 0: no end */
	bool on;
};

/** What an extension set; next.h compares the ends with the time of a call */
struct tenant_settings {
	bool dnd, follow, agent, paused;
	int64_t dnd_until, dnd_at, follow_at, agent_at;
	const char *dnd_by, *follow_by, *pause_reason;
	struct tenant_forward forward[FORWARD_MAX];
};

struct tenant_follow_dest {
	const char *number; /* "": the extension's own phones */
	uint32_t delay_ms, ring_ms;
	bool confirm;
};

/** Whom an extension's calls ring while follow me is on */
struct tenant_follow {
	const char *prefix;
	const struct tenant_follow_dest *dests;
	uint32_t count;
	bool ignore_busy;
};

/** A rule that holds callers back */
struct tenant_block {
	const char *id, *pattern;
	const struct tenant_extension *extension; /* NULL: for everybody of the tenant */
	enum block_kind kind;
	enum block_action action;
};

/** A mailbox that is switched on */
struct tenant_mailbox {
	const char *greeting;	 /* key of its blob; "": spoken by the system */
	const char *spoken_name; /* likewise; "": spelled */
	uint32_t max_ms, silence_ms, max_messages;
	bool has_pin;
};

struct tenant_extension {
	const char *id, *number, *name, *caller_id_name, *caller_id_number;
	const char *emergency_address; /* "": the tenant's */
	uint32_t ring_ms;
	bool call_waiting;
	bool listens, records; /* its person may listen to others' calls, record prompts */
	bool receives_fax;     /* faxes may come in for it                                     */
	bool fax_detect;       /* a fax machine that calls it is moved to its received faxes   */
	enum recording_rule recording;
	const struct tenant_mailbox *mailbox;	/* NULL: callers leave no messages */
	const struct tenant_follow *follow;	/* NULL: there is no rule          */
	const struct tenant_settings *settings; /* NULL: nothing was ever set      */
};

/** A phone; browsers come and go too often and are kept by `struct tenants` */
struct tenant_device {
	const char *id, *auth_user, *name, *ha1_md5, *ha1_sha256, *extension_id;
	bool sdes;
};

struct tenant_did {
	const char *number, *title;
	bool fax, active;
	struct dest dest;
	const struct tenant_extension *fax_to; /* gets faxes that call it; NULL: who answers */
};

struct tenant_route {
	const char *prefix, *prepend;
	uint32_t strip;
	int64_t trunk, priority;
};

/** A feature code that can be dialled */
struct tenant_code {
	const char *code;
	const struct feature *feature;
};

struct tenant_member {
	const char *number;
	uint32_t delay_ms, ring_ms;
	bool confirm;
};

struct tenant_group {
	const char *number, *name, *prefix;
	const char *music_id; /* of its own; "": what the tenant chose */
	enum strategy strategy;
	bool music;
	const struct tenant_member *members;
	uint32_t member_count;
};

struct tenant_agent {
	const struct tenant_extension *extension;
	uint32_t level;
};

struct tenant_queue {
	const char *id, *number, *name, *prefix;
	const char *music_id; /* of its own; "": what the tenant chose */
	enum queue_strategy strategy;
	uint32_t ring_ms, wrapup_ms, announce_ms, max_wait_ms, max_callers; /* 0: see queue.h */
	bool leave_empty, record;
	const struct tenant_agent *agents; /* lowest level first */
	uint32_t agent_count;
};

struct tenant_hours {
	const char *id, *name;
	const struct hours_rule *rules;
	uint32_t rule_count;
	struct zone *zone; /* NULL: the tenant's */
};

struct tenant_call_flow {
	const char *id, *number, *name;
	bool night, pin; /* pin: one is asked for */
};

/** Music or a prompt of the tenant's own; replaces: "music", or the prompt it stands for, or "" */
struct tenant_sound {
	const char *id, *blob, *replaces;
};

struct index;
struct arena;
struct directory; /* what is shared with the snapshot before: snapshot_parts.h */
struct phones;

struct tenant {
	int64_t id, version;
	const char *uuid, *name, *domain, *country, *currency, *timezone, *permissions, *settings;
	const char *rate_plan; /* of rates.h; "": nothing is priced */
	const char *emergency; /* numbers called for help, with a space between */
	const char *emergency_address;
	bool emergency_notify; /* somebody is mailed of calls for help */
	bool md5_allowed;
	bool recording_tone;		     /* who is recorded hears a tone */
	bool mailbox_own_device;	     /* opens its own mailbox without a PIN               */
	struct tenant_extension *extensions; /* in the order of their numbers            */
	struct tenant_did *dids;
	struct tenant_route *routes;	     /* longest prefix first, then by priority   */
	struct tenant_settings *settings_of; /* of the extensions that have some         */
	struct dest_exit *exits;	     /* sorted                                   */
	struct tenant_code *codes;	     /* longest first                            */
	struct tenant_group *groups;	     /* in the order of their numbers            */
	struct tenant_queue *queues;	     /* likewise                                 */
	struct tenant_hours *hours;
	struct tenant_call_flow *call_flows;
	struct tenant_follow *follows;
	struct tenant_sound *sounds;
	struct tenant_block *blocks; /* active ones: of extensions, then of the tenant */
	uint32_t block_count;
	struct zone *zone;
	uint32_t extension_count, did_count, route_count, exit_count, code_count;
	uint32_t group_count, queue_count, hours_count, call_flow_count, sound_count;
	struct index *by_did;
	struct directory *directory;
	struct phones *phones;
	struct arena *arena;
};

int tenant_load(struct tenant **tp, struct db *db, int64_t id);
int tenant_renew(struct tenant **tp, struct db *db, int64_t id, const struct tenant *old);
size_t tenant_bytes(const struct tenant *t);
const struct tenant_extension *tenant_extension(const struct tenant *t, const char *number);
const struct tenant_extension *tenant_extension_by_id(const struct tenant *t, const char *id);
const struct tenant_device *tenant_device(const struct tenant *t, const char *auth_user);
const struct tenant_did *tenant_did(const struct tenant *t, const char *number);
const struct tenant_group *tenant_group(const struct tenant *t, const char *number);
const struct tenant_queue *tenant_queue(const struct tenant *t, const char *number);
const struct tenant_queue *tenant_queue_by_id(const struct tenant *t, const char *id);
bool queue_attended(const struct tenant_queue *q);
const struct tenant_hours *tenant_hours(const struct tenant *t, const char *id);
const struct tenant_call_flow *tenant_call_flow(const struct tenant *t, const char *id);
const struct tenant_call_flow *tenant_call_flow_number(const struct tenant *t, const char *number);
bool tenant_same_group(const struct tenant *t, const char *a, const char *b);
const char *tenant_sound(const struct tenant *t, const char *name);
const struct tenant_route *tenant_route(const struct tenant *t, const char *e164);
const struct dest *tenant_next(const struct tenant *t, const struct dest *d, enum exit_id exit);
bool tenant_route_number(char *out, size_t size, const struct tenant_route *r, const char *e164);

/** Every tenant of this node, its DIDs, its trunks, and the browsers that hold credentials */
struct tenants;

/** One of them; it may be neither put nor dropped meanwhile */
typedef void(tenants_h)(const struct tenant *t, void *arg);

/** What a credential belongs to, phone or browser */
struct tenants_account {
	const struct tenant *tenant;
	const struct tenant_extension *extension;
	const char *device, *device_name, *auth_user, *ha1_md5, *ha1_sha256;
	bool browser, sdes;
};

int tenants_alloc(struct tenants **tp);
int tenants_load(struct tenants *ts, struct db *db, int64_t now);
int tenants_put(struct tenants *ts, struct tenant *t);
void tenants_drop(struct tenants *ts, int64_t id);
const struct tenant *tenants_by_id(const struct tenants *ts, int64_t id);
const struct tenant *tenants_by_domain(const struct tenants *ts, const struct pl *domain);
const struct tenant *tenants_by_did(const struct tenants *ts, const char *number,
				    const struct tenant_did **did);
void tenants_each(const struct tenants *ts, tenants_h *h, void *arg);
bool tenants_account(struct tenants_account *acc, const struct tenants *ts, const struct pl *domain,
		     const struct pl *auth_user);

int tenants_browser_add(struct tenants *ts, const struct device *d);
void tenants_browser_remove(struct tenants *ts, int64_t tenant, const char *device_id);
void tenants_browser_expire(struct tenants *ts, int64_t now);

/** All trunks; immutable and shared, swapped whole */
struct trunks {
	const struct trunk *v;
	uint32_t count;
};

struct rates;

void tenants_put_rates(struct tenants *ts, struct rates *rates);
const struct rates *tenants_rates(const struct tenants *ts);
int trunks_load(struct trunks **tp, struct db *db);
const struct trunk *trunks_by_id(const struct trunks *ts, int64_t id);
const struct trunk *trunks_by_address(const struct trunks *ts, const struct sa *src);
void tenants_put_trunks(struct tenants *ts, struct trunks *trunks);
const struct trunks *tenants_trunks(const struct tenants *ts);

#endif
