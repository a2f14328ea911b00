/**
 * @file api_shapes.c  The members of each answer, as docs/api.md promises them to the portal
 *
 * A shape is the JSON with its values left out: members in order of their names, of a list its
 * first element. Whoever changes one changes docs/api.md and the portal too.
 */
#include "api_house.h"

static int name_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void shape(char *out, size_t size, const json_t *v)
{
	size_t n = strlen(out), count = 0;
	const char *names[64], *name;
	json_t *member_v;

	if (json_is_array(v)) {
		snprintf(out + n, size - n, "[");
		if (json_array_size(v))
			shape(out, size, json_array_get(v, 0));
		n = strlen(out);
		snprintf(out + n, size - n, "]");
		return;
	}
	if (!json_is_object(v))
		return;
	json_object_foreach((json_t *)(uintptr_t)v, name, member_v) names[count++] = name;
	qsort(names, count, sizeof(names[0]), name_order);
	snprintf(out + n, size - n, "{");
	for (size_t i = 0; i < count; i++) {
		n = strlen(out);
		snprintf(out + n, size - n, "%s%s", i ? " " : "", names[i]);
		shape(out, size, json_object_get(v, names[i]));
	}
	n = strlen(out);
	snprintf(out + n, size - n, "}");
}

static void is_shaped(const struct person *p, const char *method, const char *path,
		      const char *body, const char *expected)
{
	struct http_response *r = ask(p, method, path, body);
	json_t *root = json_loads(r->body, 0, NULL);
	char out[2048] = "";

	shape(out, sizeof(out), root);
	if (strcmp(out, expected))
		fail_msg("%s %s: %s\ninstead of %s", method, path, out, expected);
	json_decref(root);
	http_free(r);
}

#define DEVICE "{id kind lastSeenAt name registered srtp userAgent username}"
#define REGISTRATION                                                                               \
	"{contact device expiresAt extension id registeredAt remote rttMs transport userAgent}"
#define EXTENSION "callWaiting callerIdName callerIdNumber"
#define STEP "{answers exit kind label phones ringMs rings target text}"
#define FORWARD(x)                                                                                 \
	"forward" x " forward" x "Circle forward" x "Number forward" x "Set{at by} forward" x      \
	"Until forward" x "Use"
#define GROUP                                                                                      \
	"id members[{confirm delayMs number ringMs}] musicId name next{kind label target} number " \
	"prefix ringback strategy"
#define QUEUE                                                                                      \
	"agents[{level number}] announceMs emptyNext{kind label target} fullNext id leaveEmpty "   \
	"maxCallers maxWaitMs musicId name number prefix record ringMs strategy timeoutNext "      \
	"wrapupMs"
#define LIVE_QUEUE                                                                                 \
	"agents[{level name number reason since state taken until}] callers[] id name number "     \
	"waiting"
#define USER "{email extension{id number} id lastLoginAt locked name permissions[] role secondStep}"

static void dests_have_their_members(void **state)
{
	struct person admin = sign_in("admin@northwind.localhost");
	struct person root = sign_in("admin@localhost");

	is_shaped(&admin, "POST", "/api/v1/ring-groups",
		  "{\"number\":\"600\",\"name\":\"Desk\",\"members\":[{\"number\":\"1001\"}],"
		  "\"next\":{\"kind\":\"extension\",\"target\":\"1001\"}}",
		  "{" GROUP "}");
	is_shaped(&admin, "GET", "/api/v1/ring-groups", NULL, "{next rows[{" GROUP "}]}");
	is_shaped(&admin, "POST", "/api/v1/queues",
		  "{\"number\":\"690\",\"name\":\"Help\",\"agents\":[{\"number\":\"1001\"}],"
		  "\"emptyNext\":{\"kind\":\"extension\",\"target\":\"1001\"}}",
		  "{" QUEUE "}");
	is_shaped(&admin, "GET", "/api/v1/queues", NULL, "{next rows[{" QUEUE "}]}");
	is_shaped(&admin, "POST", "/api/v1/time-conditions",
		  "{\"name\":\"Office\",\"rules\":[{\"open\":true,\"days\":[\"mon\"]}],"
		  "\"open\":{\"kind\":\"extension\",\"target\":\"1001\"}}",
		  "{closed id name open{kind label target} openNow rules[{days[] firstDay from "
		  "lastDay open to}] timezone}");
	is_shaped(&admin, "POST", "/api/v1/call-flows",
		  "{\"number\":\"1\",\"name\":\"Night\",\"night\":{\"kind\":\"music\"}}",
		  "{day hasPin id isNight name night{kind label target} number}");
	is_shaped(&root, "POST", "/api/v1/rate-plans",
		  "{\"name\":\"Standard\",\"currency\":\"USD\"}",
		  "{currency id name rates tenants}");
	is_shaped(&root, "GET", "/api/v1/tenants", NULL,
		  "{next rows[{country currency domain id name ratePlanId}]}");
	is_shaped(&admin, "GET", "/api/v1/price?to=%2B442079460177", NULL, "{outside price to}");
	is_shaped(&admin, "POST", "/api/v1/faxes/price",
		  "{\"to\":[{\"number\":\"+442079460177\"}],\"pages\":1}",
		  "{cost pages plan rows[{cost outside perPage to}]}");
	is_shaped(&root, "POST", "/api/v1/trunks", "{\"name\":\"Carrier\",\"host\":\"192.0.2.7\"}",
		  "{active auth callsPerSecond channels codecs country diversion dtmf hasPassword "
		  "host id "
		  "identity name "
		  "optionsMs plus port "
		  "registers silenceMs state t38 transport username}");
	free(root.me);
	free(admin.me);
}

static void answers_have_their_members(void **state)
{
	struct person maya = sign_in("maya@northwind.localhost");
	struct person admin = sign_in("admin@northwind.localhost");
	char path[128];

	is_shaped(&maya, "GET", "/api/v1/brand", NULL,
		  "{logoUrl product supportEmail title version}");
	is_shaped(&maya, "GET", "/api/v1/me", NULL,
		  "{balance csrf eventsAfter extension{id name number} owesSecondStep queues "
		  "tenant{country currency domain id name} "
		  "user{email id language name permissions[] role theme timezone} version}");
	is_shaped(&maya, "GET", "/api/v1/me/sessions", NULL,
		  "{next rows[{createdAt current id ip lastSeenAt userAgent}]}");
	is_shaped(&maya, "GET", "/api/v1/me/second-step", NULL, "{on recoveryLeft since}");
	is_shaped(&admin, "GET", "/api/v1/second-step-rule", NULL, "{administrators}");
	is_shaped(&maya, "GET", "/api/v1/me/account", NULL,
		  "{devices[" DEVICE "] domain extension{callerIdName name number ringMs} "
		  "ports{tcp tls udp} sipServer username wsUrl}");
	is_shaped(
		&maya, "POST", "/api/v1/phone/session", "{\"deviceName\":\"A\"}",
		"{authUser codecs[] deviceId displayName echoTest emergency[] expiresAt extension "
		"features{record transfer video} ha1 iceExpiresAt iceServers[] realm uri wsUrl}");
	is_shaped(&maya, "GET", "/api/v1/phone/bell", NULL, "{key on}");
	is_shaped(&maya, "GET", "/api/v1/home", NULL,
		  "{counters{callsToday devices extensions faxesReceived faxesSent queues} "
		  "faxes{failed "
		  "unread} missed[] reach{devices[" DEVICE "] steps[" STEP
		  "]} voicemail{new old} week[{answered day missed}]}");
	is_shaped(&maya, "GET", "/api/v1/badges", NULL, "{faxes voicemail}");
	is_shaped(&maya, "GET", "/api/v1/voicemail", NULL, "{next rows[]}");
	is_shaped(&maya, "GET", "/api/v1/mailboxes/mine", NULL,
		  "{active attach emails[] extension extensionId greetingId hasPin keepDays "
		  "lockedUntil maxMessages maxMs name new old silenceMs spokenNameMs}");
	is_shaped(&maya, "GET", "/api/v1/mailboxes/mine/greetings", NULL, "{next rows[]}");
	is_shaped(&admin, "GET", "/api/v1/mailbox-settings", NULL, "{ownDevice}");
	is_shaped(&admin, "GET", "/api/v1/recordings", NULL, "{next rows[]}");
	is_shaped(&admin, "GET", "/api/v1/recording-settings", NULL, "{keepDays tone}");
	is_shaped(&maya, "GET", "/api/v1/dests?kind=extension&q=maya", NULL,
		  "{next rows[{kind label target}]}");
	is_shaped(&maya, "GET", "/api/v1/people", NULL, "{next rows[{kind name number presence}]}");
	is_shaped(&maya, "GET", "/api/v1/dids", NULL,
		  "{next rows[{active dest{kind label target} faxDest faxEmails[] id kind number "
		  "title}]}");
	is_shaped(&admin, "GET", "/api/v1/live-calls", NULL,
		  "{next rows[{answeredAt from{name number} id recording startedAt state to{name "
		  "number}}]}");
	is_shaped(&admin, "GET", "/api/v1/extensions", NULL,
		  "{next rows[{" EXTENSION
		  " emergencyAddress id name number presence recording registered ringMs "
		  "user{email id name}}]}");
	snprintf(path, sizeof(path), "/api/v1/extensions/%s", house.northwind.maya.id);
	is_shaped(&admin, "GET", path, NULL,
		  "{" EXTENSION " devices[" DEVICE
		  "] emergencyAddress id name number presence recording "
		  "registered registrations[" REGISTRATION "] ringMs user{email id name}}");
	is_shaped(&admin, "GET", "/api/v1/users?q=maya", NULL, "{next rows[" USER "]}");
	is_shaped(NULL, "GET", "/api/v1/me", NULL, "{detail requestId status title type}");
	is_shaped(&admin, "POST", "/api/v1/extensions", "{}",
		  "{fields{name number} requestId status title type}");
	free(maya.me);
	free(admin.me);
}

static void settings_have_their_members(void **state)
{
	struct person maya = sign_in("maya@northwind.localhost");
	struct person admin = sign_in("admin@northwind.localhost");
	char path[128];

	snprintf(path, sizeof(path), "/api/v1/extensions/%s/settings", house.northwind.maya.id);
	is_shaped(&maya, "PUT", path,
		  "{\"dnd\":true,\"forwardAllNumber\":\"1002\",\"forwardBusyNumber\":\"1002\","
		  "\"forwardNoAnswerNumber\":\"1002\",\"forwardUnregisteredNumber\":\"1002\"}",
		  "{callWaiting callerIdName dnd dndSet{at by} dndUntil dndUse emergencyAddress "
		  "emergencyAddressUsual extension{id name number} " FORWARD("All") " " FORWARD(
			  "Busy") " " FORWARD("NoAnswer") " " FORWARD("Unregistered") " ringMs "
										      "voicemail}");
	snprintf(path, sizeof(path), "/api/v1/extensions/%s/follow-me", house.northwind.maya.id);
	is_shaped(&maya, "PUT", path, "{\"enabled\":true,\"destinations\":[{\"number\":\"\"}]}",
		  "{destinations[{confirm delayMs number ringMs}] enabled enabledSet{at by} "
		  "ignoreBusy prefix warnings[]}");
	snprintf(path, sizeof(path), "/api/v1/extensions/%s/reach", house.northwind.maya.id);
	is_shaped(&maya, "GET", path, NULL, "{at end{code text} of rings steps[" STEP "]}");
	is_shaped(&admin, "GET", "/api/v1/registrations", NULL, "{next rows[" REGISTRATION "]}");
	is_shaped(&maya, "GET", "/api/v1/phone/emergency", NULL, "{address numbers[]}");
	is_shaped(&admin, "GET", "/api/v1/emergency-numbers", NULL,
		  "{address notify[] numbers[] usual[]}");
	is_shaped(&maya, "GET", "/api/v1/phone/desk", NULL, "{next rows[{name}]}");
	is_shaped(&maya, "POST", "/api/v1/phone/desk-call", "{\"to\":\"1002\"}", "{callId}");
	is_shaped(&admin, "POST", "/api/v1/call-blocks", "{\"kind\":\"anonymous\"}",
		  "{action active extensionId id kind note pattern use}");
	is_shaped(&admin, "GET", "/api/v1/call-blocks", NULL,
		  "{next rows[{action active extensionId id kind note pattern use}]}");
	is_shaped(&admin, "POST", "/api/v1/dnc", "{\"number\":\"+16285550101\"}",
		  "{addedAt addedBy id note number}");
	is_shaped(&admin, "GET", "/api/v1/dnc", NULL,
		  "{next rows[{addedAt addedBy id note number}]}");
	is_shaped(&maya, "GET", "/api/v1/feature-codes", NULL,
		  "{next rows[{active argument code defaultCode label name what}]}");
	free(maya.me);
	free(admin.me);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers_have_their_members),
					   cmocka_unit_test(settings_have_their_members),
					   cmocka_unit_test(dests_have_their_members)};

	return cmocka_run_group_tests(tests, house_open, house_close);
}
