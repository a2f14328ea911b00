/**
 * @file inside.h  What the files of this folder share
 */
#ifndef CARILLON_API_INSIDE_H
#define CARILLON_API_INSIDE_H

#include "api.h"
#include "dest.h"
#include "extension.h"
#include "login.h"
#include "tenant.h"
#include "user.h"

struct tries;

struct api {
	struct api_conf conf;
	struct api_live live;
	char *public_url, *sip_host;
	struct tries *tries; /* the slow thread's */
};

enum { ENDED = 64 };

/** Sign-ins that a transaction has ended; told to their live streams after the commit */
struct ended {
	unsigned count;
	char id[ENDED][ID_SIZE];
};

/** Browsers whose credentials a transaction has taken back; told to the live side afterwards */
struct browsers {
	int64_t tenant;
	char extension[PHONE_SIZE], extension_id[ID_SIZE];
	unsigned count;
	char id[ENDED][ID_SIZE];
};

/** Who asks: read from the database for each request */
struct who {
	struct user user;
	struct login login;
	int64_t tenant;	       /* own, or the one that a platform administrator chose; 0: none */
	struct tenant_row row; /* of that tenant                                               */
	struct extension extension; /* id "" for none                                          */
	bool admin; /* administers that tenant                                      */
	bool owes;  /* has to set up the second step before anything else           */
};

static inline struct api *api_of(const struct request *rq)
{
	return rq->arg;
}

static inline struct who *who_of(const struct request *rq)
{
	return rq->who;
}

#define COOKIE "carillon_session"

/* A name with a prefix is taken by browsers over HTTPS only, and from this very host or path (RFC
 * 6265bis, section 4.1.3) */
static inline const char *cookie_name(const struct request *rq)
{
	return rq->tls ? "__Host-" COOKIE : COOKIE;
}

/* auth.c */
bool who_has(const struct who *w, const char *extension_id);
int who_load(struct request *rq, const char *token);
bool who_may(const struct who *w, const char *permission);

/* dests.c */
json_t *dest_json(struct db *db, int64_t tenant, const struct dest *d);
bool dest_take(const json_t *o, const char *name, struct dest *d, struct field_errors *fe);
bool dest_in_use(struct reply *rp, const char *what, const char *where);

/* put.c: members of a JSON object; texts that are no UTF-8 are mended */
void put_text(json_t *o, const char *name, const char *text);
void put_word(json_t *o, const char *name, const char *text);
void put_int(json_t *o, const char *name, int64_t v);
void put_time(json_t *o, const char *name, int64_t at);
void put_money(json_t *o, const char *name, int64_t micros, const char *currency);
void put_bool(json_t *o, const char *name, bool v);
void put_words(json_t *o, const char *name, const char *words);
void words_take(const struct request *rq, const char *name, char *words, size_t size,
		struct field_errors *fe);
void text_take(const struct request *rq, const char *name, char *text, size_t size,
	       struct field_errors *fe);
void emails_take(const struct request *rq, const char *name, char *emails, size_t size,
		 struct field_errors *fe);

/* page.c */
enum { PAGE_MAX = 100, PAGE_DEFAULT = 25, PAGE_KEY = 320 };

/** One page of a list: rows are added until it is full, one more says that there is a next */
struct page {
	unsigned limit, count;
	char after[PAGE_KEY], last[PAGE_KEY];
	bool more;
	json_t *rows;
};

bool page_begin(struct page *p, const struct request *rq, struct reply *rp);
bool page_add(struct page *p, json_t *row, const char *key);
void page_reply(struct page *p, struct reply *rp);
void page_error(struct page *p, struct reply *rp, int err);
void page_answer(struct page *p, struct reply *rp, int err);
void page_list(struct page *p, const struct request *rq, struct reply *rp, store_fn *fn, void *obj);
unsigned page_ask(const struct page *p);
const char *page_after(const struct page *p);
void rows_answer(struct reply *rp, json_t *rows, int err);

/* answer.c */
void answer_error(struct reply *rp, int err);
void answer_later(struct reply *rp, int64_t ms, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool tenant_chosen(const struct request *rq, struct reply *rp);
bool answer_fields(struct reply *rp, const struct field_errors *fe);
bool answer_refused(struct reply *rp, const struct field_errors *fe, int err);
void answer_etag(struct reply *rp, int64_t version);
bool version_matches(const struct request *rq, int64_t version);
void audit_as(struct db *db, const struct request *rq, int64_t tenant, const struct user *u,
	      const char *action, const char *object_id, const char *object);
void audit_note(struct db *db, const struct request *rq, const char *action, const char *object_id,
		const char *object);
void disk_nearly_full(struct reply *rp);
void client_ip(const struct request *rq, char *ip, size_t size);
void ws_url(const struct request *rq, char *url, size_t size);
void tell(int64_t tenant, const char *extension, const char *name, json_t *o);

/* live_calls.c */
enum live_presence presence_of(const struct live_extension *v, size_t n, const char *number,
			       unsigned *registered);
const char *presence_word(enum live_presence p);
void tenant_changed(const struct request *rq, int64_t tenant);

/* json of the resources */
json_t *device_json(const struct device *d, const struct live_registration *v, size_t n);
json_t *registration_json(struct db *db, int64_t tenant, const struct live_registration *r);
int devices_json(json_t *rows, struct db *db, int64_t tenant, const char *extension_id,
		 const struct live_registration *v, size_t n);
int device_main(struct device *d, struct db *db, int64_t tenant, const char *extension_id);
json_t *me_json(const struct request *rq);

/* reach.c */
struct reach;
json_t *reach_steps_json(const struct reach *r);

/* settings.c */
struct setting_mark;
json_t *mark_json(const struct setting_mark *m);
json_t *use_json(struct db *db, int64_t tenant, const char *object_id, const char *name);
void settings_tell(const struct request *rq, const struct extension *e);
bool extension_allowed(const struct request *rq, struct reply *rp, const char *extension_id);

/* emergency.c */
void emergency_address_take(const struct request *rq, const char *name,
			    char address[EMERGENCY_ADDRESS], struct field_errors *fe);

/* phone.c */
struct device;
bool browser_ours(const struct request *rq, const struct device *d);
void phone_cookie(const struct request *rq, char id[ID_SIZE]);
int browsers_end(struct browsers *b, struct db *db, int64_t tenant, const char *extension_id,
		 const char *only_id, const char *but_id);
void browsers_tell(const struct request *rq, const struct browsers *b);

/* bells.c */
void bells_tell(const struct request *rq, int64_t tenant, const char *extension_id);

/* login.c */
bool password_asked(struct request *rq, struct reply *rp, const char *field);
int logins_end(struct request *rq, struct db *db, struct ended *e, const struct user *u,
	       const char *but_id);
void ended_tell(struct request *rq, const struct ended *e);

/* tries.c */
int tries_alloc(struct tries **tp);
int64_t tries_locked(struct tries *t, const char *key, int64_t now);
int64_t tries_failed(struct tries *t, const char *key, unsigned allowed, int64_t now);

/* handlers, by the file they stand in */
route_h brand_get, login_post, logout_post, logout_everywhere_post;
route_h me_get, me_patch, me_password_post, me_sessions_get, me_session_delete, me_tenant_put;
route_h second_step_get_own, second_step_post, second_step_confirm_post, second_step_recovery_post,
	second_step_off_post, second_step_rule_get, second_step_rule_patch, user_second_step_delete;
route_h account_get, account_reveal_post;
route_h phone_session_post, phone_session_delete, phone_bell_get, phone_bell_put, phone_bell_delete;
route_h fax_document_post, fax_document_joined_post, fax_document_get_one, fax_document_page_get;
route_h fax_box_show, fax_box_patch;
route_h dnc_get_all, dnc_get_one, dnc_post, dnc_patch, dnc_delete, dnc_csv_get, dnc_import_post;
route_h fax_pdf_get, fax_attempt_tiff_get;
route_h faxes_get, fax_post, fax_get_one, fax_page_show, fax_cancel_post, fax_retry_post,
	fax_report_get;
route_h cover_pages_get, cover_page_get_one, cover_page_preview_get, cover_page_preview_post,
	cover_page_post, cover_page_patch, cover_page_logo_put, cover_page_delete;
route_h received_faxes_get, received_fax_get, received_fax_pdf_get, received_fax_tiff_get,
	received_fax_page_get, received_fax_thumb_get, received_fax_patch, received_fax_delete,
	received_fax_mail_post, received_fax_document_post, received_zip_get;
route_h home_get, badges_get, people_get, dests_get;
route_h calls_get, call_show, call_patch, calls_csv_get, live_calls_get, live_call_delete;
route_h extensions_get, extension_post, extension_get_one, extension_patch, extension_delete;
route_h extension_password_post, extension_device_post, device_delete;
route_h extension_reach_get, did_reach_get, test_call_post, desk_call_post, desk_call_delete,
	phone_desk_get;
route_h extension_settings_show, extension_settings_put, follow_me_get, follow_me_put;
route_h call_blocks_get, call_block_get_one, call_block_post, call_block_patch, call_block_delete;
route_h feature_codes_get, feature_code_put;
route_h registrations_get, dids_get, did_get_one, did_post, did_patch, did_delete;
route_h call_flows_get, call_flow_post, call_flow_get_one, call_flow_patch, call_flow_delete;
route_h hours_get_all, hours_post, hours_get_one, hours_patch, hours_delete;
route_h trunks_get, trunk_post, trunk_get_one, trunk_patch, trunk_delete;
route_h rate_plans_get, rate_plan_get_one, rate_plan_post, rate_plan_patch, rate_plan_delete;
route_h rates_get, rate_get_one, rate_post, rate_patch, rate_delete, rates_csv_get,
	rates_import_post, tenant_rate_plan_put, price_get, fax_price_post;
route_h out_routes_get, way_out_get, out_route_get_one, out_route_post, out_route_patch,
	out_route_delete;
route_h ring_groups_get, ring_group_post, ring_group_get_one, ring_group_patch, ring_group_delete;
route_h queues_get, queue_post, queue_get_one, queue_patch, queue_delete, live_queues_get;
route_h me_agent_get, me_agent_put;
route_h users_get, user_post, user_get_one, user_patch, user_delete, user_password_post,
	user_unlock_post;
route_h voicemail_list_get, voicemail_get_one, voicemail_audio_get, voicemail_peaks_get,
	voicemail_patch, voicemail_remove, voicemail_forward_post;
route_h own_sounds_get, own_sound_get_one, own_sound_post, own_sound_patch, own_sound_delete,
	own_sound_audio_get;
route_h mailboxes_get, mailbox_get_one, mailbox_patch, mailbox_pin_put, greetings_get,
	greeting_post, greeting_audio_get, greeting_delete, spoken_name_post, spoken_name_audio_get,
	spoken_name_delete, mailbox_settings_get, mailbox_settings_patch;
route_h recordings_get, recording_audio_get, recording_peaks_get, recording_delete,
	live_recording_post, live_voicemail_post, phone_calls_get, recording_settings_get,
	recording_settings_patch;
route_h mail_get_all, mail_retry_post, auth_forgot_post, auth_reset_post;
route_h retention_get, retention_patch;
route_h emergency_get, emergency_patch, phone_emergency_get;
route_h events_get, openapi_get, healthz_get, metrics_get, tenants_get;

#endif
