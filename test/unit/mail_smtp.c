/**
 * @file mail_smtp.c  Mail against a real server: TLS, sign-in, refusals, attachments
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <cmocka.h>
#include "folder.h"
#include "own.h"
#include "smtp.h"
#include "text.h"

enum { FILE_SIZE = 300000 };

static struct folder folder;
static pid_t server;
static char ca[128], answer[256], taken[65536];
static struct smtp_conf conf;
static struct smtp_message message;

/* Starts the server and learns its port */
static void serve(const char *mode, const char *user, const char *password)
{
	char word[64] = "";
	int fd[2];
	FILE *f;

	assert_int_equal(pipe(fd), 0);
	server = fork();
	if (!server) {
		dup2(fd[1], 1);
		execl(TEST_SOURCE_DIR "/test/peers/smtp", "smtp", "0", folder.path, mode, user,
		      password, NULL);
		_exit(127);
	}
	close(fd[1]);
	f = fdopen(fd[0], "r");
	if (!f || !fgets(word, sizeof(word), f) || sscanf(word, "ready %hu", &conf.port) != 1)
		fail_msg("the server does not start: %s (is python3-aiosmtpd there?)", word);
	fclose(f);
}

static int setup(void **state)
{
	folder_make(&folder);
	snprintf(ca, sizeof(ca), "%s/cert.pem", folder.path);
	conf = (struct smtp_conf){.host = "127.0.0.1",
				  .tls = SMTP_STARTTLS,
				  .user = "",
				  .password = "",
				  .from = "pbx@northwind.localhost",
				  .ca = ca};
	message = (struct smtp_message){.id = "0193-1",
					.at = INT64_C(1732593600000),
					.to = "maya@northwind.localhost",
					.to_name = "Maya Chen",
					.from_name = "Northwind Dental",
					.subject = "Grüße",
					.text = "Hello Maya,\r\n.\r\n.. a long line = Zoë\r\n",
					.html = "<p>Hello &amp;</p>"};
	return 0;
}

static int teardown(void **state)
{
	if (server > 0) {
		kill(server, SIGKILL);
		waitpid(server, NULL, 0);
	}
	server = 0;
	folder_remove(&folder);
	return 0;
}

static enum smtp_result sent(void)
{
	return smtp_send(answer, sizeof(answer), &conf, &message);
}

/* What the server took, as the JSON that it wrote */
static void take(void)
{
	char name[160];
	size_t n;
	FILE *f;

	snprintf(name, sizeof(name), "%s/1.json", folder.path);
	f = fopen(name, "r");
	assert_non_null(f);
	n = fread(taken, 1, sizeof(taken) - 1, f);
	taken[n] = '\0';
	fclose(f);
}

static void assert_taken(const char *part)
{
	if (!strstr(taken, part))
		fail_msg("%s is not in %s", part, taken);
}

static void message_arrives_over_starttls(void **state)
{
	serve("starttls", NULL, NULL);
	assert_int_equal(sent(), SMTP_SENT);
	take();
	assert_taken("\"to\": \"maya@northwind.localhost\"");
	assert_taken("\"from\": \"pbx@northwind.localhost\"");
	assert_taken("\"tls\": true");
	assert_taken("\"Subject\": \"Gr\\u00fc\\u00dfe\"");
	assert_taken("\"To\": \"Maya Chen <maya@northwind.localhost>\"");
	assert_taken("\"From\": \"Northwind Dental <pbx@northwind.localhost>\"");
	assert_taken("\"Message-ID\": \"<0193-1@northwind.localhost>\"");
	assert_taken("\"Date\": \"Tue, 26 Nov 2024 04:00:00 +0000\"");
	assert_taken("\"Auto-Submitted\": \"auto-generated\"");
	assert_taken("\"text\": \"Hello Maya,\\r\\n.\\r\\n.. a long line = Zo\\u00eb\\r\\n\"");
	assert_taken("\"html\": \"<p>Hello &amp;</p>");
}

static void message_arrives_over_tls(void **state)
{
	serve("tls", NULL, NULL);
	conf.tls = SMTP_TLS;
	assert_int_equal(sent(), SMTP_SENT);
	take();
	assert_taken("\"tls\": true");
}

static void message_arrives_in_the_clear_when_that_is_wanted(void **state)
{
	serve("none", NULL, NULL);
	conf.tls = SMTP_PLAIN;
	message.html = NULL;
	assert_int_equal(sent(), SMTP_SENT);
	take();
	assert_taken("\"tls\": false");
	assert_taken("\"html\": \"\"");
}

static void nothing_is_sent_in_the_clear_instead(void **state)
{
	serve("none", NULL, NULL);
	assert_int_equal(sent(), SMTP_LATER);
	assert_non_null(strstr(answer, "does not offer STARTTLS"));
}

static void stranger_with_another_certificate_gets_nothing(void **state)
{
	serve("starttls", NULL, NULL);
	conf.ca = "";
	assert_int_equal(sent(), SMTP_LATER);
	assert_non_null(strstr(answer, "certificate is not trusted"));
}

static void server_by_another_name_gets_nothing(void **state)
{
	serve("starttls", NULL, NULL);
	conf.host = "localhost";
	assert_int_equal(sent(), SMTP_LATER);
	assert_non_null(strstr(answer, "certificate is not trusted"));
}

static void we_sign_in(void **state)
{
	serve("starttls", "carillon", "sesame");
	conf.user = "carillon";
	conf.password = "sesame";
	assert_int_equal(sent(), SMTP_SENT);
	take();
	assert_taken("\"login\": true");
}

static void denied_sign_in_is_tried_again_with_its_reason(void **state)
{
	serve("starttls", "carillon", "sesame");
	conf.user = "carillon";
	conf.password = "wrong";
	assert_int_equal(sent(), SMTP_LATER);
	assert_non_null(strstr(answer, "does not accept mail_user and mail_password"));
	assert_null(strstr(answer, "wrong"));
}

static void missing_sign_in_is_tried_again(void **state)
{
	serve("starttls", "carillon", "sesame");
	assert_int_equal(sent(), SMTP_LATER);
	assert_non_null(strstr(answer, "does not accept mail_user and mail_password"));
}

static void busy_mailbox_is_tried_again(void **state)
{
	serve("starttls", NULL, NULL);
	message.to = "later@northwind.localhost";
	assert_int_equal(sent(), SMTP_LATER);
	assert_non_null(strstr(answer, "451 4.2.0 The mailbox is busy"));
}

static void unknown_mailbox_is_refused(void **state)
{
	serve("starttls", NULL, NULL);
	message.to = "never@northwind.localhost";
	assert_int_equal(sent(), SMTP_REFUSED);
	assert_non_null(strstr(answer, "550 5.1.1 There is no such mailbox"));
}

static void refusal_after_the_text_is_a_refusal(void **state)
{
	serve("starttls", NULL, NULL);
	message.to = "full@northwind.localhost";
	assert_int_equal(sent(), SMTP_REFUSED);
	assert_non_null(strstr(answer, "552"));
}

static void dead_server_is_tried_again(void **state)
{
	conf.port = 9;
	assert_int_equal(sent(), SMTP_LATER);
	assert_non_null(strstr(answer, "cannot be reached"));
}

static bool at_once(const void *arg)
{
	return true;
}

static void sending_is_broken_off(void **state)
{
	serve("starttls", NULL, NULL);
	message.to = "slow@northwind.localhost";
	conf.stop_h = at_once;
	assert_int_equal(sent(), SMTP_STOPPED);
}

static void file_arrives_whole(void **state)
{
	struct smtp_file file = {.size = FILE_SIZE, .name = "message.wav", .type = "audio/x-wav"};
	uint8_t bytes[FILE_SIZE];
	char hex[2 * 32 + 1], part[200];

	for (int i = 0; i < FILE_SIZE; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 251);
	file.fd = open(folder.file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(file.fd, bytes, FILE_SIZE), FILE_SIZE);
	assert_int_equal(lseek(file.fd, 0, SEEK_SET), 0);
	message.files = &file;
	message.count = 1;
	serve("starttls", NULL, NULL);
	assert_int_equal(sent(), SMTP_SENT);
	close(file.fd);
	take();
	snprintf(part, sizeof(part),
		 "\"name\": \"message.wav\", \"type\": \"audio/x-wav\", "
		 "\"size\": 300000, \"hex\": \"");
	assert_taken(part);
	text_hex(hex, bytes, 32);
	assert_taken(hex);
	text_hex(hex, bytes + FILE_SIZE - 32, 32);
	assert_taken(hex);
}

static void header_cannot_be_smuggled_in(void **state)
{
	serve("starttls", NULL, NULL);
	message.subject = "a\r\nBcc: b@c.example\r\n\r\nbody";
	message.to_name = "x>\r\nX-Evil: 1";
	assert_int_equal(sent(), SMTP_SENT);
	take();
	assert_null(strstr(taken, "\"X-Evil\""));
	assert_null(strstr(taken, "\"Bcc\""));
	assert_taken("\"count\": 8");
}

static void address_with_a_line_end_is_refused_unsent(void **state)
{
	message.to = "a@b.example>\r\nRCPT TO:<c@d.example";
	assert_int_equal(sent(), SMTP_REFUSED);
	assert_non_null(strstr(answer, "not an e-mail address"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(message_arrives_over_starttls),
		TEST(message_arrives_over_tls),
		TEST(message_arrives_in_the_clear_when_that_is_wanted),
		TEST(nothing_is_sent_in_the_clear_instead),
		TEST(stranger_with_another_certificate_gets_nothing),
		TEST(server_by_another_name_gets_nothing),
		TEST(we_sign_in),
		TEST(denied_sign_in_is_tried_again_with_its_reason),
		TEST(missing_sign_in_is_tried_again),
		TEST(busy_mailbox_is_tried_again),
		TEST(unknown_mailbox_is_refused),
		TEST(refusal_after_the_text_is_a_refusal),
		TEST(dead_server_is_tried_again),
		TEST(sending_is_broken_off),
		TEST(file_arrives_whole),
		TEST(header_cannot_be_smuggled_in),
		TEST(address_with_a_line_end_is_refused_unsent),
	};

	if (smtp_init())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
