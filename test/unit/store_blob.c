/**
 * @file store_blob.c  Blobs: whole or not at all, and never outside their folder
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>
#include <cmocka.h>
#include "blob.h"
#include "folder.h"
#include "own.h"

static const int64_t when = INT64_C(1795000000000); /* November 2026 */

static struct folder folder;
static struct blobs *blobs;

static int setup(void **state)
{
	char path[128];

	folder_make(&folder);
	snprintf(path, sizeof(path), "%s/blobs", folder.path);
	return blobs_alloc(&blobs, path);
}

static int teardown(void **state)
{
	blobs = mem_deref(blobs);
	folder_remove(&folder);
	return 0;
}

static unsigned files;

static int count_file(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	files += kind == FTW_F;
	return 0;
}

static unsigned count_files(void)
{
	files = 0;
	nftw(folder.path, count_file, 16, FTW_PHYS);
	return files;
}

static void test_put_get_delete(void **state)
{
	char key[BLOB_KEY], bytes[3000];
	void *p;
	size_t n;

	memset(bytes, 'q', sizeof(bytes));
	blob_key(key, 42, when);
	assert_int_equal(strncmp(key, "42/2026/11/", 11), 0);
	assert_int_equal(blob_key_tenant(key), 42);
	assert_int_equal(blob_put(blobs, key, bytes, sizeof(bytes)), 0);
	assert_int_equal(blob_get(&p, &n, blobs, key, sizeof(bytes)), 0);
	assert_int_equal(n, sizeof(bytes));
	assert_memory_equal(p, bytes, n);
	mem_deref(p);
	assert_int_equal(blob_get(&p, &n, blobs, key, sizeof(bytes) - 1), EFBIG);
	assert_int_equal(blob_delete(blobs, key), 0);
	assert_int_equal(blob_delete(blobs, key), 0);
	assert_int_equal(blob_get(&p, &n, blobs, key, sizeof(bytes)), ENOENT);
	assert_int_equal(count_files(), 0);
}

static void test_stream(void **state)
{
	struct blob_writer *w;
	char key[BLOB_KEY], buf[16] = "";
	off_t size;
	int fd;

	blob_key(key, 1, when);
	assert_int_equal(blob_create(&w, blobs, key), 0);
	assert_int_equal(blob_write(w, "hello ", 6), 0);
	assert_int_equal(blob_open(&fd, &size, blobs, key), ENOENT); /* not there yet */
	assert_int_equal(blob_write(w, "world", 5), 0);
	assert_int_equal(blob_keep(w), 0);
	assert_int_equal(blob_open(&fd, &size, blobs, key), 0);
	assert_int_equal(size, 11);
	assert_int_equal(read(fd, buf, sizeof(buf)), 11);
	assert_string_equal(buf, "hello world");
	close(fd);
}

static void test_given_up_leaves_nothing(void **state)
{
	struct blob_writer *w;
	char key[BLOB_KEY];

	blob_key(key, 1, when);
	assert_int_equal(blob_create(&w, blobs, key), 0);
	assert_int_equal(blob_write(w, "half", 4), 0);
	mem_deref(w);
	assert_int_equal(count_files(), 0);
}

static void test_never_overwritten(void **state)
{
	char key[BLOB_KEY];
	void *p;
	size_t n;

	blob_key(key, 1, when);
	assert_int_equal(blob_put(blobs, key, "one", 3), 0);
	assert_int_equal(blob_put(blobs, key, "two", 3), EEXIST);
	assert_int_equal(blob_get(&p, &n, blobs, key, 100), 0);
	assert_string_equal(p, "one");
	mem_deref(p);
	assert_int_equal(count_files(), 1);
}

static void test_odd_keys_are_refused(void **state)
{
	static const char *const odd[] = {
		"",
		"/etc/passwd",
		"../../etc/passwd",
		"1/2026/11/../../../x",
		"1/2026/11/",
		"1/2026/11/0192f0c1-0000-7000-8000-00000000000g",
		"1/2026/11/0192f0c1-0000-7000-8000-000000000000/x",
		"1/2026/11/0192F0C1-0000-7000-8000-000000000000",
		"-1/2026/11/0192f0c1-0000-7000-8000-000000000000",
		"1//11/0192f0c1-0000-7000-8000-000000000000",
		"11111111111111111111111111/2026/11/0192f0c1-0000-7000-8000-000000000000",
	};

	assert_true(blob_key_valid("1/2026/11/0192f0c1-0000-7000-8000-000000000000"));
	for (size_t i = 0; i < COUNT(odd); i++) {
		int fd;

		assert_false(blob_key_valid(odd[i]));
		assert_int_equal(blob_key_tenant(odd[i]), -1);
		assert_int_equal(blob_put(blobs, odd[i], "x", 1), EINVAL);
		assert_int_equal(blob_open(&fd, NULL, blobs, odd[i]), EINVAL);
		assert_int_equal(blob_delete(blobs, odd[i]), EINVAL);
	}
}

static void test_link_is_not_followed(void **state)
{
	char key[BLOB_KEY], path[256];
	int fd;

	blob_key(key, 1, when);
	assert_int_equal(blob_put(blobs, key, "x", 1), 0);
	snprintf(path, sizeof(path), "%s/blobs/%s", folder.path, key);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(blob_open(&fd, NULL, blobs, key), ELOOP);
}

static void test_only_the_owner_reads(void **state)
{
	char key[BLOB_KEY], path[256];
	struct stat st;

	blob_key(key, 1, when);
	assert_int_equal(blob_put(blobs, key, "x", 1), 0);
	snprintf(path, sizeof(path), "%s/blobs/%s", folder.path, key);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_put_get_delete),	    TEST(test_stream),
		TEST(test_given_up_leaves_nothing), TEST(test_never_overwritten),
		TEST(test_odd_keys_are_refused),    TEST(test_link_is_not_followed),
		TEST(test_only_the_owner_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
