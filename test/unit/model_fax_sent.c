/**
 * @file model_fax_sent.c  What went over the line: kept by its try, given back, by its tenant only
 */
#include <unistd.h>
#include "fax.h"
#include "fax_sent.h"
#include "model_test.h"

static struct blobs *blobs;
static char place[64], file[96];

static void blobs_open(void)
{
	strcpy(place, "/tmp/fax_sent.XXXXXX");
	assert_non_null(mkdtemp(place));
	snprintf(file, sizeof(file), "%s/call.tif", place);
	assert_int_equal(blobs_alloc(&blobs, place), 0);
}

static void blobs_close(void)
{
	char command[128];

	blobs = mem_deref(blobs);
	snprintf(command, sizeof(command), "rm -r %s", place);
	assert_int_equal(system(command), 0);
}

static void file_make(const char *text)
{
	FILE *f;

	(void)unlink(file);
	f = fopen(file, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static struct fax fax_make(void)
{
	struct fax f = {.tenant = mine.id, .pages = 3, .tries_max = 3};

	strcpy(f.to, "+16285550199");
	assert_int_equal(fax_add(db, &f), 0);
	return f;
}

static struct fax_sent sent_make(const struct fax *f, int64_t number, const char *text)
{
	struct fax_sent s = {.tenant = f->tenant, .number = number, .sheets = number > 1};

	strcpy(s.fax_id, f->id);
	text_sha256(s.sha256, text, strlen(text));
	file_make(text);
	assert_int_equal(fax_sent_keep(db, blobs, &s, file), 0);
	return s;
}

static bool there(const char *blob)
{
	char path[BLOB_PATH];

	blob_path(path, blobs, blob);
	return !access(path, F_OK);
}

static int count_h(const struct fax_sent *s, void *arg)
{
	++*(unsigned *)arg;
	return 0;
}

static unsigned count(const struct fax *f)
{
	unsigned n = 0;

	assert_int_equal(fax_sent_list(db, f->tenant, f->id, count_h, &n), 0);
	return n;
}

static void kept_with_what_its_try_confirmed(void **state)
{
	struct fax f = (blobs_open(), fax_make());
	struct fax_attempt a;
	struct fax_sent s, got;
	AUTO void *octets = NULL;
	size_t n = 0;

	assert_int_equal(fax_attempt_begin(db, &f, &a), 0);
	s = sent_make(&f, 1, "first");
	a.pages = 2;
	assert_int_equal(fax_attempt_end(db, &f, &a), 0);
	f.pages_sent = 2;
	assert_int_equal(fax_attempt_begin(db, &f, &a), 0);
	(void)sent_make(&f, 2, "second");
	assert_int_equal(count(&f), 2);
	assert_int_equal(fax_sent_get(&got, db, mine.id, f.id, 1), 0);
	assert_string_equal(got.sha256, s.sha256);
	assert_int_equal(got.confirmed, 2);
	assert_int_equal(fax_sent_get(&got, db, mine.id, f.id, 2), 0);
	assert_int_equal(got.first_page, 2);
	assert_int_equal(got.sheets, 1);
	/* a file of the same name is another one */
	assert_int_equal(blob_get(&octets, &n, blobs, s.blob, 100), 0);
	assert_string_equal((char *)octets, "first");
	assert_int_equal(fax_sent_get(&got, db, other.id, f.id, 1), ENOENT);
	assert_int_equal(fax_sent_get(&got, db, mine.id, f.id, 3), ENOENT);
	blobs_close();
}

static void given_back_with_its_file(void **state)
{
	struct fax f = (blobs_open(), fax_make());
	struct fax_attempt a;
	struct fax_sent one, two;

	assert_int_equal(fax_attempt_begin(db, &f, &a), 0);
	one = sent_make(&f, 1, "one");
	two = sent_make(&f, 1, "again");
	assert_false(there(one.blob));
	assert_true(there(two.blob));
	assert_int_equal(fax_sent_drop(db, blobs, other.id, f.id, 1), 0);
	assert_int_equal(count(&f), 1);
	assert_int_equal(fax_sent_drop(db, blobs, mine.id, f.id, 2), 0);
	assert_int_equal(count(&f), 1);
	assert_int_equal(fax_sent_drop(db, blobs, mine.id, f.id, 0), 0);
	assert_int_equal(count(&f), 0);
	assert_false(there(two.blob));
	blobs_close();
}

static void what_is_not_there_is_not_kept(void **state)
{
	struct fax f = (blobs_open(), fax_make());
	struct fax_sent s = {.tenant = f.tenant, .number = 1};

	strcpy(s.fax_id, f.id);
	(void)unlink(file);
	assert_int_equal(fax_sent_keep(db, blobs, &s, file), ENOENT);
	assert_int_equal(count(&f), 0);
	blobs_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(kept_with_what_its_try_confirmed),
		TEST(given_back_with_its_file),
		TEST(what_is_not_there_is_not_kept),
	};

	return RUN(tests);
}
