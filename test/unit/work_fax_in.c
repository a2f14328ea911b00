/**
 * @file work_fax_in.c  What a fax machine was told has arrived is never lost: not when it cannot be
 * converted, not when the machine cannot work for a while
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <cmocka.h>
#include "clock.h"
#include "event.h"
#include "extension.h"
#include "fax_box.h"
#include "fax_forget.h"
#include "fax_received.h"
#include "folder.h"
#include "job_row.h"
#include "log.h"
#include "mail.h"
#include "own.h"
#include "purge.h"
#include "schema.h"
#include "tenant.h"
#include "work.h"

enum { PATIENCE = 2000, LOOK_MS = 5, HOUR_MS = 3600000, FAILS = 12 };

static struct folder folder;
static struct actor *core;
static struct store *store;
static struct blobs *blobs;
static struct timetable *timetable;
static struct work work;
static struct tenant_row tenant;
static struct extension extension;
static struct fax_received fax;
static struct job_row job;
static char converter[128], tiff[128 + ID_SIZE];

/* In place of doc-convert: `pdf` is what it says of a PDF, which it writes if that is good; of the
 * pictures of the pages it knows nothing */
static void converter_says(const char *pdf)
{
	FILE *f = fopen(converter, "w");

	assert_non_null(f);
	fprintf(f,
		"#!/bin/sh\nread -r asked\ncase $asked in\n*'\"op\":\"pdf\"'*) answer='%s' ;;\n"
		"*) answer='{\"ok\":false,\"reason\":\"damaged\"}' ;;\nesac\n"
		"out=${asked#*'\"out\":\"'}\n"
		"case $answer in *'\"ok\":true'*) echo %%PDF >\"${out%%%%\\\"*}\" ;; esac\n"
		"echo \"$answer\"\n",
		pdf);
	fclose(f);
	assert_int_equal(chmod(converter, 0700), 0);
}

static int fill_fn(struct db *db, void *obj)
{
	struct fax_box b;
	int err = tenant_add(db, &tenant);

	extension.tenant = tenant.id;
	str_ncpy(extension.number, "1001", sizeof(extension.number));
	str_ncpy(extension.name, "Maya Chen", sizeof(extension.name));
	err = err ? err : extension_add(db, &extension);
	err = err ? err : fax_box_get(&b, db, tenant.id, extension.id);
	str_ncpy(b.emails, "maya@northwind.localhost", sizeof(b.emails));
	return err ? err : fax_box_change(db, &b);
}

static int setup(void **state)
{
	char path[128], error[256];
	static char faxes[128];

	folder_make(&folder);
	assert_int_equal(schema_put(&db_sqlite, folder.file), 0);
	snprintf(faxes, sizeof(faxes), "%s/fax", folder.path);
	snprintf(converter, sizeof(converter), "%s/convert", folder.path);
	assert_int_equal(mkdir(faxes, 0700), 0);
	assert_int_equal(actor_alloc(&core, "core", 1000), 0);
	assert_int_equal(actor_attach(core), 0);
	assert_int_equal(store_alloc(&store, &db_sqlite, folder.file, error, sizeof(error)), 0);
	snprintf(path, sizeof(path), "%s/blobs", folder.path);
	assert_int_equal(blobs_alloc(&blobs, path), 0);
	memset(&tenant, 0, sizeof(tenant));
	memset(&extension, 0, sizeof(extension));
	strcpy(tenant.name, "Northwind Dental");
	strcpy(tenant.domain, "northwind.localhost");
	strcpy(tenant.timezone, "America/New_York");
	strcpy(tenant.permissions, "fax_to_email");
	strcpy(tenant.settings, "{}");
	assert_int_equal(store_write_wait(store, fill_fn, NULL), 0);
	work = (struct work){.smtp = {.host = ""},
			     .store = store,
			     .blobs = blobs,
			     .doc_convert = converter,
			     .fax_folder = faxes};
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
	folder_remove(&folder);
	return 0;
}

static int come_fn(struct db *db, void *obj)
{
	struct job_row j = {.tenant = tenant.id, .kind = JOB_fax_in};
	int err = fax_received_add(db, &fax);

	str_ncpy(j.object_id, fax.id, sizeof(j.object_id));
	fax.state = RECEIVED_CONVERTING;
	fax.pages = 1;
	err = err ? err : fax_received_change(db, &fax);
	return err ? err : job_add(db, &j);
}

/* A fax of one page has come in */
static void comes_in(void)
{
	FILE *f;

	fax = (struct fax_received){.tenant = tenant.id, .received_at = clock_wall_ms()};
	str_ncpy(fax.id, id_new().s, sizeof(fax.id));
	str_ncpy(fax.extension_id, extension.id, sizeof(fax.extension_id));
	snprintf(tiff, sizeof(tiff), "%s/%s.tif", work.fax_folder, fax.id);
	f = fopen(tiff, "w");
	assert_non_null(f);
	fputs("II*", f);
	fclose(f);
	assert_int_equal(store_write_wait(store, come_fn, NULL), 0);
}

static int read_fn(struct db *db, void *obj)
{
	int err = fax_received_get(&fax, db, tenant.id, fax.id);

	return err ? err : job_of_object(&job, db, tenant.id, JOB_fax_in, fax.id);
}

struct waiting {
	struct tmr tmr;
	bool (*until)(void);
	unsigned left;
};

static void look(void *arg)
{
	struct waiting *w = arg;

	if (w->until() || !w->left--)
		re_cancel();
	else
		tmr_start(&w->tmr, LOOK_MS, look, w);
}

static void wait_until(bool (*until)(void))
{
	struct waiting w = {.until = until, .left = PATIENCE};

	tmr_start(&w.tmr, 0, look, &w);
	re_main(NULL);
	tmr_cancel(&w.tmr);
	assert_true(until());
}

static bool done(void)
{
	assert_int_equal(store_read(store, read_fn, NULL), 0);
	return job.state == JOB_DONE;
}

static bool waits(void)
{
	assert_int_equal(store_read(store, read_fn, NULL), 0);
	return job.state == JOB_WAIT && job.error[0];
}

static int count_h(const struct fax_received *f, void *arg)
{
	++*(int *)arg;
	return 0;
}

static int listed_fn(struct db *db, void *obj)
{
	return fax_received_list(db, tenant.id, extension.id, NULL, 0, count_h, obj);
}

static int listed(void)
{
	int n = 0;

	assert_int_equal(store_read(store, listed_fn, &n), 0);
	return n;
}

struct mails {
	int count;
	struct mail newest;
};

static int each_mail_h(const struct mail *m, void *arg)
{
	struct mails *all = arg;

	if (!all->count++)
		all->newest = *m;
	return 0;
}

static int mails_fn(struct db *db, void *obj)
{
	const struct mail_filter f = {.limit = 0};

	return mail_list(db, tenant.id, &f, each_mail_h, obj);
}

static struct mails mails(void)
{
	struct mails all = {0};

	assert_int_equal(store_read(store, mails_fn, &all), 0);
	return all;
}

static int again_fn(struct db *db, void *obj)
{
	return fax_received_again(db);
}

static void what_cannot_be_converted_is_kept_told_and_tried_again(void **state)
{
	char says[200], path[BLOB_PATH];

	converter_says("{\"ok\":false,\"reason\":\"damaged\"}");
	comes_in();
	wait_until(done);
	assert_int_equal(fax.state, RECEIVED_FAILED);
	assert_int_equal(listed(), 1);
	blob_path(path, blobs, fax.blob);
	assert_int_equal(access(path, R_OK), 0);
	assert_int_equal(mails().count, 1);
	assert_string_equal(mails().newest.file_type, "image/tiff");
	assert_string_equal(mails().newest.blob, fax.blob);
	{
		struct mails all = mails();

		assert_true(mail_field_get(says, sizeof(says), &all.newest, "incomplete"));
		assert_non_null(strstr(says, "could not be converted"));
	}
	/* again in vain: nobody is told twice */
	assert_int_equal(store_write_wait(store, again_fn, NULL), 0);
	wait_until(done);
	assert_int_equal(fax.state, RECEIVED_FAILED);
	assert_int_equal(mails().count, 1);
	converter_says("{\"ok\":true}");
	assert_int_equal(store_write_wait(store, again_fn, NULL), 0);
	wait_until(done);
	assert_int_equal(fax.state, RECEIVED_COMPLETE);
	assert_string_not_equal(fax.pdf, "");
	assert_int_equal(access(path, R_OK), 0);
	assert_int_equal(mails().count, 2);
	assert_string_equal(mails().newest.file_type, "application/pdf");
}

static void a_page_that_cannot_be_converted_leaves_the_others(void **state)
{
	converter_says("{\"ok\":true,\"part\":true}");
	comes_in();
	wait_until(done);
	assert_int_equal(fax.state, RECEIVED_INCOMPLETE);
	assert_string_not_equal(fax.pdf, "");
	assert_non_null(strstr(fax.reason, "TIFF"));
}

/* A full disk, for hours */
static void while_the_machine_cannot_work_it_waits_in_sight(void **state)
{
	converter_says("{\"ok\":false,\"reason\":\"system\"}");
	comes_in();
	for (unsigned i = 0; i < FAILS; i++) {
		wait_until(waits);
		assert_int_equal(fax.state, RECEIVED_CONVERTING);
		assert_int_equal(listed(), 1);
		assert_true(job.due_at - clock_wall_ms() <= HOUR_MS);
		if (i + 1 < FAILS) {
			job.state = JOB_RUN;
			clock_advance(HOUR_MS);
		}
	}
	assert_int_equal(job.tries, 0);
	assert_int_equal(access(tiff, R_OK), 0);
	converter_says("{\"ok\":true}");
	clock_advance(HOUR_MS);
	wait_until(done);
	assert_int_equal(fax.state, RECEIVED_COMPLETE);
	assert_int_equal(mails().count, 1);
}

static int orphan_fn(struct db *db, void *obj)
{
	str_ncpy(fax.id, id_new().s, sizeof(fax.id));
	fax.state = RECEIVED_CONVERTING;
	return fax_received_add(db, &fax) ? EIO : fax_received_change(db, &fax);
}

static void one_whose_job_was_given_up_comes_back_with_its_pages_or_without(void **state)
{
	converter_says("{\"ok\":true}");
	comes_in();
	wait_until(done);
	fax.blob[0] = fax.pdf[0] = '\0';
	assert_int_equal(store_write_wait(store, orphan_fn, NULL), 0);
	assert_int_equal(store_write_wait(store, again_fn, NULL), 0);
	wait_until(done);
	assert_int_equal(fax.state, RECEIVED_FAILED);
	assert_int_equal(listed(), 2);
}

static int night_fn(struct db *db, void *obj)
{
	struct job_row night = {.kind = JOB_purge};
	int err = tenant_get(&tenant, db, tenant.id);

	fax.received_at -= 48LL * HOUR_MS;
	str_ncpy(tenant.settings, "{\"" PURGE_FAXES "\":1}", sizeof(tenant.settings));
	err = err ? err : tenant_change(db, &tenant);
	err = err ? err
		  : db_exec(db, "UPDATE fax_received SET received_at = $1 WHERE id = $2", "is",
			    fax.received_at, fax.id);
	return err ? err : job_add(db, &night);
}

static atomic_int told;

static void news_h(const struct event *event, void *arg)
{
	if (!strcmp(event->name, "fax") && event->tenant == tenant.id && !event->extension)
		atomic_fetch_add(&told, 1);
}

static bool news_came(void)
{
	return atomic_load(&told) > 0;
}

static void what_the_night_forgets_is_told_to_the_pages_that_show_it(void **state)
{
	converter_says("{\"ok\":false,\"reason\":\"damaged\"}");
	comes_in();
	wait_until(done);
	event_listen(news_h, NULL);
	assert_int_equal(store_write_wait(store, night_fn, NULL), 0);
	wait_until(news_came);
	assert_int_equal(listed(), 0);
	assert_int_equal(atomic_load(&told), 1);
	event_forget(news_h, NULL);
}

#define ALONE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALONE(what_cannot_be_converted_is_kept_told_and_tried_again),
		ALONE(a_page_that_cannot_be_converted_leaves_the_others),
		ALONE(while_the_machine_cannot_work_it_waits_in_sight),
		ALONE(what_the_night_forgets_is_told_to_the_pages_that_show_it),
		ALONE(one_whose_job_was_given_up_comes_back_with_its_pages_or_without),
	};
	int err = libre_init();

	log_set_level(LOG_ERROR + 1);
	err = err ? err : cmocka_run_group_tests(tests, NULL, NULL);
	libre_close();
	return err;
}
