/**
 * @file api_voicemail.c  Messages and mailboxes: whose, folders, sound in parts, greetings, PIN
 */
#include "api_people.h"
#include "mailbox.h"
#include "sound.h"
#include "voicemail.h"

static char messages[3][ID_SIZE], toms[ID_SIZE];

/* A second of 400 samples' period: 8 kHz, one voice */
static void wav_make(uint8_t *p, size_t samples)
{
	wav_print(p, 8000, 1, (uint32_t)(samples * 2));
	for (size_t i = 0; i < samples; i++) {
		int16_t v = i < samples / 2 ? 0 : (i & 1 ? 16384 : -16384);

		memcpy(p + WAV_HEADER + 2 * i, &v, 2);
	}
}

static int message_add(struct db *db, const struct extension *e, char id[ID_SIZE], int n)
{
	struct voicemail v = {.tenant = e->tenant, .created_at = 1000 + n};
	uint8_t wav[WAV_HEADER + 16000];
	int err;

	wav_make(wav, 8000);
	clock_advance(2); /* ids sort by their millisecond */
	strcpy(v.id, id_new().s);
	strcpy(v.extension_id, e->id);
	strcpy(v.from_number, "+12125550100");
	blob_key(v.blob, e->tenant, v.created_at);
	err = blob_put(house.blobs, v.blob, wav, sizeof(wav));
	if (!err)
		err = voicemail_begin(db, &v);
	strcpy(id, v.id);
	return err ? err : voicemail_finish(db, v.tenant, v.id, 1000, n == 2);
}

static int fill_fn(struct db *db, void *obj)
{
	struct mailbox m;
	int err = 0;

	for (int n = 0; n < 3 && !err; n++)
		err = message_add(db, &house.northwind.maya, messages[n], n);
	if (!err)
		err = message_add(db, &house.northwind.tom, toms, 0);
	if (!err)
		err = mailbox_get(&m, db, house.northwind.row.id, house.northwind.tom.id);
	m.active = true;
	return err ? err : mailbox_change(db, &m);
}

static int open_house(void **state)
{
	return people_open(state, fill_fn);
}

static const char *of(const char *id, const char *rest)
{
	static char path[160];

	snprintf(path, sizeof(path), "/api/v1/voicemail/%s%s", id, rest);
	return path;
}

static const char *box(const char *id, const char *rest)
{
	static char path[200];

	snprintf(path, sizeof(path), "/api/v1/mailboxes/%s%s", id, rest);
	return path;
}

static int count_of(const struct person *p, const char *path)
{
	struct http_response *r = ask(p, "GET", path, NULL);
	json_t *o = json_loads(r->body, 0, NULL);
	int n = r->status == 200 ? (int)json_array_size(json_object_get(o, "rows")) : -r->status;

	json_decref(o);
	http_free(r);
	return n;
}

static void own_messages_only(void **state)
{
	char path[160];

	assert_int_equal(count_of(&maya, "/api/v1/voicemail"), 3);
	assert_int_equal(count_of(&maya, "/api/v1/voicemail?folder=new"), 3);
	assert_int_equal(count_of(&maya, "/api/v1/voicemail?folder=old"), 0);
	assert_int_equal(count_of(&maya, "/api/v1/voicemail?folder=x"), -422);
	snprintf(path, sizeof(path), "/api/v1/voicemail?extensionId=%s", house.northwind.tom.id);
	assert_int_equal(count_of(&maya, path), -404);
	assert_int_equal(count_of(&admin, path), 1);
	assert_int_equal(count_of(&stranger, path), -404);
	assert_int_equal(count_of(&admin, "/api/v1/voicemail"), -404); /* has no extension */
	expect(&maya, "GET", of(messages[0], ""), NULL, 200,
	       "\"from\":{\"number\":\"+12125550100\"");
	expect(&maya, "GET", of(toms, ""), NULL, 404, NULL);
	expect(&maya, "GET", of(toms, "/audio"), NULL, 404, NULL);
	expect(&maya, "GET", of(toms, "/peaks"), NULL, 404, NULL);
	expect(&maya, "PATCH", of(toms, ""), "{\"state\":\"saved\"}", 404, NULL);
	expect(&maya, "DELETE", of(toms, ""), NULL, 404, NULL);
	expect(&stranger, "GET", of(messages[0], "/audio"), NULL, 404, NULL);
	expect(&admin, "GET", of(toms, ""), NULL, 200, "\"extension\":\"1002\"");
}

static void pages_go_on(void **state)
{
	struct http_response *r = ask(&maya, "GET", "/api/v1/voicemail?limit=2", NULL);
	char next[200], path[300], id[ID_SIZE];

	member(next, sizeof(next), r->body, "next");
	assert_string_equal(member(id, sizeof(id), r->body, "rows.0.id"), messages[2]);
	http_free(r);
	snprintf(path, sizeof(path), "/api/v1/voicemail?limit=2&cursor=%s", next);
	expect(&maya, "GET", path, NULL, 200, messages[0]);
	assert_int_equal(count_of(&maya, path), 1);
}

static void marked_deleted_taken_back(void **state)
{
	int told = house.mailboxes;

	expect(&maya, "PATCH", of(messages[0], ""), "{\"state\":\"read\"}", 200,
	       "\"state\":\"read\"");
	assert_int_equal(house.waiting.fresh, 2);
	assert_int_equal(house.waiting.old, 1);
	expect(&maya, "PATCH", of(messages[0], ""), "{\"state\":\"recording\"}", 422, NULL);
	expect(&maya, "PATCH", of(messages[0], ""), "{\"state\":\"new\"}", 200, "\"readAt\":null");
	expect(&maya, "DELETE", of(messages[1], ""), NULL, 204, NULL);
	assert_int_equal(house.waiting.fresh, 2);
	assert_int_equal(count_of(&maya, "/api/v1/voicemail"), 2);
	assert_int_equal(count_of(&maya, "/api/v1/voicemail?folder=deleted"), 1);
	expect(&maya, "PATCH", of(messages[1], ""), "{\"deleted\":false}", 200,
	       "\"deletedAt\":null");
	assert_int_equal(house.waiting.fresh, 3);
	assert_int_equal(house.mailboxes, told + 4);
}

static void heard_in_parts(void **state)
{
	char heads[700], value[128];
	struct http_response *r;

	snprintf(heads, sizeof(heads), "Cookie: %s\r\nRange: bytes=0-43\r\n", maya.cookie);
	r = http_ask(house.port, "GET", of(messages[0], "/audio"), heads, NULL);
	assert_int_equal(r->status, 206);
	assert_int_equal(r->size, 44);
	assert_memory_equal(r->body, "RIFF", 4);
	assert_string_equal(http_head(r, "Content-Range", value, sizeof(value)),
			    "bytes 0-43/16044");
	assert_string_equal(http_head(r, "Content-Type", value, sizeof(value)), "audio/wav");
	http_free(r);
	r = ask(&maya, "GET", of(messages[0], "/audio?format=opus&download=1"), NULL);
	assert_int_equal(r->status, 200);
	assert_memory_equal(r->body, "OggS", 4);
	assert_non_null(strstr(http_head(r, "Content-Disposition", value, sizeof(value)),
			       "attachment; filename=\"voicemail-1001-"));
	http_free(r);
	expect(&maya, "GET", of(messages[0], "/audio?format=mp3"), NULL, 422, "wav or opus");
}

static void outline(void **state)
{
	expect(&maya, "GET", of(messages[0], "/peaks?count=4"), NULL, 200,
	       "\"durationMs\":1000,\"peaks\":[0,0,50,50]");
	expect(&maya, "GET", of(messages[0], "/peaks?count=0"), NULL, 422, NULL);
}

static int audited_h(const struct db_row *row, void *arg)
{
	++*(int *)arg;
	return 0;
}

static int audited_fn(struct db *db, void *obj)
{
	return db_query(db, audited_h, obj, "SELECT 1 FROM audit WHERE action = 'voicemail.listen'",
			"");
}

/* Whoever listens to somebody else's message leaves a trace; the owner does not. */
static void listening_is_audited(void **state)
{
	int n = 0;

	expect(&maya, "GET", of(messages[0], "/audio"), NULL, 200, NULL);
	assert_int_equal(store_read(house.store, audited_fn, &n), 0);
	assert_int_equal(n, 0);
	expect(&admin, "GET", of(messages[0], "/audio"), NULL, 200, NULL);
	assert_int_equal(store_read(house.store, audited_fn, &n), 0);
	assert_int_equal(n, 1);
}

static void forwarded(void **state)
{
	char path[160];

	expect(&maya, "POST", of(messages[0], "/forward"), "{\"extension\":\"7777\"}", 422,
	       "takes no messages");
	expect(&maya, "POST", of(messages[0], "/forward"), "{\"extension\":\"1001\"}", 422,
	       "takes no messages");
	expect(&maya, "POST", of(messages[0], "/forward"), "{\"extension\":\"1002\"}", 204, NULL);
	assert_int_equal(house.waiting.fresh, 2);
	snprintf(path, sizeof(path), "/api/v1/voicemail?extensionId=%s", house.northwind.tom.id);
	expect(&admin, "GET", path, NULL, 200, "\"forwardedBy\":\"Maya");
}

static void settings(void **state)
{
	expect(&maya, "GET", box("mine", ""), NULL, 200, "\"active\":false");
	expect(&maya, "PATCH", box("mine", ""),
	       "{\"active\":true,\"emails\":\"Maya@Example.com, "
	       "b@example.com\",\"attach\":\"wav\"}",
	       200, "\"emails\":[\"maya@example.com\",\"b@example.com\"]");
	expect(&maya, "PATCH", box("mine", ""), "{\"emails\":\"nobody\"}", 422, "no address");
	expect(&maya, "PATCH", box("mine", ""), "{\"greetingId\":\"x1\"}", 422, "greetingId");
	expect(&maya, "GET", box(house.northwind.tom.id, ""), NULL, 404, NULL);
	expect(&admin, "GET", box(house.northwind.tom.id, ""), NULL, 200, "\"extension\":\"1002\"");
	expect(&stranger, "GET", box(house.northwind.tom.id, ""), NULL, 404, NULL);
	expect(&maya, "GET", "/api/v1/mailboxes", NULL, 403, NULL);
	assert_int_equal(count_of(&admin, "/api/v1/mailboxes"), 2);
	assert_int_equal(count_of(&admin, "/api/v1/mailboxes?q=1002"), 1);
	assert_true(house.changed > 0);
}

static void pin(void **state)
{
	expect(&maya, "PUT", box("mine", "/pin"), "{\"pin\":\"1234\"}", 422, "hard to guess");
	expect(&maya, "PUT", box("mine", "/pin"), "{\"pin\":\"1001\"}", 422, NULL);
	expect(&maya, "PUT", box("mine", "/pin"), "{\"pin\":\"2580\"}", 204, NULL);
	expect(&maya, "GET", box("mine", ""), NULL, 200, "\"hasPin\":true");
	expect(&maya, "PUT", box("mine", "/pin"), "{\"pin\":null}", 204, NULL);
	expect(&maya, "GET", box("mine", ""), NULL, 200, "\"hasPin\":false");
	expect(&maya, "PUT", box(house.northwind.tom.id, "/pin"), "{\"pin\":\"2580\"}", 404, NULL);
}

static int upload(const struct person *p, const char *path, const uint8_t *bytes, size_t n,
		  char *body, size_t size)
{
	int fd = http_connect(house.port), status;
	struct http_response *r;
	char head[1024];
	int k = snprintf(
		head, sizeof(head),
		"POST %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nCookie: %s\r\n"
		"X-CSRF-Token: %s\r\nContent-Type: audio/wav\r\nContent-Length: %zu\r\n\r\n",
		path, house.port, p->cookie, p->csrf, n);

	http_write(fd, head, (size_t)k);
	http_write(fd, (const char *)bytes, n);
	r = http_receive(fd, false);
	status = r->status;
	snprintf(body, size, "%s", r->body);
	http_free(r);
	close(fd);
	return status;
}

static void greetings(void **state)
{
	uint8_t wav[WAV_HEADER + 16000];
	char body[2000], id[ID_SIZE], path[200];

	wav_make(wav, 8000);
	assert_int_equal(upload(&maya, box("mine", "/greetings?name=Holidays&use=1"), wav,
				sizeof(wav), body, sizeof(body)),
			 201);
	assert_non_null(strstr(body, "\"name\":\"Holidays\""));
	assert_non_null(strstr(body, "\"active\":true"));
	member(id, sizeof(id), body, "id");
	assert_int_equal(upload(&maya, box("mine", "/greetings"), (const uint8_t *)"MThd....", 8,
				body, sizeof(body)),
			 422);
	assert_non_null(strstr(body, "WAV"));
	wav_make(wav, 100);
	assert_int_equal(
		upload(&maya, box("mine", "/greetings"), wav, WAV_HEADER + 200, body, sizeof(body)),
		422);
	assert_int_equal(upload(&maya, box(house.northwind.tom.id, "/greetings"), wav, 244, body,
				sizeof(body)),
			 404);
	assert_int_equal(count_of(&maya, box("mine", "/greetings")), 1);
	snprintf(path, sizeof(path), "/api/v1/mailboxes/mine/greetings/%s/audio", id);
	expect(&maya, "GET", path, NULL, 200, "RIFF");
	snprintf(path, sizeof(path), "/api/v1/mailboxes/%s/greetings/%s/audio",
		 house.northwind.tom.id, id);
	expect(&admin, "GET", path, NULL, 404, NULL);
	snprintf(path, sizeof(path), "/api/v1/mailboxes/mine/greetings/%s", id);
	expect(&maya, "DELETE", path, NULL, 204, NULL);
	assert_int_equal(count_of(&maya, box("mine", "/greetings")), 0);
	expect(&maya, "GET", box("mine", ""), NULL, 200, "\"greetingId\":null");
}

static void spoken_name(void **state)
{
	static const char audio[] = "/spoken-name/audio";
	uint8_t wav[WAV_HEADER + 16000];
	char body[2000];

	wav_make(wav, 8000);
	expect(&maya, "GET", box("mine", audio), NULL, 404, NULL);
	assert_int_equal(
		upload(&maya, box("mine", "/spoken-name"), wav, sizeof(wav), body, sizeof(body)),
		201);
	assert_non_null(strstr(body, "{\"durationMs\":1000}"));
	expect(&maya, "GET", box("mine", ""), NULL, 200, "\"spokenNameMs\":1000");
	expect(&maya, "GET", box("mine", audio), NULL, 200, "RIFF");
	expect(&admin, "GET", box(house.northwind.maya.id, audio), NULL, 200, "RIFF");
	wav_make(wav, 100);
	assert_int_equal(upload(&maya, box("mine", "/spoken-name"), wav, WAV_HEADER + 200, body,
				sizeof(body)),
			 422);
	assert_int_equal(upload(&maya, box(house.northwind.tom.id, "/spoken-name"), wav, 244, body,
				sizeof(body)),
			 404);
	expect(&maya, "GET", box(house.northwind.tom.id, audio), NULL, 404, NULL);
	expect(&maya, "DELETE", box(house.northwind.tom.id, "/spoken-name"), NULL, 404, NULL);
	expect(&maya, "GET", box("mine", audio), NULL, 200, "RIFF"); /* nothing was lost */
	expect(&maya, "DELETE", box("mine", "/spoken-name"), NULL, 204, NULL);
	expect(&maya, "GET", box("mine", ""), NULL, 200, "\"spokenNameMs\":null");
	expect(&maya, "GET", box("mine", audio), NULL, 404, NULL);
}

static void shared_settings(void **state)
{
	expect(&maya, "PATCH", "/api/v1/mailbox-settings", "{\"ownDevice\":true}", 403, NULL);
	expect(&admin, "GET", "/api/v1/mailbox-settings", NULL, 200, "{\"ownDevice\":false}");
	expect(&admin, "PATCH", "/api/v1/mailbox-settings", "{\"ownDevice\":true}", 200,
	       "{\"ownDevice\":true}");
	expect(&admin, "GET", "/api/v1/mailbox-settings", NULL, 200, "{\"ownDevice\":true}");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_house, people_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(own_messages_only), TEST(pages_go_on), TEST(marked_deleted_taken_back),
		TEST(heard_in_parts),	 TEST(outline),	    TEST(listening_is_audited),
		TEST(forwarded),	 TEST(settings),    TEST(pin),
		TEST(greetings),	 TEST(spoken_name), TEST(shared_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
