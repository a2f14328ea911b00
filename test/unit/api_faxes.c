/**
 * @file api_faxes.c  Faxes by the API: whose, what is checked, cancelled, sent again; received ones
 */
#include "api_people.h"
#include "clock.h"
#include "did.h"
#include "dnc.h"
#include "fax.h"
#include "fax_document.h"
#include "fax_received.h"
#include "job_row.h"

static char ready[ID_SIZE], raw[ID_SIZE], refused[ID_SIZE], toms[ID_SIZE];
static char received[ID_SIZE], toms_received[ID_SIZE];

static int document_make(struct db *db, char id[ID_SIZE], const struct extension *e,
			 enum fax_document_state state)
{
	struct fax_document d = {.tenant = house.northwind.row.id, .fine = true, .name = "A"};
	struct fax_parts parts = {.count = 1, .v[0].name = "a.pdf"};
	int err;

	strcpy(d.extension_id, e->id);
	strcpy(d.picture, "auto");
	blob_key(d.blob, d.tenant, 1000);
	err = blob_put(house.blobs, d.blob, "page", 4);
	blob_key(parts.v[0].source, d.tenant, 1000);
	if (!err)
		err = blob_put(house.blobs, parts.v[0].source, "%PDF", 4);
	if (!err)
		err = fax_document_add(db, &d, &parts);
	strcpy(id, d.id);
	d.state = state;
	d.pages = 2;
	strcpy(d.reason, "The document is locked.");
	if (!err)
		err = fax_page_add(db, d.tenant, d.id, 1, d.blob);
	return err ? err : fax_document_end(db, &d);
}

static int received_make(struct db *db, char id[ID_SIZE], const struct extension *e)
{
	struct fax_received f = {.tenant = house.northwind.row.id, .received_at = 1000};
	char page[BLOB_KEY];
	int err;

	strcpy(f.id, id_new().s);
	strcpy(id, f.id);
	strcpy(f.extension_id, e->id);
	err = fax_received_add(db, &f);
	f.state = RECEIVED_COMPLETE;
	f.pages = 2;
	blob_key(f.pdf, f.tenant, 1000);
	blob_key(f.blob, f.tenant, 1001);
	if (!err)
		err = blob_put(house.blobs, f.pdf, "%PDF", 4);
	if (!err)
		err = blob_put(house.blobs, f.blob, "II*\0", 4);
	blob_key(page, f.tenant, 1002);
	if (!err)
		err = blob_put(house.blobs, page, "dots", 4);
	if (!err)
		err = fax_page_add(db, f.tenant, f.id, 1, page);
	blob_key(page, f.tenant, 1003);
	if (!err)
		err = blob_put(house.blobs, page, "small", 5);
	if (!err)
		err = fax_page_add(db, f.tenant, f.id, PAGE_THUMB, page);
	return err ? err : fax_received_change(db, &f);
}

static int dnc_make(struct db *db)
{
	struct dnc d = {.tenant = house.northwind.row.id, .number = "+16285550100"};

	return dnc_add(db, &d);
}

static int fill_fn(struct db *db, void *obj)
{
	const struct extension *m = &house.northwind.maya, *t = &house.northwind.tom;
	int err = document_make(db, ready, m, DOCUMENT_READY);

	if (!err)
		err = document_make(db, raw, m, DOCUMENT_CONVERTING);
	if (!err)
		err = document_make(db, refused, m, DOCUMENT_REFUSED);
	if (!err)
		err = document_make(db, toms, t, DOCUMENT_READY);
	if (!err)
		err = received_make(db, toms_received, t);
	if (!err)
		err = dnc_make(db);
	if (!err)
		err = db_exec(db,
			      "UPDATE tenant SET permissions = permissions || ' send_fax "
			      "receive_fax'",
			      "");
	if (!err)
		err = db_exec(db,
			      "UPDATE portal_user SET permissions = permissions || ' send_fax "
			      "receive_fax'",
			      "");
	return err ? err : received_make(db, received, m);
}

static int open_house(void **state)
{
	return people_open(state, fill_fn);
}

static const char *at(const char *what, const char *id, const char *rest)
{
	static char path[200];

	snprintf(path, sizeof(path), "/api/v1/%s/%s%s", what, id, rest);
	return path;
}

static const char *order(const char *document, const char *to, const char *more)
{
	static char body[300];

	snprintf(body, sizeof(body), "{\"documentId\":\"%s\",\"to\":\"%s\"%s}", document, to, more);
	return body;
}

static void sent(const struct person *p, char id[ID_SIZE])
{
	struct http_response *r = ask(p, "POST", "/api/v1/faxes", order(ready, "+16285550199", ""));

	assert_int_equal(r->status, 201);
	assert_non_null(member(id, ID_SIZE, r->body, "id"));
	http_free(r);
}

static void an_upload_is_a_document_to_be_converted(void **state)
{
	char id[ID_SIZE];
	struct http_response *r = ask(
		&maya, "POST", "/api/v1/fax-documents?name=Letter&quality=standard", "%PDF-1.4");

	assert_int_equal(r->status, 201);
	assert_non_null(strstr(r->body, "\"state\":\"converting\""));
	assert_non_null(strstr(r->body, "\"quality\":\"standard\""));
	assert_non_null(member(id, sizeof(id), r->body, "id"));
	http_free(r);
	expect(&maya, "GET", at("fax-documents", id, ""), NULL, 200, "\"name\":\"Letter\"");
	expect(&maya, "GET", at("fax-documents", toms, ""), NULL, 404, NULL);
	expect(&admin, "GET", at("fax-documents", id, ""), NULL, 200, NULL);
	expect(&stranger, "GET", at("fax-documents", id, ""), NULL, 404, NULL);
	expect(&maya, "POST", "/api/v1/fax-documents?quality=superb", "%PDF-1.4", 422, "quality");
	expect(&maya, "POST", "/api/v1/fax-documents?picture=cubist", "%PDF-1.4", 422, "picture");
}

static const char *joined(const char *a, const char *b, const char *more)
{
	static char body[400];

	snprintf(body, sizeof(body), "{\"documentIds\":[\"%s\",\"%s\"]%s}", a, b, more);
	return body;
}

static void documents_are_joined_in_their_order(void **state)
{
	const char *path = "/api/v1/fax-documents/joined";
	char id[ID_SIZE], letter[ID_SIZE], again[ID_SIZE];
	struct http_response *r =
		ask(&maya, "POST", "/api/v1/fax-documents?name=Letter", "%PDF-1.4");

	assert_non_null(member(letter, sizeof(letter), r->body, "id"));
	http_free(r);
	r = ask(&maya, "POST", path, joined(letter, ready, ",\"quality\":\"standard\""));
	assert_int_equal(r->status, 201);
	assert_non_null(strstr(r->body, "\"files\":[\"Letter\",\"a.pdf\"]"));
	assert_non_null(strstr(r->body, "\"name\":\"Letter and 1 more\""));
	assert_non_null(strstr(r->body, "\"quality\":\"standard\""));
	assert_non_null(member(id, sizeof(id), r->body, "id"));
	http_free(r);
	r = ask(&maya, "POST", path, joined(ready, id, ",\"name\":\"All\""));
	assert_non_null(member(again, sizeof(again), r->body, "id"));
	http_free(r);
	expect(&maya, "GET", at("fax-documents", again, ""), NULL, 200,
	       "\"files\":[\"a.pdf\",\"Letter\",\"a.pdf\"]");
	expect(&maya, "POST", path, joined(ready, refused, ""), 422, "locked");
	expect(&maya, "POST", path, joined(ready, toms, ""), 422, "does not exist");
	expect(&stranger, "POST", path, joined(ready, letter, ""), 422, "does not exist");
	expect(&maya, "POST", path, "{\"documentIds\":[]}", 422, "documentIds");
}

static void a_document_has_its_extension_s_quality_unless_one_is_chosen(void **state)
{
	char box[ID_SIZE + 32];
	const char *path = "/api/v1/fax-documents?name=Letter";
	const char *body = "{\"quality\":\"standard\"}";

	snprintf(box, sizeof(box), "/api/v1/extensions/%s/fax", house.northwind.maya.id);
	expect(&maya, "POST", path, "%PDF-1.4", 201, "\"quality\":\"fine\"");
	expect(&maya, "PATCH", box, "{\"quality\":\"best\"}", 422, "quality");
	expect(&maya, "PATCH", box, "{\"rate\":7200}", 422, "4800, 9600 or 14400");
	expect(&maya, "PATCH", box, body, 200, "\"quality\":\"standard\"");
	expect(&maya, "POST", path, "%PDF-1.4", 201, "\"quality\":\"standard\"");
	expect(&maya, "POST", "/api/v1/fax-documents/joined", joined(ready, ready, ""), 201,
	       "\"quality\":\"standard\"");
	expect(&maya, "POST", "/api/v1/fax-documents?quality=fine", "%PDF-1.4", 201,
	       "\"quality\":\"fine\"");
}

static void at_most_twenty_files_make_a_document(void **state)
{
	const char *path = "/api/v1/fax-documents/joined";
	char id[ID_SIZE];

	strcpy(id, ready);
	for (unsigned files = 2; files <= 16; files *= 2) {
		struct http_response *r = ask(&maya, "POST", path, joined(id, id, ""));

		assert_int_equal(r->status, 201);
		assert_non_null(member(id, sizeof(id), r->body, "id"));
		http_free(r);
	}
	expect(&maya, "POST", path, joined(id, id, ""), 422, "at most 20 files");
}

static void pages_are_shown(void **state)
{
	expect(&maya, "GET", at("fax-documents", ready, "/pages/1"), NULL, 200, "page");
	expect(&maya, "GET", at("fax-documents", ready, "/pages/2"), NULL, 404, NULL);
	expect(&maya, "GET", at("fax-documents", ready, "/pages/0"), NULL, 404, NULL);
	expect(&maya, "GET", at("fax-documents", ready, "/pages/x"), NULL, 404, NULL);
	expect(&maya, "GET", at("fax-documents", toms, "/pages/1"), NULL, 404, NULL);
}

static void what_cannot_be_sent_is_refused_with_a_reason(void **state)
{
	const char *path = "/api/v1/faxes";

	expect(&maya, "POST", path, order(ready, "abc", ""), 422, "\"to\"");
	expect(&maya, "POST", path, order(ready, "+16285550100", ""), 422, "do-not-contact");
	expect(&maya, "POST", path, order(refused, "+16285550199", ""), 422, "locked");
	expect(&maya, "POST", path, order(toms, "+16285550199", ""), 422, "documentId");
	expect(&stranger, "POST", path, order(ready, "+16285550199", ""), 422, "documentId");
	expect(&maya, "POST", path, order(ready, "+16285550199", ",\"from\":\"+19995550000\""), 422,
	       "\"from\"");
	expect(&maya, "POST", path, order(ready, "+16285550199", ",\"tries\":6"), 422, "tries");
}

static int job_fn(struct db *db, void *obj)
{
	struct job_row *j = obj;
	char id[ID_SIZE];

	strcpy(id, j->object_id);
	return job_of_object(j, db, house.northwind.row.id, JOB_fax, id);
}

static struct job_row job_of(const char *fax)
{
	struct job_row j = {.tries = 0};

	strcpy(j.object_id, fax);
	assert_int_equal(store_read(house.store, job_fn, &j), 0);
	return j;
}

static void a_fax_waits_with_its_job(void **state)
{
	char id[ID_SIZE];

	sent(&maya, id);
	assert_int_equal(job_of(id).state, JOB_WAIT);
	assert_int_equal(job_of(id).tries_max, 3);
	expect(&maya, "GET", at("faxes", id, ""), NULL, 200, "\"attempts\":[]");
	expect(&maya, "GET", "/api/v1/faxes", NULL, 200, id);
	expect(&admin, "GET", "/api/v1/faxes", NULL, 200, id);
	expect(&stranger, "GET", "/api/v1/faxes", NULL, 200, "\"rows\":[]");
	expect(&stranger, "GET", at("faxes", id, ""), NULL, 404, NULL);
	expect(&stranger, "POST", at("faxes", id, "/cancel"), NULL, 404, NULL);
}

static void one_whose_document_is_converted_waits_for_that(void **state)
{
	char id[ID_SIZE];
	struct http_response *r =
		ask(&maya, "POST", "/api/v1/faxes", order(raw, "+16285550198", ""));

	assert_int_equal(r->status, 201);
	assert_non_null(strstr(r->body, "\"state\":\"converting\""));
	assert_non_null(member(id, sizeof(id), r->body, "id"));
	http_free(r);
	assert_int_equal(job_of(id).state, JOB_HELD);
	expect(&maya, "POST", at("faxes", id, "/cancel"), NULL, 200, "\"state\":\"cancelled\"");
	expect(&maya, "POST", at("faxes", id, "/retry"), NULL, 200, "\"state\":\"converting\"");
	assert_int_equal(job_of(id).state, JOB_HELD);
	expect(&maya, "POST", at("faxes", id, "/cancel"), NULL, 200, NULL);
}

static void the_same_request_again_is_answered_by_the_same_fax(void **state)
{
	const char *path = "/api/v1/faxes";
	const char *once = ",\"once\":\"0d7b7a7e-5a63-4f0c-9e5c\",\"onlyOnce\":true";
	char id[ID_SIZE];
	struct http_response *r = ask(&maya, "POST", path, order(ready, "+16285550197", once));

	assert_int_equal(r->status, 201);
	assert_non_null(member(id, sizeof(id), r->body, "id"));
	http_free(r);
	expect(&maya, "POST", path, order(ready, "+16285550197", once), 200, id);
	expect(&maya, "POST", path, order(ready, "+16285550196", once), 422, "another fax");
	expect(&admin, "POST", path, order(ready, "+16285550195", once), 201, NULL);
	expect(&maya, "POST", path, order(ready, "+16285550197", ",\"once\":\"short\""), 422,
	       "once");
}

static void the_same_document_to_the_same_number_is_told(void **state)
{
	const char *path = "/api/v1/faxes", *only = ",\"onlyOnce\":true";
	char id[ID_SIZE], same[ID_SIZE], other[ID_SIZE];
	struct http_response *r = ask(&maya, "POST", "/api/v1/fax-documents", "%PDF");

	assert_non_null(member(same, sizeof(same), r->body, "id"));
	http_free(r);
	r = ask(&maya, "POST", "/api/v1/fax-documents", "%PDG");
	assert_non_null(member(other, sizeof(other), r->body, "id"));
	http_free(r);
	r = ask(&maya, "POST", path, order(ready, "+16285550194", only));
	assert_int_equal(r->status, 201);
	assert_non_null(member(id, sizeof(id), r->body, "id"));
	http_free(r);
	expect(&maya, "POST", path, order(ready, "+16285550194", only), 409, "just now");
	expect(&maya, "POST", path, order(same, "+16285550194", only), 409, "just now");
	expect(&maya, "POST", path, order(other, "+16285550194", only), 201, NULL);
	expect(&maya, "POST", path, order(ready, "+16285550193", only), 201, NULL);
	expect(&maya, "POST", at("faxes", id, "/cancel"), NULL, 200, NULL);
	expect(&maya, "POST", path, order(ready, "+16285550194", only), 201, NULL);
	expect(&maya, "POST", path, order(ready, "+16285550194", ""), 201, NULL);
	clock_advance(11 * 60 * 1000);
	expect(&maya, "POST", path, order(ready, "+16285550194", only), 201, NULL);
}

static void cancelled_and_sent_again(void **state)
{
	char id[ID_SIZE];

	sent(&maya, id);
	expect(&maya, "POST", at("faxes", id, "/retry"), NULL, 409, NULL);
	expect(&maya, "POST", at("faxes", id, "/cancel"), NULL, 200, "\"state\":\"cancelled\"");
	assert_int_equal(job_of(id).state, JOB_FAILED);
	expect(&maya, "POST", at("faxes", id, "/cancel"), NULL, 409, NULL);
	expect(&maya, "POST", at("faxes", id, "/retry"), NULL, 200, "\"state\":\"queued\"");
	assert_int_equal(job_of(id).state, JOB_WAIT);
}

static void received_ones_are_read_and_deleted(void **state)
{
	expect(&maya, "GET", "/api/v1/received-faxes", NULL, 200, received);
	expect(&stranger, "GET", "/api/v1/received-faxes", NULL, 200, "\"rows\":[]");
	expect(&maya, "GET", at("received-faxes", received, "/pdf"), NULL, 200, "%PDF");
	expect(&maya, "GET", at("received-faxes", received, "/tiff"), NULL, 200, "II*");
	expect(&maya, "GET", at("received-faxes", toms_received, "/pdf"), NULL, 404, NULL);
	expect(&stranger, "DELETE", at("received-faxes", received, ""), NULL, 404, NULL);
	expect(&maya, "GET", at("received-faxes", received, ""), NULL, 200, "\"readAt\":null");
	expect(&maya, "PATCH", at("received-faxes", received, ""), "{\"read\":true}", 200,
	       "\"readAt\":1");
	expect(&maya, "PATCH", at("received-faxes", received, ""), "{\"read\":false}", 200,
	       "\"readAt\":null");
	expect(&maya, "GET", at("received-faxes", received, "/pages/1"), NULL, 200, "dots");
	expect(&maya, "GET", at("received-faxes", received, "/pages/2"), NULL, 404, NULL);
	expect(&maya, "GET", at("received-faxes", received, "/pages/0"), NULL, 404, NULL);
	expect(&maya, "GET", at("received-faxes", received, "/thumbnail"), NULL, 200, "small");
	expect(&maya, "GET", at("received-faxes", toms_received, "/thumbnail"), NULL, 404, NULL);
	expect(&maya, "GET", at("received-faxes", toms_received, "/pages/1"), NULL, 404, NULL);
	expect(&maya, "GET", "/api/v1/home", NULL, 200, "\"faxes\":{\"unread\":1,\"failed\":0}");
	expect(&maya, "DELETE", at("received-faxes", received, ""), NULL, 204, NULL);
	expect(&maya, "GET", "/api/v1/home", NULL, 200, "\"faxes\":{\"unread\":0,\"failed\":0}");
	expect(&maya, "GET", at("received-faxes", received, "/pages/1"), NULL, 404, NULL);
	expect(&maya, "GET", at("received-faxes", received, "/thumbnail"), NULL, 404, NULL);
	expect(&maya, "GET", at("received-faxes", received, "/pdf"), NULL, 404, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_upload_is_a_document_to_be_converted),
		cmocka_unit_test(documents_are_joined_in_their_order),
		cmocka_unit_test(at_most_twenty_files_make_a_document),
		cmocka_unit_test(a_document_has_its_extension_s_quality_unless_one_is_chosen),
		cmocka_unit_test(pages_are_shown),
		cmocka_unit_test(what_cannot_be_sent_is_refused_with_a_reason),
		cmocka_unit_test(a_fax_waits_with_its_job),
		cmocka_unit_test(cancelled_and_sent_again),
		cmocka_unit_test(one_whose_document_is_converted_waits_for_that),
		cmocka_unit_test(the_same_request_again_is_answered_by_the_same_fax),
		cmocka_unit_test(the_same_document_to_the_same_number_is_told),
		cmocka_unit_test(received_ones_are_read_and_deleted),
	};

	return cmocka_run_group_tests(tests, open_house, people_close);
}
