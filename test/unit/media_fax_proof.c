/**
 * @file media_fax_proof.c  Tests the proof of a fax: what was written last is read, by one writer
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include "fax_proof.h"

static char folder[64], path[128];

static int open_folder(void **state)
{
	snprintf(folder, sizeof(folder), "/tmp/fax_proof.XXXXXX");
	assert_non_null(mkdtemp(folder));
	return fax_proof_path(path, sizeof(path), folder, "f1");
}

static int close_folder(void **state)
{
	unlink(path);
	return rmdir(folder);
}

static void the_last_word_counts(void **state)
{
	struct fax_proof p = {.pages = 7, .whole = true};
	int fd;

	assert_int_equal(fax_proof_read(&p, path), ENOENT);
	assert_int_equal(p.pages, 0);
	assert_int_equal(fax_proof_open(&fd, path), 0);
	assert_int_equal(fax_proof_read(&p, path), ENOENT);
	assert_int_equal(fax_proof_write(fd, &(struct fax_proof){.pages = 2}), 0);
	assert_int_equal(fax_proof_read(&p, path), 0);
	assert_int_equal(p.pages, 2);
	assert_false(p.whole);
	assert_int_equal(fax_proof_write(fd, &(struct fax_proof){.pages = 12, .whole = true}), 0);
	close(fd);
	assert_int_equal(fax_proof_read(&p, path), 0);
	assert_int_equal(p.pages, 12);
	assert_true(p.whole);
}

static void a_later_call_keeps_what_was_proved(void **state)
{
	struct fax_proof p;
	int fd, second;

	assert_int_equal(fax_proof_open(&fd, path), 0);
	assert_int_equal(fax_proof_write(fd, &(struct fax_proof){.pages = 3}), 0);
	assert_true(fax_proof_busy(path));
	assert_int_equal(fax_proof_open(&second, path), EWOULDBLOCK);
	close(fd);
	assert_false(fax_proof_busy(path));
	assert_int_equal(fax_proof_open(&fd, path), 0);
	assert_int_equal(fax_proof_read(&p, path), 0);
	assert_int_equal(p.pages, 3);
	close(fd);
}

static void nonsense_proves_nothing(void **state)
{
	struct fax_proof p;
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	assert_int_equal(write(fd, "whatever", 8), 8);
	close(fd);
	assert_int_equal(fax_proof_read(&p, path), EBADMSG);
	assert_int_equal(p.pages, 0);
	assert_int_equal(close_folder(state), 0);
	assert_int_equal(fax_proof_path(path, 8, folder, "f1"), ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_last_word_counts, open_folder, close_folder),
		cmocka_unit_test_setup_teardown(a_later_call_keeps_what_was_proved, open_folder,
						close_folder),
		cmocka_unit_test_setup_teardown(nonsense_proves_nothing, open_folder, NULL),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
