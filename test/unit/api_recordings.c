/**
 * @file api_recordings.c  Recordings of calls: who may hear them, the page of a call, the button
 */
#include "api_people.h"
#include "cdr.h"
#include "recorded.h"
#include "sound.h"

static struct recorded own, foreign;

static int piece_add(struct db *db, struct recorded *r, const char *call)
{
	uint8_t wav[WAV_HEADER + 3200] = {0};
	int err;

	memset(r, 0, sizeof(*r));
	r->tenant = house.northwind.row.id;
	r->by = BY_RULE;
	r->started_at = 5000;
	clock_advance(2); /* ids sort by their millisecond */
	strcpy(r->id, id_new().s);
	strcpy(r->call_id, call);
	strcpy(r->extension_id, house.northwind.maya.id);
	blob_key(r->blob, r->tenant, 0);
	wav_print(wav, 8000, 2, 3200);
	err = blob_put(house.blobs, r->blob, wav, sizeof(wav));
	if (!err)
		err = recorded_begin(db, r);
	return err ? err : recorded_finish(db, r->tenant, r->id, 100);
}

static int call_add(struct db *db, const char *number, char id[ID_SIZE])
{
	struct cdr *c;
	int err = cdr_alloc(&c, 0, 0);

	if (err)
		return err;
	c->tenant = house.northwind.row.id;
	strcpy(c->id, id_new().s);
	strcpy(id, c->id);
	strcpy(c->from.number, number);
	strcpy(c->from.extension, number);
	strcpy(c->to.number, "+12125550100");
	c->started_at = clock_wall_ms();
	c->ended_at = c->started_at + 1000;
	err = cdr_write(db, c);
	mem_deref(c);
	return err;
}

static int fill_fn(struct db *db, void *obj)
{
	char mayas[ID_SIZE], toms[ID_SIZE];
	int err = call_add(db, "1001", mayas);

	if (!err)
		err = call_add(db, "1002", toms);
	if (!err)
		err = piece_add(db, &own, mayas);
	return err ? err : piece_add(db, &foreign, toms);
}

static int open_house(void **state)
{
	return people_open(state, fill_fn);
}

static const char *of(const struct recorded *r, const char *rest)
{
	static char path[160];

	snprintf(path, sizeof(path), "/api/v1/recordings/%s%s", r->id, rest);
	return path;
}

static void heard_by_whoever_took_part(void **state)
{
	char path[160];

	expect(&maya, "GET", of(&own, "/audio"), NULL, 200, "RIFF");
	expect(&maya, "GET", of(&own, "/audio?format=opus"), NULL, 200, "OggS");
	expect(&maya, "GET", of(&own, "/peaks?count=2"), NULL, 200, "\"peaks\":[0,0]");
	expect(&maya, "GET", of(&foreign, "/audio"), NULL, 404, NULL);
	expect(&maya, "GET", of(&foreign, "/peaks"), NULL, 404, NULL);
	expect(&admin, "GET", of(&foreign, "/audio"), NULL, 200, "RIFF");
	expect(&stranger, "GET", of(&own, "/audio"), NULL, 404, NULL);
	expect(&maya, "GET", "/api/v1/recordings", NULL, 403, NULL);
	expect(&admin, "GET", "/api/v1/recordings", NULL, 200, own.id);
	expect(&admin, "GET", "/api/v1/recordings?limit=1", NULL, 200, foreign.id);
	expect(&admin, "GET", "/api/v1/recordings?q=1002", NULL, 200, foreign.id);
	expect(&admin, "GET", "/api/v1/recordings?q=1001&limit=1", NULL, 200,
	       "\"from\":{\"number\":\"1001\",");
	expect(&admin, "GET", "/api/v1/recordings?q=nobody", NULL, 200, "\"rows\":[]");
	expect(&admin, "GET", "/api/v1/recordings?from=5000&to=5001&limit=1", NULL, 200,
	       foreign.id);
	expect(&admin, "GET", "/api/v1/recordings?from=5001", NULL, 200, "\"rows\":[]");
	expect(&admin, "GET", "/api/v1/recordings?to=5000", NULL, 200, "\"rows\":[]");
	expect(&admin, "GET", "/api/v1/recordings?from=monday", NULL, 422, "\"from\"");
	snprintf(path, sizeof(path), "/api/v1/calls/%s", own.call_id);
	expect(&maya, "GET", path, NULL, 200, "\"extension\":\"1001\",\"by\":\"rule\"");
}

static void deleted_for_good(void **state)
{
	int fd;

	expect(&maya, "DELETE", of(&own, ""), NULL, 403, NULL);
	expect(&stranger, "DELETE", of(&own, ""), NULL, 404, NULL);
	expect(&admin, "DELETE", of(&own, ""), NULL, 204, NULL);
	expect(&admin, "GET", of(&own, "/audio"), NULL, 404, NULL);
	assert_int_equal(blob_open(&fd, NULL, house.blobs, own.blob), ENOENT);
}

static void button(void **state)
{
	static const char path[] =
		"/api/v1/live-calls/0192f0c1-0000-7000-8000-000000000001/recording";

	expect(&maya, "POST", path, "{\"action\":\"start\"}", 204, NULL);
	assert_string_equal(house.recorded, "start");
	expect(&maya, "POST", path, "{\"action\":\"pause\"}", 204, NULL);
	expect(&maya, "POST", path, "{\"action\":\"resume\"}", 409, "connected");
	expect(&maya, "POST", path, "{\"action\":\"sing\"}", 422, NULL);
	expect(&admin, "POST", path, "{\"action\":\"stop\"}", 204, NULL);
	expect(&stranger, "POST", path, "{\"action\":\"stop\"}", 404, NULL);
}

static void what_my_phones_are_in(void **state)
{
	expect(&maya, "GET", "/api/v1/phone/calls", NULL, 200,
	       "{\"rows\":[{\"id\":\"0192f0c1-0000-7000-8000-000000000001\",\"callId\":\"1001\","
	       "\"recording\":\"paused\",\"byRule\":true,\"voicemail\":false,"
	       "\"line\":{\"number\":\"+14155550110\",\"name\":\"\"}}]");
	expect(&admin, "GET", "/api/v1/phone/calls", NULL, 200, "\"rows\":[]");
	expect(&maya, "POST", "/api/v1/live-calls/0192f0c1-0000-7000-8000-000000000001/voicemail",
	       NULL, 204, NULL);
	expect(&maya, "POST", "/api/v1/live-calls/gone/voicemail", NULL, 409, "ring any more");
	expect(&admin, "POST", "/api/v1/live-calls/0192f0c1-0000-7000-8000-000000000001/voicemail",
	       NULL, 404, NULL);
}

static void settings(void **state)
{
	expect(&maya, "GET", "/api/v1/recording-settings", NULL, 403, NULL);
	expect(&admin, "PATCH", "/api/v1/recording-settings", "{\"keepDays\":30,\"tone\":true}",
	       200, "{\"keepDays\":30,\"tone\":true}");
	expect(&admin, "GET", "/api/v1/recording-settings", NULL, 200, "\"keepDays\":30");
	expect(&admin, "PATCH", "/api/v1/recording-settings", "{\"keepDays\":-1}", 422, NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_house, people_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(heard_by_whoever_took_part), TEST(deleted_for_good), TEST(button),
		TEST(what_my_phones_are_in),	  TEST(settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
