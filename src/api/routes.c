/**
 * @file routes.c  The API's table: method, path, permission, fields, where it runs, handler
 *
 * A permission is NULL before sign-in, "" for whoever is signed in, "tenant" for whoever belongs to
 * or has chosen a tenant, "platform", or a token of model/tbl/permissions.h, which administrators
 * hold without being granted it.
 */
#include "call_fields.h"
#include "dest_fields.h"
#include "extension_settings.h"
#include "follow.h"
#include "cdr.h"
#include "inside.h"
#include "cover_page.h"
#include "fax_document.h"
#include "mailbox.h"
#include "own.h"
#include "purge.h"
#include "push.h"
#include "rate.h"

enum { TEXT = MODEL_NAME / 4 * 3, MOST = MODEL_EMAIL - 1 };

static const struct field login_fields[] = {
	{.name = "email", .type = FIELD_TEXT, .required = true, .min = 1, .max = MOST},
	{.name = "password", .type = FIELD_TEXT, .required = true, .min = 1, .max = PASSWORD_MAX},
	{.name = "code", .type = FIELD_TEXT, .min = 1, .max = 32},
	{.name = "remember", .type = FIELD_BOOL},
};

static const struct field step_code_fields[] = {
	{.name = "code", .type = FIELD_TEXT, .required = true, .min = 1, .max = 32},
};

static const struct field step_rule_fields[] = {
	{.name = "administrators", .type = FIELD_BOOL, .required = true},
};

static const struct field forgot_fields[] = {
	{.name = "email", .type = FIELD_TEXT, .required = true, .min = 1, .max = MOST},
};

static const struct field reset_fields[] = {
	{.name = "token", .type = FIELD_TEXT, .required = true, .min = 1, .max = LOGIN_TOKEN},
	{.name = "password", .type = FIELD_TEXT, .required = true, .min = 1, .max = PASSWORD_MAX},
};

static const struct field retention_fields[] = {
	{.name = "callDays", .type = FIELD_INT, .min = 0, .max = PURGE_DAYS_MAX},
	{.name = "faxDays", .type = FIELD_INT, .min = 0, .max = PURGE_DAYS_MAX},
	{.name = "auditDays", .type = FIELD_INT, .min = 0, .max = PURGE_DAYS_MAX},
};

static const struct field document_fields[] = {
	{.name = "file", .type = FIELD_FILE, .max = 50 << 20},
};

static const struct field joined_fields[] = {
	{.name = "documentIds", .type = FIELD_WORDS, .required = true, .max = DOCUMENT_PARTS},
	{.name = "name", .type = FIELD_TEXT, .max = TEXT},
	{.name = "quality", .type = FIELD_CHOICE, .choices = "standard fine"},
	{.name = "picture", .type = FIELD_CHOICE, .choices = "auto text photo"},
};

static const struct field fax_fields[] = {
	{.name = "documentId", .type = FIELD_ID, .required = true},
	{.name = "to", .type = FIELD_TEXT, .required = true, .min = 3, .max = PHONE_SIZE - 1},
	{.name = "from", .type = FIELD_TEXT, .max = PHONE_SIZE - 1},
	{.name = "subject", .type = FIELD_TEXT, .max = TEXT},
	{.name = "tries", .type = FIELD_INT, .min = 1, .max = 5},
	{.name = "coverPageId", .type = FIELD_ID, .nullable = true},
	{.name = "toName", .type = FIELD_TEXT, .max = TEXT},
	{.name = "note", .type = FIELD_NOTE, .max = COVER_NOTE / 4 * 3},
	{.name = "dueAt", .type = FIELD_INT, .min = 0, .max = INT64_MAX / 2},
	{.name = "once", .type = FIELD_TEXT, .min = 16, .max = 64},
	{.name = "onlyOnce", .type = FIELD_BOOL},
};

static const struct field cover_new_fields[] = {
	{.name = "name", .type = FIELD_TEXT, .required = true, .min = 1, .max = TEXT},
	{.name = "template", .type = FIELD_NOTE, .required = true, .min = 1, .max = COVER_TEXT - 1},
};

static const struct field cover_fields[] = {
	{.name = "name", .type = FIELD_TEXT, .min = 1, .max = TEXT},
	{.name = "template", .type = FIELD_NOTE, .min = 1, .max = COVER_TEXT - 1},
};

static const struct field cover_preview_fields[] = {
	{.name = "documentId", .type = FIELD_ID, .required = true},
	{.name = "to", .type = FIELD_TEXT, .max = PHONE_SIZE - 1},
	{.name = "from", .type = FIELD_TEXT, .max = PHONE_SIZE - 1},
	{.name = "toName", .type = FIELD_TEXT, .max = TEXT},
	{.name = "subject", .type = FIELD_TEXT, .max = TEXT},
	{.name = "note", .type = FIELD_NOTE, .max = COVER_NOTE / 4 * 3},
	{.name = "dueAt", .type = FIELD_INT, .min = 0, .max = INT64_MAX / 2},
};

static const struct field logo_fields[] = {
	{.name = "file", .type = FIELD_FILE, .max = 4 << 20},
};

static const struct field fax_box_fields[] = {
	{.name = "emails", .type = FIELD_TEXT, .max = EMAILS - 1},
	{.name = "result", .type = FIELD_CHOICE, .choices = "always failures never"},
	{.name = "ecm", .type = FIELD_BOOL},
	{.name = "rate", .type = FIELD_INT, .min = 4800, .max = 14400},
	{.name = "detect", .type = FIELD_BOOL},
	{.name = "quality", .type = FIELD_CHOICE, .choices = "standard fine"},
	{.name = "header", .type = FIELD_BOOL},
	{.name = "stationName", .type = FIELD_TEXT, .max = TEXT},
};

static const struct field fax_mail_fields[] = {
	{.name = "to", .type = FIELD_TEXT, .required = true, .min = 3, .max = EMAILS - 1},
};

static const struct field received_fields[] = {
	{.name = "read", .type = FIELD_BOOL, .required = true},
};

static const struct field me_fields[] = {
	{.name = "name", .type = FIELD_TEXT, .min = 1, .max = TEXT},
	{.name = "language", .type = FIELD_TEXT, .min = 2, .max = 15},
	{.name = "timezone", .type = FIELD_TEXT, .min = 1, .max = MODEL_WORD - 1},
	{.name = "theme", .type = FIELD_CHOICE, .choices = "system light dark"},
};

static const struct field me_agent_fields[] = {
	{.name = "loggedIn", .type = FIELD_BOOL},
	{.name = "paused", .type = FIELD_BOOL},
	{.name = "reason", .type = FIELD_TEXT, .max = PAUSE_REASON - 1},
};

static const struct field password_fields[] = {
	{.name = "current", .type = FIELD_TEXT, .required = true, .min = 1, .max = PASSWORD_MAX},
	{.name = "password", .type = FIELD_TEXT, .required = true, .min = 1, .max = PASSWORD_MAX},
};

static const struct field reveal_fields[] = {
	{.name = "password", .type = FIELD_TEXT, .required = true, .min = 1, .max = PASSWORD_MAX},
};

static const struct field act_fields[] = {
	{.name = "tenantId", .type = FIELD_ID, .required = true, .nullable = true},
};

static const struct field phone_fields[] = {
	{.name = "deviceName", .type = FIELD_TEXT, .required = true, .min = 1, .max = TEXT},
};

static const struct field bell_fields[] = {
	{.name = "endpoint",
	 .type = FIELD_TEXT,
	 .required = true,
	 .min = 9,
	 .max = PUSH_ENDPOINT - 1},
	{.name = "key", .type = FIELD_TEXT, .required = true, .min = 1, .max = PUSH_WORD},
	{.name = "auth", .type = FIELD_TEXT, .required = true, .min = 1, .max = PUSH_WORD},
};

#define EXTENSION_FIELDS                                                                           \
	{.name = "callerIdName", .type = FIELD_TEXT, .max = TEXT},                                 \
		{.name = "callerIdNumber", .type = FIELD_TEXT, .max = PHONE_SIZE - 1},             \
		{.name = "ringMs", .type = FIELD_INT, .min = RING_MS_MIN, .max = RING_MS_MAX},     \
		{.name = "callWaiting", .type = FIELD_BOOL},                                       \
		{.name = "emergencyAddress", .type = FIELD_NOTE, .max = EMERGENCY_ADDRESS - 1},    \
	{                                                                                          \
		.name = "recording", .type = FIELD_CHOICE, .choices = "none inbound outbound all"  \
	}

static const struct field extension_new_fields[] = {
	{.name = "number", .type = FIELD_TEXT, .required = true, .min = 1, .max = PHONE_SIZE - 1},
	{.name = "name", .type = FIELD_TEXT, .required = true, .min = 1, .max = TEXT},
	EXTENSION_FIELDS,
};

static const struct field extension_fields[] = {
	{.name = "number", .type = FIELD_TEXT, .min = 1, .max = PHONE_SIZE - 1},
	{.name = "name", .type = FIELD_TEXT, .min = 1, .max = TEXT},
	EXTENSION_FIELDS,
};

#define FORWARD_FIELDS(member)                                                                     \
	{.name = member, .type = FIELD_BOOL},                                                      \
		{.name = member "Number", .type = FIELD_TEXT, .nullable = true, .max = TEXT},      \
	{                                                                                          \
		.name = member "Until", .type = FIELD_INT, .nullable = true, .max = INT64_MAX      \
	}

static const struct field settings_fields[] = {
	{.name = "dnd", .type = FIELD_BOOL},
	{.name = "dndUntil", .type = FIELD_INT, .nullable = true, .max = INT64_MAX},
#define X(kind, exit, member, label) FORWARD_FIELDS(member),
#include "tbl/forwards.h"
#undef X
	{.name = "voicemail", .type = FIELD_BOOL},
	{.name = "callerIdName", .type = FIELD_TEXT, .max = TEXT},
	{.name = "ringMs", .type = FIELD_INT, .min = RING_MS_MIN, .max = RING_MS_MAX},
	{.name = "callWaiting", .type = FIELD_BOOL},
	{.name = "emergencyAddress", .type = FIELD_NOTE, .max = EMERGENCY_ADDRESS - 1},
};

static const struct field follow_dest_fields[] = {
	{.name = "number", .type = FIELD_TEXT, .required = true, .max = TEXT},
	{.name = "delayMs", .type = FIELD_INT, .max = FOLLOW_DELAY_MAX},
	{.name = "ringMs", .type = FIELD_INT, .min = FOLLOW_RING_MIN, .max = FOLLOW_RING_MAX},
	{.name = "confirm", .type = FIELD_BOOL},
};

static const struct field follow_fields[] = {
	{.name = "enabled", .type = FIELD_BOOL},
	{.name = "ignoreBusy", .type = FIELD_BOOL},
	{.name = "prefix", .type = FIELD_TEXT, .max = FOLLOW_PREFIX - 1},
	{.name = "destinations",
	 .type = FIELD_ROWS,
	 .max = FOLLOW_DESTS,
	 .fields = follow_dest_fields,
	 .field_count = COUNT(follow_dest_fields)},
};

#define BLOCK_FIELDS(new)                                                                          \
	{.name = "extensionId", .type = FIELD_ID, .nullable = true},                               \
		{.name = "kind",                                                                   \
		 .type = FIELD_CHOICE,                                                             \
		 .required = new,                                                                  \
		 .choices = "number prefix anonymous"},                                            \
		{.name = "pattern", .type = FIELD_TEXT, .max = TEXT},                              \
		{.name = "action", .type = FIELD_CHOICE, .choices = "reject busy voicemail"},      \
		{.name = "note", .type = FIELD_TEXT, .max = TEXT},                                 \
	{                                                                                          \
		.name = "active", .type = FIELD_BOOL                                               \
	}

static const struct field block_new_fields[] = {BLOCK_FIELDS(true)};
static const struct field block_fields[] = {BLOCK_FIELDS(false)};

static const struct field dnc_new_fields[] = {
	{.name = "number", .type = FIELD_TEXT, .required = true, .min = 1, .max = PHONE_SIZE - 1},
	{.name = "note", .type = FIELD_TEXT, .max = TEXT},
};

static const struct field dnc_import_fields[] = {
	{.name = "file", .type = FIELD_FILE, .max = 8 << 20},
};

#define RATE_PLAN_FIELDS(new)                                                                      \
	{.name = "name", .type = FIELD_TEXT, .required = new, .min = 1, .max = TEXT},              \
	{                                                                                          \
		.name = "currency", .type = FIELD_TEXT, .required = new, .min = 3, .max = 3        \
	}

static const struct field rate_plan_new_fields[] = {RATE_PLAN_FIELDS(true)};
static const struct field rate_plan_fields[] = {RATE_PLAN_FIELDS(false)};

#define RATE_FIELDS(new)                                                                           \
	{.name = "prefix", .type = FIELD_TEXT, .required = new, .min = 1, .max = PHONE_SIZE - 1},  \
		{.name = "description", .type = FIELD_TEXT, .max = TEXT},                          \
		{.name = "perMinute", .type = FIELD_INT, .max = RATE_MONEY_MAX},                   \
		{.name = "connectFee", .type = FIELD_INT, .max = RATE_MONEY_MAX},                  \
		{.name = "minimumSeconds", .type = FIELD_INT, .max = RATE_SECONDS_MAX},            \
		{.name = "incrementSeconds",                                                       \
		 .type = FIELD_INT,                                                                \
		 .min = 1,                                                                         \
		 .max = RATE_SECONDS_MAX},                                                         \
	{                                                                                          \
		.name = "perPage", .type = FIELD_INT, .max = RATE_MONEY_MAX                        \
	}

static const struct field rate_new_fields[] = {
	{.name = "planId", .type = FIELD_ID, .required = true},
	RATE_FIELDS(true),
};
static const struct field rate_fields[] = {RATE_FIELDS(false)};

static const struct field tenant_rate_plan_fields[] = {
	{.name = "ratePlanId", .type = FIELD_ID, .required = true, .nullable = true},
};

static const struct field rates_import_fields[] = {
	{.name = "file", .type = FIELD_FILE, .max = 8 << 20},
};

static const struct field fax_price_to[] = {
	{.name = "number", .type = FIELD_TEXT, .required = true, .min = 1, .max = PHONE_SIZE - 1},
};

static const struct field fax_price_fields[] = {
	{.name = "to",
	 .type = FIELD_ROWS,
	 .required = true,
	 .max = 100,
	 .fields = fax_price_to,
	 .field_count = COUNT(fax_price_to)},
	{.name = "pages", .type = FIELD_INT, .required = true, .min = 1, .max = 10000},
};

static const struct field dnc_fields[] = {{.name = "note", .type = FIELD_TEXT, .max = TEXT}};

static const struct field code_fields[] = {
	{.name = "name", .type = FIELD_TEXT, .required = true, .min = 1, .max = MODEL_WORD - 1},
	{.name = "code", .type = FIELD_TEXT, .min = 1, .max = 15},
	{.name = "active", .type = FIELD_BOOL},
};

static const struct field device_fields[] = {
	{.name = "name", .type = FIELD_TEXT, .required = true, .min = 1, .max = TEXT},
	{.name = "srtp", .type = FIELD_CHOICE, .choices = "off sdes"},
};

static const struct field user_new_fields[] = {
	{.name = "email", .type = FIELD_TEXT, .required = true, .min = 3, .max = MOST},
	{.name = "name", .type = FIELD_TEXT, .required = true, .min = 1, .max = TEXT},
	{.name = "role", .type = FIELD_CHOICE, .required = true, .choices = "admin agent user"},
	{.name = "extensionId", .type = FIELD_ID, .nullable = true},
	{.name = "password", .type = FIELD_TEXT, .nullable = true, .min = 1, .max = PASSWORD_MAX},
	{.name = "permissions", .type = FIELD_WORDS, .max = 64},
};

static const struct field user_fields[] = {
	{.name = "email", .type = FIELD_TEXT, .min = 3, .max = MOST},
	{.name = "name", .type = FIELD_TEXT, .min = 1, .max = TEXT},
	{.name = "role", .type = FIELD_CHOICE, .choices = "admin agent user"},
	{.name = "extensionId", .type = FIELD_ID, .nullable = true},
	{.name = "permissions", .type = FIELD_WORDS, .max = 64},
};

static const struct field user_password_fields[] = {
	{.name = "password", .type = FIELD_TEXT, .nullable = true, .min = 1, .max = PASSWORD_MAX},
};

static const struct field voicemail_fields[] = {
	{.name = "state", .type = FIELD_CHOICE, .choices = "new read saved"},
	{.name = "deleted", .type = FIELD_BOOL},
};

static const struct field forward_fields[] = {
	{.name = "extension",
	 .type = FIELD_TEXT,
	 .required = true,
	 .min = 1,
	 .max = PHONE_SIZE - 1},
};

static const struct field mailbox_fields[] = {
	{.name = "active", .type = FIELD_BOOL},
	{.name = "emails", .type = FIELD_TEXT, .max = EMAILS - 1},
	{.name = "attach", .type = FIELD_CHOICE, .choices = "none opus wav"},
	{.name = "maxMs", .type = FIELD_INT, .min = MAILBOX_MS_MIN, .max = MAILBOX_MS_MAX},
	{.name = "silenceMs",
	 .type = FIELD_INT,
	 .min = MAILBOX_SILENCE_MIN,
	 .max = MAILBOX_SILENCE_MAX},
	{.name = "maxMessages", .type = FIELD_INT, .min = 1, .max = MAILBOX_MESSAGES_MAX},
	{.name = "keepDays", .type = FIELD_INT, .min = 0, .max = MAILBOX_KEEP_MAX},
	{.name = "greetingId", .type = FIELD_ID, .nullable = true},
};

static const struct field pin_fields[] = {
	{.name = "pin", .type = FIELD_TEXT, .required = true, .nullable = true, .max = PIN_MAX},
};

static const struct field greeting_fields[] = {
	{.name = "file", .type = FIELD_FILE, .max = 24 << 20},
};

static const struct field sound_fields[] = {
	{.name = "name", .type = FIELD_TEXT, .max = MODEL_NAME},
	{.name = "chosen", .type = FIELD_BOOL},
	{.name = "replaces", .type = FIELD_TEXT, .max = MODEL_WORD},
};

static const struct field mailbox_settings_fields[] = {
	{.name = "ownDevice", .type = FIELD_BOOL},
};

static const struct field live_recording_fields[] = {
	{.name = "action",
	 .type = FIELD_CHOICE,
	 .required = true,
	 .choices = "start stop pause resume"},
};

static const struct field recording_settings_fields[] = {
	{.name = "keepDays", .type = FIELD_INT, .min = 0, .max = RECORDED_KEEP_MAX},
	{.name = "tone", .type = FIELD_BOOL},
};

#define V1 "/api/v1"
#define NONE NULL, 0
#define BODY(fields) fields, COUNT(fields)

static const struct route routes[] = {
	{"GET", V1 "/brand", NULL, NONE, RUNS_WEB, brand_get, "What stands above the sign-in"},
	{"GET", V1 "/openapi.json", NULL, NONE, RUNS_WEB, openapi_get, "This description"},
	{"GET", "/healthz", NULL, NONE, RUNS_WEB, healthz_get, "Whether the system works"},
	{"GET", "/metrics", NULL, NONE, RUNS_WEB, metrics_get, "Figures, on this machine only"},

	{"POST", V1 "/login", NULL, BODY(login_fields), RUNS_SLOW, login_post, "Signs in"},
	{"POST", V1 "/auth/forgot", NULL, BODY(forgot_fields), RUNS_SLOW, auth_forgot_post,
	 "Sends a link for a new password"},
	{"POST", V1 "/auth/reset", NULL, BODY(reset_fields), RUNS_SLOW, auth_reset_post,
	 "Sets a new password by that link"},
	{"POST", V1 "/logout", "", NONE, RUNS_WEB, logout_post, "Signs out"},
	{"POST", V1 "/logout-everywhere", "", NONE, RUNS_WEB, logout_everywhere_post,
	 "Signs out on every device"},

	{"GET", V1 "/me", "", NONE, RUNS_WEB, me_get, "Who one is"},
	{"PATCH", V1 "/me", "", BODY(me_fields), RUNS_WEB, me_patch, "Changes own settings"},
	{"POST", V1 "/me/password", "", BODY(password_fields), RUNS_SLOW, me_password_post,
	 "Changes the own password"},
	{"GET", V1 "/me/agent", "tenant", NONE, RUNS_WEB, me_agent_get,
	 "What one does as an agent, and the own queues as they are now"},
	{"PUT", V1 "/me/agent", "tenant", BODY(me_agent_fields), RUNS_WEB, me_agent_put,
	 "Logs in at the own queues, out, or pauses"},
	{"GET", V1 "/me/sessions", "", NONE, RUNS_WEB, me_sessions_get, "Own sign-ins"},
	{"DELETE", V1 "/me/sessions/{id}", "", NONE, RUNS_WEB, me_session_delete,
	 "Ends an own sign-in"},
	{"GET", V1 "/me/account", "", NONE, RUNS_WEB, account_get, "What a desk phone needs"},
	{"POST", V1 "/me/account/reveal", "", BODY(reveal_fields), RUNS_SLOW, account_reveal_post,
	 "Shows the SIP password"},
	{"GET", V1 "/me/second-step", "", NONE, RUNS_WEB, second_step_get_own,
	 "The second step of the own sign-in"},
	{"POST", V1 "/me/second-step", "", BODY(reveal_fields), RUNS_SLOW, second_step_post,
	 "Begins to set it up: a secret for an authenticator app"},
	{"POST", V1 "/me/second-step/confirm", "", BODY(step_code_fields), RUNS_SLOW,
	 second_step_confirm_post, "Turns it on by a first code"},
	{"POST", V1 "/me/second-step/recovery", "", BODY(reveal_fields), RUNS_SLOW,
	 second_step_recovery_post, "New recovery codes"},
	{"POST", V1 "/me/second-step/off", "", BODY(reveal_fields), RUNS_SLOW, second_step_off_post,
	 "Turns it off"},
	{"GET", V1 "/second-step-rule", "users", NONE, RUNS_WEB, second_step_rule_get,
	 "Who must have a second step"},
	{"PATCH", V1 "/second-step-rule", "users", BODY(step_rule_fields), RUNS_WEB,
	 second_step_rule_patch, "Changes who must"},
	{"PUT", V1 "/me/tenant", "platform", BODY(act_fields), RUNS_WEB, me_tenant_put,
	 "Chooses the tenant to act through"},
	{"GET", V1 "/tenants", "platform", NONE, RUNS_WEB, tenants_get, "Tenants to choose from"},
	{"PUT", V1 "/tenants/{id}/rate-plan", "platform", BODY(tenant_rate_plan_fields), RUNS_WEB,
	 tenant_rate_plan_put, "Lets a tenant use a rate plan, or none"},

	{"POST", V1 "/phone/session", "", BODY(phone_fields), RUNS_WEB, phone_session_post,
	 "Credentials for this browser's phone"},
	{"DELETE", V1 "/phone/session/{deviceId}", "", NONE, RUNS_WEB, phone_session_delete,
	 "Ends them"},
	{"GET", V1 "/phone/bell", "", NONE, RUNS_WEB, phone_bell_get,
	 "Whether this browser is told of calls while its portal is closed, and the key for that"},
	{"PUT", V1 "/phone/bell", "", BODY(bell_fields), RUNS_WEB, phone_bell_put,
	 "This browser's push subscription: there it is told of calls while its portal is closed"},
	{"DELETE", V1 "/phone/bell", "", NONE, RUNS_WEB, phone_bell_delete, "It is told no more"},
	{"GET", V1 "/phone/calls", "tenant", NONE, RUNS_WEB, phone_calls_get,
	 "What one's own phones are in now: recording, line, whether a message may be left"},
	{"GET", V1 "/phone/emergency", "tenant", NONE, RUNS_WEB, phone_emergency_get,
	 "The numbers that are called for help, and the address on file for one's own phones"},
	{"GET", V1 "/phone/desk", "tenant", NONE, RUNS_WEB, phone_desk_get,
	 "The desk phones of one's own that are connected"},
	{"POST", V1 "/phone/desk-call", "tenant", BODY(desk_call_fields), RUNS_WEB, desk_call_post,
	 "Calls a number by one's own desk phone, which rings first"},
	{"DELETE", V1 "/phone/desk-call/{id}", "tenant", NONE, RUNS_WEB, desk_call_delete,
	 "Takes it back while one's own desk phone rings"},
	{"GET", V1 "/home", "tenant", NONE, RUNS_WEB, home_get, "The first page"},
	{"GET", V1 "/badges", "tenant", NONE, RUNS_WEB, badges_get,
	 "How many messages and faxes are new"},
	{"GET", V1 "/people", "tenant", NONE, RUNS_WEB, people_get, "Whom one may call"},
	{"GET", V1 "/dests", "tenant", NONE, RUNS_WEB, dests_get,
	 "Where calls may be sent, of one kind"},
	{"GET", V1 "/events", "", NONE, RUNS_WEB, events_get, "Live events"},

	{"POST", V1 "/fax-documents", "send_fax", BODY(document_fields), RUNS_WEB,
	 fax_document_post, "Takes a document to be faxed: PDF, TIFF, PNG or JPEG"},
	{"POST", V1 "/fax-documents/joined", "send_fax", BODY(joined_fields), RUNS_WEB,
	 fax_document_joined_post, "Joins the files of documents, in their order, to another one"},
	{"GET", V1 "/fax-documents/{id}", "send_fax", NONE, RUNS_WEB, fax_document_get_one,
	 "A document: whether it is converted, pages, seconds on the line"},
	{"GET", V1 "/fax-documents/{id}/pages/{page}", "send_fax", NONE, RUNS_WEB,
	 fax_document_page_get, "A page as it will be sent, PNG"},
	{"GET", V1 "/faxes", "send_fax", NONE, RUNS_WEB, faxes_get, "Sent faxes, newest first"},
	{"POST", V1 "/faxes", "send_fax", BODY(fax_fields), RUNS_WEB, fax_post, "Sends a fax"},
	{"GET", V1 "/faxes/{id}", "send_fax", NONE, RUNS_WEB, fax_get_one, "A fax and its tries"},
	{"GET", V1 "/faxes/{id}/pages/{page}", "send_fax", NONE, RUNS_WEB, fax_page_show,
	 "A page of it, the cover page first, PNG"},
	{"GET", V1 "/faxes/{id}/report", "send_fax", NONE, RUNS_SLOW, fax_report_get,
	 "What was sent and what the far side confirmed, as PDF"},
	{"GET", V1 "/faxes/{id}/pdf", "send_fax", NONE, RUNS_SLOW, fax_pdf_get,
	 "Its pages as they went over the line, PDF"},
	{"GET", V1 "/faxes/{id}/attempts/{number}/tiff", "send_fax", NONE, RUNS_WEB,
	 fax_attempt_tiff_get, "The very file that went over the line in a try, TIFF"},
	{"POST", V1 "/faxes/price", "send_fax", BODY(fax_price_fields), RUNS_WEB, fax_price_post,
	 "What a fax to these numbers would cost"},
	{"POST", V1 "/faxes/{id}/cancel", "send_fax", NONE, RUNS_WEB, fax_cancel_post,
	 "Cancels a fax that waits"},
	{"POST", V1 "/faxes/{id}/retry", "send_fax", NONE, RUNS_WEB, fax_retry_post,
	 "Sends again what was not confirmed"},
	{"GET", V1 "/extensions/{id}/fax", "tenant", NONE, RUNS_WEB, fax_box_show,
	 "Fax numbers of an extension, who gets mail about its faxes, how they are sent"},
	{"PATCH", V1 "/extensions/{id}/fax", "tenant", BODY(fax_box_fields), RUNS_WEB,
	 fax_box_patch, "Changes who gets mail about its faxes, and how they are sent"},
	{"GET", V1 "/dnc", "contact_dnc", NONE, RUNS_WEB, dnc_get_all,
	 "Numbers that no fax is sent to"},
	{"POST", V1 "/dnc", "contact_dnc", BODY(dnc_new_fields), RUNS_WEB, dnc_post,
	 "No fax is sent to a number any more"},
	{"GET", V1 "/dnc.csv", "contact_dnc", NONE, RUNS_WEB, dnc_csv_get,
	 "The whole list for a spreadsheet"},
	{"POST", V1 "/dnc/import", "contact_dnc", BODY(dnc_import_fields), RUNS_WEB,
	 dnc_import_post, "Adds the numbers of a CSV file"},
	{"GET", V1 "/dnc/{id}", "contact_dnc", NONE, RUNS_WEB, dnc_get_one,
	 "A number that no fax is sent to"},
	{"PATCH", V1 "/dnc/{id}", "contact_dnc", BODY(dnc_fields), RUNS_WEB, dnc_patch,
	 "Changes its note"},
	{"DELETE", V1 "/dnc/{id}", "contact_dnc", NONE, RUNS_WEB, dnc_delete,
	 "Faxes may be sent to it again"},
	{"GET", V1 "/cover-pages", "send_fax", NONE, RUNS_WEB, cover_pages_get, "Cover pages"},
	{"POST", V1 "/cover-pages", "cover_page", BODY(cover_new_fields), RUNS_WEB, cover_page_post,
	 "Adds a cover page"},
	{"GET", V1 "/cover-pages/{id}", "send_fax", NONE, RUNS_WEB, cover_page_get_one,
	 "A cover page"},
	{"PATCH", V1 "/cover-pages/{id}", "cover_page", BODY(cover_fields), RUNS_WEB,
	 cover_page_patch, "Changes a cover page"},
	{"DELETE", V1 "/cover-pages/{id}", "cover_page", NONE, RUNS_WEB, cover_page_delete,
	 "Removes a cover page"},
	{"PUT", V1 "/cover-pages/{id}/logo", "cover_page", BODY(logo_fields), RUNS_WEB,
	 cover_page_logo_put, "Sets its logo, a PNG"},
	{"GET", V1 "/cover-pages/{id}/preview", "send_fax", NONE, RUNS_WEB, cover_page_preview_get,
	 "How it will look, PNG"},
	{"POST", V1 "/cover-pages/{id}/preview", "send_fax", BODY(cover_preview_fields), RUNS_WEB,
	 cover_page_preview_post, "How it will look before a document, for one recipient"},
	{"GET", V1 "/received-faxes", "receive_fax", NONE, RUNS_WEB, received_faxes_get,
	 "Received faxes, newest first"},
	{"GET", V1 "/received-faxes/{id}", "receive_fax", NONE, RUNS_WEB, received_fax_get,
	 "A received fax"},
	{"GET", V1 "/received-faxes/{id}/pdf", "receive_fax", NONE, RUNS_WEB, received_fax_pdf_get,
	 "Its pages, PDF"},
	{"GET", V1 "/received-faxes/{id}/tiff", "receive_fax", NONE, RUNS_WEB,
	 received_fax_tiff_get, "Its pages, TIFF"},
	{"GET", V1 "/received-faxes/{id}/pages/{page}", "receive_fax", NONE, RUNS_WEB,
	 received_fax_page_get, "A page of it, PNG"},
	{"GET", V1 "/received-faxes/{id}/thumbnail", "receive_fax", NONE, RUNS_WEB,
	 received_fax_thumb_get, "Its first page, small, PNG"},
	{"PATCH", V1 "/received-faxes/{id}", "receive_fax", BODY(received_fields), RUNS_WEB,
	 received_fax_patch, "Marks it as read or unread"},
	{"GET", V1 "/received-faxes.zip", "receive_fax", NONE, RUNS_WEB, received_zip_get,
	 "Several of them in one archive: ?ids=ID,ID"},
	{"POST", V1 "/received-faxes/{id}/mail", "fax_to_email", BODY(fax_mail_fields), RUNS_WEB,
	 received_fax_mail_post, "Mails it to addresses, as PDF"},
	{"POST", V1 "/received-faxes/{id}/document", "send_fax", NONE, RUNS_WEB,
	 received_fax_document_post, "Makes a document of it, to be faxed on"},
	{"DELETE", V1 "/received-faxes/{id}", "receive_fax", NONE, RUNS_WEB, received_fax_delete,
	 "Deletes it"},

	{"GET", V1 "/calls", "tenant", NONE, RUNS_WEB, calls_get, "Calls, newest first"},
	{"GET", V1 "/calls.csv", "tenant", NONE, RUNS_WEB, calls_csv_get,
	 "Calls for a spreadsheet"},
	{"GET", V1 "/calls/{id}", "tenant", NONE, RUNS_WEB, call_show,
	 "A call, its legs and its story"},
	{"PATCH", V1 "/calls/{id}", "tenant", BODY(call_fields), RUNS_WEB, call_patch,
	 "Its note, and how it sounded"},
	{"GET", V1 "/live-calls", "realtime", NONE, RUNS_WEB, live_calls_get,
	 "Calls of this moment"},
	{"DELETE", V1 "/live-calls/{id}", "realtime", NONE, RUNS_WEB, live_call_delete, "Hangs up"},

	{"GET", V1 "/extensions", "extensions", NONE, RUNS_WEB, extensions_get, "Extensions"},
	{"POST", V1 "/extensions", "extensions", BODY(extension_new_fields), RUNS_WEB,
	 extension_post, "Adds an extension"},
	{"GET", V1 "/extensions/{id}", "extensions", NONE, RUNS_WEB, extension_get_one,
	 "An extension, its devices and registrations"},
	{"PATCH", V1 "/extensions/{id}", "extensions", BODY(extension_fields), RUNS_WEB,
	 extension_patch, "Changes an extension"},
	{"DELETE", V1 "/extensions/{id}", "extensions", NONE, RUNS_WEB, extension_delete,
	 "Removes an extension"},
	{"GET", V1 "/extensions/{id}/settings", "tenant", NONE, RUNS_WEB, extension_settings_show,
	 "What an extension does with its calls"},
	{"PUT", V1 "/extensions/{id}/settings", "tenant", BODY(settings_fields), RUNS_WEB,
	 extension_settings_put, "Changes what an extension does with its calls"},
	{"GET", V1 "/extensions/{id}/reach", "tenant", NONE, RUNS_WEB, extension_reach_get,
	 "What happens if someone calls now"},
	{"POST", V1 "/extensions/{id}/test-call", "tenant", BODY(test_call_fields), RUNS_WEB,
	 test_call_post, "Calls the phones of an extension, as a test"},
	{"GET", V1 "/dids/{id}/reach", "tenant", NONE, RUNS_WEB, did_reach_get,
	 "What happens if someone calls this number now"},
	{"GET", V1 "/extensions/{id}/follow-me", "tenant", NONE, RUNS_WEB, follow_me_get,
	 "Whom the calls of an extension ring"},
	{"PUT", V1 "/extensions/{id}/follow-me", "tenant", BODY(follow_fields), RUNS_WEB,
	 follow_me_put, "Changes whom the calls of an extension ring"},
	{"GET", V1 "/call-blocks", "tenant", NONE, RUNS_WEB, call_blocks_get,
	 "Callers who do not get through"},
	{"POST", V1 "/call-blocks", "tenant", BODY(block_new_fields), RUNS_WEB, call_block_post,
	 "Holds callers back"},
	{"GET", V1 "/call-blocks/{id}", "tenant", NONE, RUNS_WEB, call_block_get_one,
	 "Callers who do not get through, by one rule"},
	{"PATCH", V1 "/call-blocks/{id}", "tenant", BODY(block_fields), RUNS_WEB, call_block_patch,
	 "Changes whom it holds back"},
	{"DELETE", V1 "/call-blocks/{id}", "tenant", NONE, RUNS_WEB, call_block_delete,
	 "Holds them back no more"},
	{"GET", V1 "/feature-codes", "tenant", NONE, RUNS_WEB, feature_codes_get,
	 "What is dialled to make the system do something"},
	{"PUT", V1 "/feature-codes", "tenant", BODY(code_fields), RUNS_WEB, feature_code_put,
	 "Gives a feature another code"},
	{"POST", V1 "/extensions/{id}/password", "extensions", NONE, RUNS_WEB,
	 extension_password_post, "Makes a new SIP password"},
	{"POST", V1 "/extensions/{id}/devices", "devices", BODY(device_fields), RUNS_WEB,
	 extension_device_post, "Adds a phone"},
	{"DELETE", V1 "/devices/{id}", "devices", NONE, RUNS_WEB, device_delete, "Removes a phone"},
	{"GET", V1 "/registrations", "realtime", NONE, RUNS_WEB, registrations_get,
	 "Phones that are registered"},
	{"GET", V1 "/dids", "tenant", NONE, RUNS_WEB, dids_get, "Phone numbers"},
	{"POST", V1 "/dids", "platform", BODY(did_new_fields), RUNS_WEB, did_post,
	 "Gives the chosen tenant a phone number"},
	{"GET", V1 "/dids/{id}", "inbound_routes", NONE, RUNS_WEB, did_get_one, "A phone number"},
	{"DELETE", V1 "/dids/{id}", "platform", NONE, RUNS_WEB, did_delete,
	 "Takes a phone number from the chosen tenant"},
	{"PATCH", V1 "/dids/{id}", "inbound_routes", BODY(did_fields), RUNS_WEB, did_patch,
	 "Says where a phone number leads"},

	{"GET", V1 "/ring-groups", "ring_groups", NONE, RUNS_WEB, ring_groups_get, "Ring groups"},
	{"POST", V1 "/ring-groups", "ring_groups", BODY(group_new_fields), RUNS_WEB,
	 ring_group_post, "Adds a ring group"},
	{"GET", V1 "/ring-groups/{id}", "ring_groups", NONE, RUNS_WEB, ring_group_get_one,
	 "A ring group"},
	{"PATCH", V1 "/ring-groups/{id}", "ring_groups", BODY(group_fields), RUNS_WEB,
	 ring_group_patch, "Changes a ring group"},
	{"DELETE", V1 "/ring-groups/{id}", "ring_groups", NONE, RUNS_WEB, ring_group_delete,
	 "Removes a ring group"},

	{"GET", V1 "/queues", "queues", NONE, RUNS_WEB, queues_get, "Queues"},
	{"POST", V1 "/queues", "queues", BODY(queue_new_fields), RUNS_WEB, queue_post,
	 "Adds a queue"},
	{"GET", V1 "/queues/{id}", "queues", NONE, RUNS_WEB, queue_get_one, "A queue"},
	{"PATCH", V1 "/queues/{id}", "queues", BODY(queue_fields), RUNS_WEB, queue_patch,
	 "Changes a queue"},
	{"DELETE", V1 "/queues/{id}", "queues", NONE, RUNS_WEB, queue_delete, "Removes a queue"},
	{"GET", V1 "/live-queues", "queues", NONE, RUNS_WEB, live_queues_get,
	 "Who waits in the queues at this moment, and what their agents do"},

	{"GET", V1 "/sounds", "music_on_hold", NONE, RUNS_WEB, own_sounds_get,
	 "Music and prompts of the tenant's own"},
	{"POST", V1 "/sounds", "music_on_hold", BODY(greeting_fields), RUNS_WEB, own_sound_post,
	 "Adds music or a prompt, a WAV file"},
	{"GET", V1 "/sounds/{id}", "music_on_hold", NONE, RUNS_WEB, own_sound_get_one,
	 "Music or a prompt"},
	{"GET", V1 "/sounds/{id}/audio", "music_on_hold", NONE, RUNS_WEB, own_sound_audio_get,
	 "Music or a prompt: WAV, or Opus in Ogg"},
	{"PATCH", V1 "/sounds/{id}", "music_on_hold", BODY(sound_fields), RUNS_WEB, own_sound_patch,
	 "Renames it, chooses it, or lets it stand for a prompt"},
	{"DELETE", V1 "/sounds/{id}", "music_on_hold", NONE, RUNS_WEB, own_sound_delete,
	 "Removes music or a prompt"},

	{"GET", V1 "/call-flows", "call_flows", NONE, RUNS_WEB, call_flows_get, "Call flows"},
	{"POST", V1 "/call-flows", "call_flows", BODY(call_flow_new_fields), RUNS_WEB,
	 call_flow_post, "Adds a call flow"},
	{"GET", V1 "/call-flows/{id}", "call_flows", NONE, RUNS_WEB, call_flow_get_one,
	 "A call flow"},
	{"PATCH", V1 "/call-flows/{id}", "call_flows", BODY(call_flow_fields), RUNS_WEB,
	 call_flow_patch, "Changes a call flow, or switches it"},
	{"DELETE", V1 "/call-flows/{id}", "call_flows", NONE, RUNS_WEB, call_flow_delete,
	 "Removes a call flow"},

	{"GET", V1 "/trunks", "platform", NONE, RUNS_WEB, trunks_get, "Trunks"},
	{"POST", V1 "/trunks", "platform", BODY(trunk_new_fields), RUNS_WEB, trunk_post,
	 "Adds a trunk"},
	{"GET", V1 "/trunks/{id}", "platform", NONE, RUNS_WEB, trunk_get_one, "A trunk"},
	{"PATCH", V1 "/trunks/{id}", "platform", BODY(trunk_fields), RUNS_WEB, trunk_patch,
	 "Changes a trunk"},
	{"DELETE", V1 "/trunks/{id}", "platform", NONE, RUNS_WEB, trunk_delete, "Removes a trunk"},
	{"GET", V1 "/rate-plans", "platform", NONE, RUNS_WEB, rate_plans_get, "Rate plans"},
	{"POST", V1 "/rate-plans", "platform", BODY(rate_plan_new_fields), RUNS_WEB, rate_plan_post,
	 "Adds a rate plan"},
	{"GET", V1 "/rate-plans/{id}", "platform", NONE, RUNS_WEB, rate_plan_get_one,
	 "A rate plan"},
	{"PATCH", V1 "/rate-plans/{id}", "platform", BODY(rate_plan_fields), RUNS_WEB,
	 rate_plan_patch, "Changes a rate plan"},
	{"DELETE", V1 "/rate-plans/{id}", "platform", NONE, RUNS_WEB, rate_plan_delete,
	 "Removes a rate plan and its rates"},
	{"GET", V1 "/rate-plans/{id}/rates.csv", "platform", NONE, RUNS_WEB, rates_csv_get,
	 "The rates of a plan for a spreadsheet"},
	{"POST", V1 "/rate-plans/{id}/rates", "platform", BODY(rates_import_fields), RUNS_WEB,
	 rates_import_post, "Brings in rates, a CSV file"},
	{"GET", V1 "/rates", "platform", NONE, RUNS_WEB, rates_get, "The rates of a plan"},
	{"POST", V1 "/rates", "platform", BODY(rate_new_fields), RUNS_WEB, rate_post,
	 "Adds a rate to a plan"},
	{"GET", V1 "/rates/{id}", "platform", NONE, RUNS_WEB, rate_get_one, "A rate"},
	{"PATCH", V1 "/rates/{id}", "platform", BODY(rate_fields), RUNS_WEB, rate_patch,
	 "Changes a rate"},
	{"DELETE", V1 "/rates/{id}", "platform", NONE, RUNS_WEB, rate_delete, "Removes a rate"},
	{"GET", V1 "/price", "tenant", NONE, RUNS_WEB, price_get,
	 "What a call to a number costs that somebody dials"},
	{"GET", V1 "/out-routes", "platform", NONE, RUNS_WEB, out_routes_get,
	 "Which numbers leave through which trunk"},
	{"GET", V1 "/way-out", "platform", NONE, RUNS_WEB, way_out_get,
	 "Which way a number would take that somebody dials"},
	{"POST", V1 "/out-routes", "platform", BODY(out_route_new_fields), RUNS_WEB, out_route_post,
	 "Adds an outbound route"},
	{"GET", V1 "/out-routes/{id}", "platform", NONE, RUNS_WEB, out_route_get_one,
	 "An outbound route"},
	{"PATCH", V1 "/out-routes/{id}", "platform", BODY(out_route_fields), RUNS_WEB,
	 out_route_patch, "Changes an outbound route"},
	{"DELETE", V1 "/out-routes/{id}", "platform", NONE, RUNS_WEB, out_route_delete,
	 "Removes an outbound route"},

	{"GET", V1 "/time-conditions", "time_conditions", NONE, RUNS_WEB, hours_get_all,
	 "Time conditions"},
	{"POST", V1 "/time-conditions", "time_conditions", BODY(hours_new_fields), RUNS_WEB,
	 hours_post, "Adds a time condition"},
	{"GET", V1 "/time-conditions/{id}", "time_conditions", NONE, RUNS_WEB, hours_get_one,
	 "A time condition"},
	{"PATCH", V1 "/time-conditions/{id}", "time_conditions", BODY(hours_fields), RUNS_WEB,
	 hours_patch, "Changes a time condition"},
	{"DELETE", V1 "/time-conditions/{id}", "time_conditions", NONE, RUNS_WEB, hours_delete,
	 "Removes a time condition"},

	{"GET", V1 "/users", "users", NONE, RUNS_WEB, users_get, "Users"},
	{"POST", V1 "/users", "users", BODY(user_new_fields), RUNS_SLOW, user_post, "Adds a user"},
	{"GET", V1 "/users/{id}", "users", NONE, RUNS_WEB, user_get_one, "A user"},
	{"PATCH", V1 "/users/{id}", "users", BODY(user_fields), RUNS_WEB, user_patch,
	 "Changes a user"},
	{"DELETE", V1 "/users/{id}", "users", NONE, RUNS_WEB, user_delete, "Removes a user"},
	{"POST", V1 "/users/{id}/password", "users", BODY(user_password_fields), RUNS_SLOW,
	 user_password_post, "Makes a new password"},
	{"DELETE", V1 "/users/{id}/second-step", "users", NONE, RUNS_WEB, user_second_step_delete,
	 "The password alone signs in again: the app is lost"},
	{"POST", V1 "/users/{id}/unlock", "users", NONE, RUNS_WEB, user_unlock_post,
	 "Unlocks a user"},

	{"GET", V1 "/mail", "users", NONE, RUNS_WEB, mail_get_all, "Mails, newest first"},
	{"POST", V1 "/mail/{id}/retry", "users", NONE, RUNS_WEB, mail_retry_post,
	 "Tries a mail again at once"},
	{"GET", V1 "/retention", "tenant", NONE, RUNS_WEB, retention_get,
	 "How long calls and the audit log are kept"},
	{"PATCH", V1 "/retention", "tenant", BODY(retention_fields), RUNS_WEB, retention_patch,
	 "Changes that"},

	{"GET", V1 "/emergency-numbers", "tenant", NONE, RUNS_WEB, emergency_get,
	 "The numbers called for help, where help comes to, and who is mailed of such a call"},
	{"PATCH", V1 "/emergency-numbers", "tenant", BODY(emergency_fields), RUNS_WEB,
	 emergency_patch, "Changes them"},

	{"GET", V1 "/voicemail", "tenant", NONE, RUNS_WEB, voicemail_list_get,
	 "Messages, newest first"},
	{"GET", V1 "/voicemail/{id}", "tenant", NONE, RUNS_WEB, voicemail_get_one, "A message"},
	{"PATCH", V1 "/voicemail/{id}", "tenant", BODY(voicemail_fields), RUNS_WEB, voicemail_patch,
	 "Marks a message, deletes it or takes that back"},
	{"DELETE", V1 "/voicemail/{id}", "tenant", NONE, RUNS_WEB, voicemail_remove,
	 "Deletes a message"},
	{"GET", V1 "/voicemail/{id}/audio", "tenant", NONE, RUNS_WEB, voicemail_audio_get,
	 "What was said: WAV, or Opus in Ogg; parts may be asked for"},
	{"GET", V1 "/voicemail/{id}/peaks", "tenant", NONE, RUNS_WEB, voicemail_peaks_get,
	 "The outline of a message"},
	{"POST", V1 "/voicemail/{id}/forward", "tenant", BODY(forward_fields), RUNS_WEB,
	 voicemail_forward_post, "Puts a copy into another mailbox"},
	{"GET", V1 "/mailboxes", "voicemail", NONE, RUNS_WEB, mailboxes_get, "Mailboxes"},
	{"GET", V1 "/mailboxes/{id}", "tenant", NONE, RUNS_WEB, mailbox_get_one, "A mailbox"},
	{"PATCH", V1 "/mailboxes/{id}", "tenant", BODY(mailbox_fields), RUNS_WEB, mailbox_patch,
	 "Changes a mailbox"},
	{"PUT", V1 "/mailboxes/{id}/pin", "tenant", BODY(pin_fields), RUNS_WEB, mailbox_pin_put,
	 "Changes or removes the PIN, and unlocks"},
	{"GET", V1 "/mailboxes/{id}/greetings", "tenant", NONE, RUNS_WEB, greetings_get,
	 "Greetings"},
	{"POST", V1 "/mailboxes/{id}/greetings", "tenant", BODY(greeting_fields), RUNS_WEB,
	 greeting_post, "Adds a greeting, a WAV file"},
	{"GET", V1 "/mailboxes/{id}/greetings/{greetingId}/audio", "tenant", NONE, RUNS_WEB,
	 greeting_audio_get, "A greeting: WAV, or Opus in Ogg"},
	{"POST", V1 "/mailboxes/{id}/spoken-name", "tenant", BODY(greeting_fields), RUNS_WEB,
	 spoken_name_post, "How its owner says the own name, a WAV file"},
	{"GET", V1 "/mailboxes/{id}/spoken-name/audio", "tenant", NONE, RUNS_WEB,
	 spoken_name_audio_get, "The spoken name: WAV, or Opus in Ogg"},
	{"DELETE", V1 "/mailboxes/{id}/spoken-name", "tenant", NONE, RUNS_WEB, spoken_name_delete,
	 "Removes the spoken name"},
	{"DELETE", V1 "/mailboxes/{id}/greetings/{greetingId}", "tenant", NONE, RUNS_WEB,
	 greeting_delete, "Removes a greeting"},
	{"GET", V1 "/mailbox-settings", "voicemail", NONE, RUNS_WEB, mailbox_settings_get,
	 "What all mailboxes of the tenant share"},
	{"PATCH", V1 "/mailbox-settings", "voicemail", BODY(mailbox_settings_fields), RUNS_WEB,
	 mailbox_settings_patch, "Changes what all mailboxes share"},

	{"GET", V1 "/recordings", "recordings", NONE, RUNS_WEB, recordings_get,
	 "Recordings of calls, newest first"},
	{"GET", V1 "/recordings/{id}/audio", "tenant", NONE, RUNS_WEB, recording_audio_get,
	 "A recording, both sides: WAV, or Opus in Ogg; parts may be asked for"},
	{"GET", V1 "/recordings/{id}/peaks", "tenant", NONE, RUNS_WEB, recording_peaks_get,
	 "The outline of a recording"},
	{"DELETE", V1 "/recordings/{id}", "recordings", NONE, RUNS_WEB, recording_delete,
	 "Deletes a recording for good"},
	{"POST", V1 "/live-calls/{id}/recording", "tenant", BODY(live_recording_fields), RUNS_WEB,
	 live_recording_post, "Records a running call, pauses, goes on, stops"},
	{"POST", V1 "/live-calls/{id}/voicemail", "tenant", NONE, RUNS_WEB, live_voicemail_post,
	 "Sends a call that rings one's phone to one's mailbox"},
	{"GET", V1 "/recording-settings", "recordings", NONE, RUNS_WEB, recording_settings_get,
	 "How long recordings are kept"},
	{"PATCH", V1 "/recording-settings", "recordings", BODY(recording_settings_fields), RUNS_WEB,
	 recording_settings_patch, "Changes how long recordings are kept"},
};

/** The table, for the web server */
const struct route *api_routes(size_t *count)
{
	*count = COUNT(routes);
	return routes;
}
