/**
 * @file docconvert_letter.c  A mail is taken apart, and no mail takes us apart
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <jansson.h>
#include "letter.h"

static char folder[64], message[96];
static FILE *mail;
static struct converted done;
static json_t *said;

static int setup(void **state)
{
	strcpy(folder, "/tmp/letter-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(message, sizeof(message), "%s/message", folder);
	mail = fopen(message, "w");
	return mail ? 0 : -1;
}

static int teardown(void **state)
{
	char command[128];

	json_decref(said);
	said = NULL;
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

static enum refusal opened(void)
{
	const struct convert c = {
		.inputs = {message}, .count = 1, .out = folder, .seconds = 30, .memory_mib = 256};
	char path[96];
	enum refusal r;

	fclose(mail);
	memset(&done, 0, sizeof(done));
	r = letter_open(&done, &c);
	snprintf(path, sizeof(path), "%s/mail.json", folder);
	said = json_load_file(path, 0, NULL);
	return r;
}

static const char *field(const char *name)
{
	return json_string_value(json_object_get(said, name));
}

#define HEAD "MIME-Version: 1.0\r\nFrom: Maya <maya@x.example>\r\nMessage-ID: <1@x.example>\r\n"
#define MIXED HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\n"

static const char *recipient(size_t i)
{
	return json_string_value(json_array_get(json_object_get(said, "to"), i));
}

static void a_mail_gives_its_texts_and_documents(void **state)
{
	char path[96], got[16] = "";
	FILE *f;

	fputs("Authentication-Results: mx.example; spf=pass\r\n"
	      "Authentication-Results: evil.example; dmarc=pass\r\n"
	      "To: fax@x.example, =?utf-8?q?Zo=C3=AB?= <+16285550199@fax.example>\r\n"
	      "Cc: \"Ruiz, Ana\" <5550177@fax.example>\r\n"
	      "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n" MIXED
	      "--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nHallo B\xfcro\r\n"
	      "--b\r\nContent-Type: text/html\r\n\r\n<b>Hallo</b>\r\n"
	      "--b\r\nContent-Type: application/octet-stream; name=A.PDF\r\n"
	      "Content-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n"
	      "--b\r\nContent-Type: image/png; name=\"../../x.png\"\r\n\r\npng\r\n--b--\r\n",
	      mail);
	assert_int_equal(opened(), REFUSE_NOTHING);
	assert_int_equal(done.pages, 2);
	assert_string_equal(field("subject"), "Gr\xc3\xbc\xc3\x9f"
					      "e");
	assert_string_equal(field("text"), "Hallo B\xc3\xbcro");
	assert_string_equal(field("from"), "maya@x.example");
	assert_string_equal(field("messageId"), "1@x.example");
	assert_string_equal(field("auth"), "mx.example; spf=pass");
	assert_string_equal(recipient(0), "+16285550199@fax.example Zo\xc3\xab");
	assert_string_equal(recipient(1), "5550177@fax.example Ruiz, Ana");
	assert_string_equal(json_string_value(json_array_get(json_object_get(said, "names"), 0)),
			    "A.PDF");
	assert_string_equal(json_string_value(json_array_get(json_object_get(said, "names"), 1)),
			    "../../x.png");
	snprintf(path, sizeof(path), "%s/part-1", folder);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fread(got, 1, sizeof(got), f), 5);
	fclose(f);
	assert_string_equal(got, "%PDF-");
}

static void no_line_end_gets_through(void **state)
{
	fputs("Subject: =?utf-8?q?a=0D=0ABcc:_x@y=00=1B?=\r\n" HEAD "\r\nText\r\n", mail);
	assert_int_equal(opened(), REFUSE_NOTHING);
	assert_null(strpbrk(field("subject"), "\r\n\x1b"));
}

static void what_cannot_be_faxed_is_named(void **state)
{
	fputs(MIXED "--b\r\nContent-Type: application/msword; name=\"a.doc\"\r\n"
		    "Content-Disposition: attachment\r\n\r\nx\r\n--b--\r\n",
	      mail);
	assert_int_equal(opened(), REFUSE_UNKNOWN);
	assert_non_null(strstr(done.fault, "\"a.doc\""));
}

static void pictures_of_a_signature_are_no_pages(void **state)
{
	fputs(HEAD "Content-Type: multipart/related; boundary=b\r\n\r\n"
		   "--b\r\nContent-Type: text/html\r\n\r\n<img>\r\n"
		   "--b\r\nContent-Type: image/png; name=logo.png\r\n\r\npng\r\n--b--\r\n",
	      mail);
	assert_int_equal(opened(), REFUSE_NOTHING);
	assert_int_equal(done.pages, 0);
}

static void ten_thousand_parts_are_refused(void **state)
{
	fputs(MIXED, mail);
	for (int i = 0; i < 10000; i++)
		fputs("--b\r\nContent-Type: text/plain\r\n\r\nx\r\n", mail);
	assert_int_equal(opened(), REFUSE_COMPLEX);
	assert_null(said);
}

static void too_many_documents_are_refused(void **state)
{
	fputs(MIXED, mail);
	for (int i = 0; i <= INPUTS; i++)
		fputs("--b\r\nContent-Type: application/pdf\r\n\r\n%PDF-\r\n", mail);
	assert_int_equal(opened(), REFUSE_COMPLEX);
}

static void no_depth_is_survived_by_us_alone(void **state)
{
	fputs(HEAD, mail);
	for (int i = 0; i < 20000; i++)
		fprintf(mail, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
	assert_int_not_equal(opened(), REFUSE_SYSTEM);
}

static void a_subject_of_megabytes_is_cut_or_refused(void **state)
{
	fputs("Subject: ", mail);
	for (int i = 0; i < 200000; i++)
		fputs("=?utf-8?q?=C3=BC?= ", mail);
	fputs("\r\n" HEAD "\r\nx\r\n", mail);
	if (opened() == REFUSE_NOTHING)
		assert_in_range(strlen(field("subject")), 100, LETTER_FIELD);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_mail_gives_its_texts_and_documents),
		TEST(no_line_end_gets_through),
		TEST(what_cannot_be_faxed_is_named),
		TEST(pictures_of_a_signature_are_no_pages),
		TEST(ten_thousand_parts_are_refused),
		TEST(too_many_documents_are_refused),
		TEST(no_depth_is_survived_by_us_alone),
		TEST(a_subject_of_megabytes_is_cut_or_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
