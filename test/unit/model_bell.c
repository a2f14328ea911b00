/**
 * @file model_bell.c  Bells: how many, of whom, until when
 */
#include "bell.h"
#include "login.h"
#include "model_test.h"

static const char key[] =
	"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SR"
	"pkNtoIAiw4",
		  auth[] = "BTBZMqHH6r4Tts7J_aSIgg";

static struct extension ext;
static struct user who;
static struct login login;

static void sign_in(void)
{
	char token[LOGIN_TOKEN];

	ext = extension_make(mine.id, "1001", "Maya");
	who = user_make(mine.id, "maya@example.com", ext.id);
	login_make(&login, token, &who, false, "127.0.0.1", "", 1000);
	assert_int_equal(login_add(db, &login), 0);
}

static struct bell bell_make(const char *endpoint, const char *device, int64_t now)
{
	struct bell b = {.tenant = mine.id, .expires_at = 5000};

	assert_true(push_target_read(&b.target, endpoint, key, auth));
	str_ncpy(b.login_id, login.id, sizeof(b.login_id));
	str_ncpy(b.user_id, who.id, sizeof(b.user_id));
	str_ncpy(b.extension_id, ext.id, sizeof(b.extension_id));
	str_ncpy(b.device_id, device, sizeof(b.device_id));
	assert_int_equal(bell_put(db, &b, now), 0);
	return b;
}

static int list_h(const struct bell *b, void *arg)
{
	struct push_target t;

	assert_true(push_target_read(&t, b->target.endpoint, key, auth));
	assert_memory_equal(&t, &b->target, sizeof(t));
	listed_add(arg, b->target.endpoint);
	return 0;
}

static const char *listed_now(int64_t now)
{
	static struct listed l;

	memset(&l, 0, sizeof(l));
	assert_int_equal(bell_list(db, mine.id, ext.id, now, list_h, &l), 0);
	return l.all;
}

static void one_of_a_browser(void **state)
{
	struct listed l = {0};

	sign_in();
	bell_make("https://a.example/1", "one", 1000);
	bell_make("https://a.example/2", "two", 1001);
	bell_make("https://a.example/3", "one", 1002); /* its browser has another one */
	assert_string_equal(listed_now(2000), "https://a.example/2 https://a.example/3");
	bell_make("https://a.example/2", "three", 1003); /* its endpoint another browser's record */
	assert_string_equal(listed_now(2000), "https://a.example/3 https://a.example/2");
	assert_string_equal(listed_now(5000), "");
	assert_int_equal(bell_each(db, 2000, list_h, &l), 0);
	assert_int_equal(l.count, 2);
}

static void oldest_goes(void **state)
{
	char url[64], device[16];
	struct listed l = {0};

	sign_in();
	for (int i = 0; i < BELLS_MAX + 2; i++) {
		snprintf(url, sizeof(url), "https://a.example/%02d", i);
		snprintf(device, sizeof(device), "d%d", i);
		bell_make(url, device, 1000 + i);
	}
	assert_int_equal(bell_list(db, mine.id, ext.id, 2000, list_h, &l), 0);
	assert_int_equal(l.count, BELLS_MAX);
	assert_null(strstr(l.all, "/01"));
	assert_non_null(strstr(l.all, "/02"));
}

static void ends_with_what_it_belongs_to(void **state)
{
	struct bell b;

	sign_in();
	bell_make("https://a.example/1", "one", 1000);
	bell_make("https://a.example/2", "two", 1001);
	bell_make("https://a.example/3", "three", 1002);
	assert_int_equal(bell_end(db, mine.id, ext.id, "one", NULL), 0);
	assert_string_equal(listed_now(2000), "https://a.example/2 https://a.example/3");
	assert_int_equal(bell_end(db, mine.id, ext.id, NULL, "three"), 0);
	assert_string_equal(listed_now(2000), "https://a.example/3");
	assert_int_equal(bell_end(db, other.id, ext.id, NULL, NULL), 0);
	assert_string_equal(listed_now(2000), "https://a.example/3");
	b = bell_make("https://a.example/4", "four", 1003);
	assert_int_equal(bell_forget(db, b.id), 0);
	assert_string_equal(listed_now(2000), "https://a.example/3");
	assert_int_equal(login_end(db, mine.id, who.id, login.id), 0);
	assert_string_equal(listed_now(2000), "");
}

static void ends_with_the_device(void **state)
{
	struct device d;

	sign_in();
	d = device_make(&ext, "mine.example.com", DEVICE_BROWSER);
	bell_make("https://a.example/1", d.id, 1000);
	assert_int_equal(device_remove(db, mine.id, d.id), 0);
	assert_string_equal(listed_now(2000), "");
}

/* It is made once; one that another secret sealed is worth nothing, and neither are its bells. */
static void key_is_kept(void **state)
{
	uint8_t first[PUSH_PRIVATE], again[PUSH_PRIVATE];
	char file[160];
	struct secret *another;

	sign_in();
	assert_int_equal(bell_key(first, db, secret, 1000), 0);
	bell_make("https://a.example/1", "one", 1000);
	assert_int_equal(bell_key(again, db, secret, 2000), 0);
	assert_memory_equal(first, again, sizeof(first));
	assert_string_equal(listed_now(2000), "https://a.example/1");
	snprintf(file, sizeof(file), "%s/another.key", folder.path);
	assert_int_equal(secret_load(&another, file), 0);
	assert_int_equal(bell_key(again, db, another, 3000), 0);
	assert_memory_not_equal(first, again, sizeof(first));
	assert_string_equal(listed_now(2000), "");
	mem_deref(another);
}

static void words_of_a_call(void **state)
{
	char text[PUSH_TEXT], name[PUSH_TEXT + 1];

	assert_true(bell_text(text, BELL_CALL, "id", "Tom \"T\" Becker", "1002"));
	assert_string_equal(text, "{\"news\":\"call\",\"call\":\"id\",\"name\":\"Tom \\\"T\\\" "
				  "Becker\",\"number\":\"1002\"}");
	assert_true(bell_text(text, BELL_MISSED, "id", "\xff", ""));
	assert_string_equal(text, "{\"news\":\"missed\",\"call\":\"id\",\"name\":\"\","
				  "\"number\":\"\"}");
	memset(name, 'x', sizeof(name));
	name[PUSH_TEXT] = '\0';
	assert_false(bell_text(text, BELL_ANSWERED, "id", name, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_of_a_browser),	    TEST(oldest_goes), TEST(ends_with_what_it_belongs_to),
		TEST(ends_with_the_device), TEST(key_is_kept), TEST(words_of_a_call),
	};

	return RUN(tests);
}
