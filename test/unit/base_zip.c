/**
 * @file base_zip.c  Archives that other programs open
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "zip.h"

static struct zip z;

static void python_opens_it(void **state)
{
	char path[] = "/tmp/zip-XXXXXX", command[400];

	z = (struct zip){.fd = mkstemp(path)};
	assert_true(z.fd >= 0);
	assert_int_equal(zip_add(&z, "a.pdf", "one", 3), 0);
	assert_int_equal(zip_add(&z,
				 "Gr\xc3\xbc\xc3\x9f"
				 "e.pdf",
				 "", 0),
			 0);
	assert_int_equal(zip_end(&z), 0);
	close(z.fd);
	snprintf(command, sizeof(command),
		 "python3 -c 'import zipfile; z = zipfile.ZipFile(\"%s\"); assert z.testzip() is "
		 "None; assert z.read(\"a.pdf\") == b\"one\"; assert len(z.namelist()) == 2 and "
		 "z.namelist()[1].startswith(\"Gr\\xfc\")'",
		 path);
	assert_int_equal(system(command), 0);
	unlink(path);
}

static void it_has_bounds(void **state)
{
	char name[ZIP_NAME + 1];
	unsigned n = 0;

	z = (struct zip){.fd = -1};
	memset(name, 'a', sizeof(name));
	name[ZIP_NAME] = '\0';
	assert_int_equal(zip_add(&z, name, "", 0), ENAMETOOLONG);
	assert_int_equal(zip_add(&z, "a", "x", 1), EBADF);
	z = (struct zip){.fd = dup(1)};
	close(z.fd);
	z.fd = fileno(tmpfile());
	while (!zip_add(&z, "a", "x", 1))
		n++;
	assert_int_equal(n, ZIP_FILES);
	z.count = 0;
	z.at = UINT32_MAX - 5;
	assert_int_equal(zip_add(&z, "a", "x", 1), EFBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(python_opens_it),
		cmocka_unit_test(it_has_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
