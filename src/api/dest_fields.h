/* What the bodies of dests' resources may hold: ring groups, queues, time conditions, call flows,
 * trunks, routes */
#ifndef CARILLON_API_DEST_FIELDS_H
#define CARILLON_API_DEST_FIELDS_H

#include "call_flow.h"
#include "dest.h"
#include "emails.h"
#include "hours.h"
#include "own.h"
#include "queue.h"
#include "ring_group.h"
#include "web.h"

enum { DEST_TEXT = MODEL_NAME / 4 * 3 };

static const struct field dest_fields[] = {
	{.name = "kind", .type = FIELD_TEXT, .required = true, .min = 1, .max = MODEL_WORD - 1},
	{.name = "target", .type = FIELD_TEXT, .max = DEST_TARGET - 1},
};

#define DEST_FIELD(member)                                                                         \
	{                                                                                          \
		.name = member, .type = FIELD_OBJECT, .nullable = true, .fields = dest_fields,     \
		.field_count = COUNT(dest_fields)                                                  \
	}

static const struct field member_fields[] = {
	{.name = "number", .type = FIELD_TEXT, .required = true, .min = 1, .max = PHONE_SIZE - 1},
	{.name = "delayMs", .type = FIELD_INT, .max = RING_DELAY_MAX},
	{.name = "ringMs", .type = FIELD_INT, .min = RING_MEMBER_MS_MIN, .max = RING_MEMBER_MS_MAX},
	{.name = "confirm", .type = FIELD_BOOL},
};

#define GROUP_FIELDS(new)                                                                          \
	{.name = "number", .type = FIELD_TEXT, .required = new, .min = 1, .max = PHONE_SIZE - 1},  \
		{.name = "name", .type = FIELD_TEXT, .required = new, .min = 1, .max = DEST_TEXT}, \
		{.name = "strategy",                                                               \
		 .type = FIELD_CHOICE,                                                             \
		 .choices = "simultaneous sequence random rollover"},                              \
		{.name = "ringback", .type = FIELD_CHOICE, .choices = "ring music"},               \
		{.name = "musicId", .type = FIELD_TEXT, .max = ID_SIZE - 1},                       \
		{.name = "prefix", .type = FIELD_TEXT, .max = RING_PREFIX - 1},                    \
		{.name = "members",                                                                \
		 .type = FIELD_ROWS,                                                               \
		 .required = new,                                                                  \
		 .max = RING_MEMBERS,                                                              \
		 .fields = member_fields,                                                          \
		 .field_count = COUNT(member_fields)},                                             \
		DEST_FIELD("next")

static const struct field group_new_fields[] = {GROUP_FIELDS(true)};
static const struct field group_fields[] = {GROUP_FIELDS(false)};

static const struct field agent_fields[] = {
	{.name = "number", .type = FIELD_TEXT, .required = true, .min = 1, .max = PHONE_SIZE - 1},
	{.name = "level", .type = FIELD_INT, .min = 1, .max = QUEUE_LEVELS},
};

#define QUEUE_FIELDS(new)                                                                          \
	{.name = "number", .type = FIELD_TEXT, .required = new, .min = 1, .max = PHONE_SIZE - 1},  \
		{.name = "name", .type = FIELD_TEXT, .required = new, .min = 1, .max = DEST_TEXT}, \
		{.name = "strategy",                                                               \
		 .type = FIELD_CHOICE,                                                             \
		 .choices = "all longest roundrobin fewest random"},                               \
		{.name = "musicId", .type = FIELD_TEXT, .max = ID_SIZE - 1},                       \
		{.name = "prefix", .type = FIELD_TEXT, .max = QUEUE_PREFIX - 1},                   \
		{.name = "ringMs",                                                                 \
		 .type = FIELD_INT,                                                                \
		 .min = QUEUE_RING_MS_MIN,                                                         \
		 .max = QUEUE_RING_MS_MAX},                                                        \
		{.name = "wrapupMs", .type = FIELD_INT, .max = QUEUE_WRAPUP_MS_MAX},               \
		{.name = "announceMs", .type = FIELD_INT, .max = QUEUE_ANNOUNCE_MS_MAX},           \
		{.name = "maxWaitMs", .type = FIELD_INT, .max = QUEUE_WAIT_MS_MAX},                \
		{.name = "maxCallers", .type = FIELD_INT, .min = 1, .max = QUEUE_CALLERS_MAX},     \
		{.name = "leaveEmpty", .type = FIELD_BOOL},                                        \
		{.name = "record", .type = FIELD_BOOL},                                            \
		{.name = "agents",                                                                 \
		 .type = FIELD_ROWS,                                                               \
		 .max = QUEUE_AGENTS,                                                              \
		 .fields = agent_fields,                                                           \
		 .field_count = COUNT(agent_fields)},                                              \
		DEST_FIELD("timeoutNext"), DEST_FIELD("fullNext"), DEST_FIELD("emptyNext")

static const struct field queue_new_fields[] = {QUEUE_FIELDS(true)};
static const struct field queue_fields[] = {QUEUE_FIELDS(false)};

static const struct field rule_fields[] = {
	{.name = "open", .type = FIELD_BOOL, .required = true},
	{.name = "days", .type = FIELD_WORDS, .max = 7},
	{.name = "from", .type = FIELD_TEXT, .max = 5},
	{.name = "to", .type = FIELD_TEXT, .max = 5},
	{.name = "firstDay", .type = FIELD_TEXT, .max = HOURS_DAY - 1},
	{.name = "lastDay", .type = FIELD_TEXT, .max = HOURS_DAY - 1},
};

#define HOURS_FIELDS(new)                                                                          \
	{.name = "name", .type = FIELD_TEXT, .required = new, .min = 1, .max = DEST_TEXT},         \
		{.name = "timezone", .type = FIELD_TEXT, .max = MODEL_WORD - 1},                   \
		{.name = "rules",                                                                  \
		 .type = FIELD_ROWS,                                                               \
		 .required = new,                                                                  \
		 .max = HOURS_RULES,                                                               \
		 .fields = rule_fields,                                                            \
		 .field_count = COUNT(rule_fields)},                                               \
		DEST_FIELD("open"), DEST_FIELD("closed")

static const struct field hours_new_fields[] = {HOURS_FIELDS(true)};
static const struct field hours_fields[] = {HOURS_FIELDS(false)};

#define CALL_FLOW_FIELDS(new)                                                                      \
	{.name = "number",                                                                         \
	 .type = FIELD_TEXT,                                                                       \
	 .required = new,                                                                          \
	 .min = 1,                                                                                 \
	 .max = CALL_FLOW_NUMBER - 1},                                                             \
		{.name = "name", .type = FIELD_TEXT, .required = new, .min = 1, .max = DEST_TEXT}, \
		{.name = "pin", .type = FIELD_TEXT, .nullable = true, .max = PIN_MAX},             \
		{.name = "isNight", .type = FIELD_BOOL}, DEST_FIELD("day"), DEST_FIELD("night")

static const struct field call_flow_new_fields[] = {CALL_FLOW_FIELDS(true)};
static const struct field call_flow_fields[] = {CALL_FLOW_FIELDS(false)};

#define TRUNK_FIELDS(new)                                                                          \
	{.name = "name", .type = FIELD_TEXT, .required = new, .min = 1, .max = DEST_TEXT},         \
		{.name = "host",                                                                   \
		 .type = FIELD_TEXT,                                                               \
		 .required = new,                                                                  \
		 .min = 1,                                                                         \
		 .max = MODEL_DOMAIN - 1},                                                         \
		{.name = "port", .type = FIELD_INT, .max = 65535},                                 \
		{.name = "transport", .type = FIELD_CHOICE, .choices = "udp tcp tls any"},         \
		{.name = "auth", .type = FIELD_CHOICE, .choices = "ip password"},                  \
		{.name = "username", .type = FIELD_TEXT, .max = MODEL_WORD - 1},                   \
		{.name = "password", .type = FIELD_TEXT, .nullable = true, .max = 127},            \
		{.name = "channels", .type = FIELD_INT, .max = 100000},                            \
		{.name = "plus", .type = FIELD_BOOL}, {.name = "registers", .type = FIELD_BOOL},   \
		{.name = "optionsMs", .type = FIELD_INT, .max = 3600000},                          \
		{.name = "codecs", .type = FIELD_TEXT, .max = 31},                                 \
		{.name = "t38", .type = FIELD_BOOL},                                               \
		{.name = "identity", .type = FIELD_CHOICE, .choices = "both pai rpid none"},       \
		{.name = "diversion", .type = FIELD_CHOICE, .choices = "none diversion history"},  \
		{.name = "dtmf", .type = FIELD_CHOICE, .choices = "rfc4733 info inband"},          \
		{.name = "callsPerSecond", .type = FIELD_INT, .max = 1000},                        \
		{.name = "silenceMs", .type = FIELD_INT, .max = 3600000},                          \
		{.name = "country", .type = FIELD_TEXT, .max = 2},                                 \
	{                                                                                          \
		.name = "active", .type = FIELD_BOOL                                               \
	}

static const struct field trunk_new_fields[] = {TRUNK_FIELDS(true)};
static const struct field trunk_fields[] = {TRUNK_FIELDS(false)};

#define OUT_ROUTE_FIELDS(new)                                                                      \
	{.name = "prefix", .type = FIELD_TEXT, .required = new, .min = 1, .max = PHONE_SIZE - 1},  \
		{.name = "trunkId", .type = FIELD_ID, .required = new},                            \
		{.name = "strip", .type = FIELD_INT, .max = PHONE_SIZE},                           \
		{.name = "prepend", .type = FIELD_TEXT, .max = PHONE_SIZE - 1},                    \
	{                                                                                          \
		.name = "priority", .type = FIELD_INT, .max = 1000                                 \
	}

static const struct field out_route_new_fields[] = {OUT_ROUTE_FIELDS(true)};
static const struct field out_route_fields[] = {OUT_ROUTE_FIELDS(false)};

#define DID_FIELDS(new)                                                                            \
	{.name = "number", .type = FIELD_TEXT, .required = new, .min = 1, .max = PHONE_SIZE - 1},  \
		{.name = "kind", .type = FIELD_CHOICE, .choices = "voice fax"},                    \
		{.name = "title", .type = FIELD_TEXT, .max = DEST_TEXT},                           \
		{.name = "faxEmails", .type = FIELD_TEXT, .max = EMAILS - 1},                      \
		{.name = "active", .type = FIELD_BOOL}, DEST_FIELD("faxDest"),                     \
	{                                                                                          \
		.name = "dest", .type = FIELD_OBJECT, .required = new, .fields = dest_fields,      \
		.field_count = COUNT(dest_fields)                                                  \
	}

static const struct field did_new_fields[] = {DID_FIELDS(true)};
static const struct field did_fields[] = {DID_FIELDS(false)};

#endif
