/**
 * @file model_secret.c  Sealed passwords and their key
 */
#include <sys/stat.h>
#include "model_test.h"

static char key[128];

static int setup_key(void **state)
{
	folder_make(&folder);
	snprintf(key, sizeof(key), "%s/key", folder.path);
	return 0;
}

static int teardown_key(void **state)
{
	secret = mem_deref(secret);
	folder_remove(&folder);
	return 0;
}

static void test_sealed_and_opened(void **state)
{
	char a[SECRET_SEALED], b[SECRET_SEALED], plain[SECRET_PLAIN], longest[SECRET_PLAIN];

	assert_int_equal(secret_load(&secret, key), 0);
	assert_true(secret_seal(a, secret, "sesame"));
	assert_true(secret_seal(b, secret, "sesame"));
	assert_string_not_equal(a, b);
	assert_true(secret_open(plain, secret, a));
	assert_string_equal(plain, "sesame");
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_true(secret_seal(a, secret, longest));
	assert_true(secret_open(plain, secret, a));
	assert_string_equal(plain, longest);
	assert_true(secret_seal(a, secret, ""));
	assert_true(secret_open(plain, secret, a));
	assert_string_equal(plain, "");
}

static void test_tampering_is_noticed(void **state)
{
	char sealed[SECRET_SEALED], plain[SECRET_PLAIN];

	assert_int_equal(secret_load(&secret, key), 0);
	assert_true(secret_seal(sealed, secret, "sesame"));
	for (size_t i = 0; i < strlen(sealed); i++) {
		char was = sealed[i];

		sealed[i] = was == '0' ? '1' : '0';
		assert_false(secret_open(plain, secret, sealed));
		assert_string_equal(plain, "");
		sealed[i] = was;
	}
	assert_false(secret_open(plain, secret, ""));
	assert_false(secret_open(plain, secret, "zz"));
	assert_false(secret_open(plain, secret, "0011"));
}

static void test_key_is_kept(void **state)
{
	char sealed[SECRET_SEALED], plain[SECRET_PLAIN];
	struct stat st;

	assert_int_equal(secret_load(&secret, key), 0);
	assert_true(secret_seal(sealed, secret, "sesame"));
	mem_deref(secret);
	assert_int_equal(secret_load(&secret, key), 0);
	assert_true(secret_open(plain, secret, sealed));
	assert_int_equal(stat(key, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_size, 32);
}

static void test_other_key_opens_nothing(void **state)
{
	char sealed[SECRET_SEALED], plain[SECRET_PLAIN];

	assert_int_equal(secret_load(&secret, key), 0);
	assert_true(secret_seal(sealed, secret, "sesame"));
	secret = mem_deref(secret);
	assert_int_equal(unlink(key), 0);
	assert_int_equal(secret_load(&secret, key), 0);
	assert_false(secret_open(plain, secret, sealed));
}

static void test_key_that_others_can_read_is_refused(void **state)
{
	assert_int_equal(secret_load(&secret, key), 0);
	secret = mem_deref(secret);
	assert_int_equal(chmod(key, 0640), 0);
	assert_int_equal(secret_load(&secret, key), EPERM);
	assert_int_equal(chmod(key, 0600), 0);
	assert_int_equal(truncate(key, 31), 0);
	assert_int_equal(secret_load(&secret, key), EINVAL);
	assert_null(secret);
}

#undef TEST
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_key, teardown_key)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sealed_and_opened),
		TEST(test_tampering_is_noticed),
		TEST(test_key_is_kept),
		TEST(test_other_key_opens_nothing),
		TEST(test_key_that_others_can_read_is_refused),
	};

	return RUN(tests);
}
