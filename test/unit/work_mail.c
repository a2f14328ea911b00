/**
 * @file work_mail.c  A mail job writes its mail: attachments, their limits, and what is never sent
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <sys/wait.h>
#include <cmocka.h>
#include "clock.h"
#include "folder.h"
#include "log.h"
#include "mail.h"
#include "own.h"
#include "schema.h"
#include "tenant.h"
#include "work.h"

enum { PATIENCE_MS = 20000, LARGE = 19 << 20, SECOND = 8000 };

static struct folder folder;
static pid_t server;
static struct actor *core;
static struct store *store;
static struct blobs *blobs;
static struct timetable *timetable;
static struct work work;
static struct tenant_row tenant;
static char ca[128], taken[65536], blob[BLOB_KEY];

static void serve(void)
{
	char word[64] = "";
	int fd[2];
	FILE *f;

	assert_int_equal(pipe(fd), 0);
	server = fork();
	if (!server) {
		dup2(fd[1], 1);
		execl(TEST_SOURCE_DIR "/test/peers/smtp", "smtp", "0", folder.path, "starttls",
		      NULL);
		_exit(127);
	}
	close(fd[1]);
	f = fdopen(fd[0], "r");
	if (!f || !fgets(word, sizeof(word), f) || sscanf(word, "ready %hu", &work.smtp.port) != 1)
		fail_msg("the server does not start (is python3-aiosmtpd there?)");
	fclose(f);
}

static int tenant_fn(struct db *db, void *obj)
{
	return tenant_add(db, obj);
}

static int setup(void **state)
{
	char path[128], error[256];

	folder_make(&folder);
	assert_int_equal(schema_put(&db_sqlite, folder.file), 0);
	snprintf(ca, sizeof(ca), "%s/cert.pem", folder.path);
	work = (struct work){.mail_file = 18 << 20,
			     .portal = "https://pbx.example.com",
			     .smtp = {.host = "127.0.0.1",
				      .user = "",
				      .password = "",
				      .from = "pbx@northwind.localhost",
				      .ca = ca}};
	serve(); /* forks, so before any thread */
	assert_int_equal(actor_alloc(&core, "core", 1000), 0);
	assert_int_equal(actor_attach(core), 0);
	assert_int_equal(store_alloc(&store, &db_sqlite, folder.file, error, sizeof(error)), 0);
	snprintf(path, sizeof(path), "%s/blobs", folder.path);
	assert_int_equal(blobs_alloc(&blobs, path), 0);
	memset(&tenant, 0, sizeof(tenant));
	strcpy(tenant.name, "Northwind Dental");
	strcpy(tenant.domain, "northwind.localhost");
	strcpy(tenant.timezone, "America/New_York");
	strcpy(tenant.settings, "{}");
	assert_int_equal(store_write_wait(store, tenant_fn, &tenant), 0);
	work.store = store;
	work.blobs = blobs;
	assert_int_equal(timetable_alloc(&timetable, store, core, 1), 0);
	work_register(timetable, &work);
	assert_int_equal(timetable_start(timetable), 0);
	return 0;
}

static int teardown(void **state)
{
	timetable_stop(timetable);
	actor_run(core);
	store = mem_deref(store);
	timetable = mem_deref(timetable);
	blobs = mem_deref(blobs);
	core = mem_deref(core);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	folder_remove(&folder);
	return 0;
}

static int add_fn(struct db *db, void *obj)
{
	return mail_add(db, obj);
}

static int get_fn(struct db *db, void *obj)
{
	struct mail *m = obj;
	char id[ID_SIZE];

	memcpy(id, m->id, sizeof(id));
	return mail_get(m, db, tenant.id, id);
}

struct waiting {
	struct tmr tmr;
	struct mail *mail;
	unsigned left;
};

static void look(void *arg)
{
	struct waiting *w = arg;

	assert_int_equal(store_read(store, get_fn, w->mail), 0);
	if (w->mail->ended_at || !w->left--)
		re_cancel();
	else
		tmr_start(&w->tmr, 1, look, w);
}

/* Adds the mail and waits until it is over; what the server took is in `taken` */
static void post(struct mail *m)
{
	struct waiting w = {.mail = m, .left = PATIENCE_MS};
	char name[160];
	FILE *f;

	m->tenant = tenant.id;
	strcpy(m->to, "maya@northwind.localhost");
	assert_int_equal(store_write_wait(store, add_fn, m), 0);
	tmr_start(&w.tmr, 0, look, &w);
	re_main(NULL);
	tmr_cancel(&w.tmr);
	snprintf(name, sizeof(name), "%s/1.json", folder.path);
	memset(taken, 0, sizeof(taken));
	f = fopen(name, "r");
	if (f) {
		assert_true(fread(taken, 1, sizeof(taken) - 1, f) > 0);
		fclose(f);
	}
}

static void assert_taken(const char *part)
{
	if (!strstr(taken, part))
		fail_msg("%s is not in %s", part, taken);
}

static void u32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

/* A second of 16 bit, 8 kHz, one voice */
static void wav_put(void)
{
	static uint8_t wav[44 + 2 * SECOND];

	memcpy(wav, "RIFF----WAVEfmt ", 16);
	u32(wav + 4, sizeof(wav) - 8);
	u32(wav + 16, 16);
	u32(wav + 20, 1 | 1 << 16);
	u32(wav + 24, SECOND);
	u32(wav + 28, 2 * SECOND);
	u32(wav + 32, 2 | 16 << 16);
	memcpy(wav + 36, "data", 4);
	u32(wav + 40, 2 * SECOND);
	for (int i = 0; i < SECOND; i++)
		wav[44 + 2 * i + 1] = (uint8_t)(i % 16 < 8 ? 0x20 : 0xe0);
	blob_key(blob, tenant.id, 1000);
	assert_int_equal(blob_put(blobs, blob, wav, sizeof(wav)), 0);
}

static struct mail voicemail(const char *type)
{
	struct mail m = {.template = TEMPLATE_voicemail, .about_at = INT64_C(1732622700000)};

	mail_field(&m, "caller", "Tom Becker");
	mail_field(&m, "length", "1 s");
	mail_field(&m, "extension", "1001");
	strcpy(m.page, "/voicemail");
	strcpy(m.blob, blob);
	strcpy(m.file_name, strcmp(type, "audio/ogg") ? "message.wav" : "message.ogg");
	strcpy(m.file_type, type);
	return m;
}

static void recording_is_attached_as_it_is(void **state)
{
	struct mail m;

	wav_put();
	m = voicemail("audio/x-wav");
	post(&m);
	assert_int_equal(m.state, JOB_DONE);
	assert_taken("\"name\": \"message.wav\", \"type\": \"audio/x-wav\", \"size\": 16044");
	assert_taken("It is attached to this mail.");
	assert_taken("Time: 26 November 2024, 07:05"); /* in New York */
	assert_taken("https://pbx.example.com/voicemail");
}

static void recording_is_attached_as_opus(void **state)
{
	struct mail m;

	wav_put();
	m = voicemail("audio/ogg");
	post(&m);
	assert_taken("\"name\": \"message.ogg\", \"type\": \"audio/ogg\"");
	assert_taken("\"hex\": \"4f676753"); /* OggS */
}

static void large_file_is_linked_only(void **state)
{
	AUTO void *large = mem_zalloc(LARGE, NULL);
	struct mail m;

	blob_key(blob, tenant.id, 1000);
	assert_int_equal(blob_put(blobs, blob, large, LARGE), 0);
	m = voicemail("audio/x-wav");
	post(&m);
	assert_int_equal(m.state, JOB_DONE);
	assert_taken("\"attachments\": []");
	assert_taken("The file is too large to be attached.");
}

static void missing_file_is_said_to_be(void **state)
{
	struct mail m;

	blob_key(blob, tenant.id, 1000);
	m = voicemail("audio/x-wav");
	post(&m);
	assert_int_equal(m.state, JOB_DONE);
	assert_taken("\"attachments\": []");
	assert_taken("The file could not be attached.");
}

static void without_a_server_a_mail_fails_with_its_reason(void **state)
{
	struct mail m;

	blob[0] = '\0';
	m = voicemail("");
	work.smtp.host = "";
	post(&m);
	assert_int_equal(m.state, JOB_FAILED);
	assert_non_null(strstr(m.answer, "mail_host"));
}

static void refused_mail_fails_with_the_servers_words(void **state)
{
	struct waiting w = {.left = PATIENCE_MS};
	struct mail m;

	blob[0] = '\0';
	m = voicemail("");
	m.tenant = tenant.id;
	strcpy(m.to, "never@northwind.localhost");
	assert_int_equal(store_write_wait(store, add_fn, &m), 0);
	w.mail = &m;
	tmr_start(&w.tmr, 0, look, &w);
	re_main(NULL);
	assert_int_equal(m.state, JOB_FAILED);
	assert_int_equal(m.tries, 1);
	assert_non_null(strstr(m.answer, "550 5.1.1"));
}

static void link_for_somebody_who_is_gone_is_not_sent(void **state)
{
	struct mail m = {.template = TEMPLATE_reset, .object_id = "nobody", .page = "/reset#"};

	post(&m);
	assert_int_equal(m.state, JOB_FAILED);
	assert_string_equal(m.answer, "The user is not there any more.");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(recording_is_attached_as_it_is),
		TEST(recording_is_attached_as_opus),
		TEST(large_file_is_linked_only),
		TEST(missing_file_is_said_to_be),
		TEST(without_a_server_a_mail_fails_with_its_reason),
		TEST(refused_mail_fails_with_the_servers_words),
		TEST(link_for_somebody_who_is_gone_is_not_sent),
	};
	int failed;

	log_set_level(LOG_ERROR + 1);
	if (libre_init() || smtp_init())
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	libre_close();
	return failed;
}
