/**
 * @file api_routes.c  Every route: nobody gets in unsigned, no tenant sees another's objects
 *
 * The tests walk the table that dispatches, so that a route that is added is tested as well.
 */
#include "api_house.h"

/** The path of a route with ids of a tenant's objects in it; the path tells which kind is meant */
static void path_fill(char *path, size_t size, const struct route *r, const struct house_tenant *t)
{
	const char *id = "0192f0c1-0000-7000-8000-000000000001"; /* the live call */

	if (strstr(r->path, "/extensions/"))
		id = t->maya.id;
	else if (strstr(r->path, "/users/"))
		id = t->maya_user.id;
	else if (strstr(r->path, "/devices/") || strstr(r->path, "/phone/session/"))
		id = t->desk.id;
	path[0] = '\0';
	for (const char *p = r->path; *p; p += strcspn(p, "{")) {
		size_t n = strlen(path);

		if (*p == '{') { /* the same id wherever one is named */
			snprintf(path + n, size - n, "%s", id);
			p = strchr(p, '}') + 1;
			n = strlen(path);
		}
		snprintf(path + n, size - n, "%.*s", (int)strcspn(p, "{"), p);
	}
}

static json_t *value_of(const struct field *f);

static json_t *object_of(const struct field *f)
{
	json_t *o = json_object();

	for (size_t i = 0; i < f->field_count; i++)
		json_object_set_new(o, f->fields[i].name, value_of(&f->fields[i]));
	return o;
}

static json_t *value_of(const struct field *f)
{
	char word[32], text[256];

	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_NOTE:
		memset(text, '7', sizeof(text));
		text[f->min > 4 ? f->min : 4] = '\0';
		return json_string(text);
	case FIELD_INT:
		return json_integer(f->min);
	case FIELD_BOOL:
		return json_false();
	case FIELD_CHOICE:
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(f->choices, " "), f->choices);
		return json_string(word);
	case FIELD_ID:
		return f->nullable ? json_null() : json_string("x");
	case FIELD_WORDS:
		return json_array();
	case FIELD_OBJECT:
		return object_of(f);
	case FIELD_ROWS:
		return json_pack("[o]", object_of(f));
	case FIELD_FILE: /* whatever is sent is a file */
		return json_string("x");
	}
	return NULL;
}

/** A body that the route's fields accept; NULL for none */
static char *body_of(const struct route *r)
{
	json_t *o = json_object();
	char *text;

	for (size_t i = 0; i < r->field_count; i++) {
		if (r->fields[i].required || r->field_count < 4)
			json_object_set_new(o, r->fields[i].name, value_of(&r->fields[i]));
	}
	text = r->fields ? json_dumps(o, 0) : NULL;
	json_decref(o);
	return text;
}

static void nobody_gets_in_unsigned(void **state)
{
	size_t n, asked = 0;
	const struct route *v = api_routes(&n);

	for (size_t i = 0; i < n; i++) {
		char path[256], *body = body_of(&v[i]);
		struct http_response *r;

		path_fill(path, sizeof(path), &v[i], &house.northwind);
		r = ask(NULL, v[i].method, path, body);
		if (v[i].permission && r->status != 401)
			fail_msg("%s %s: %d %s", v[i].method, path, r->status, r->body);
		asked += v[i].permission != NULL;
		http_free(r);
		free(body);
	}
	assert_true(asked > 30);
}

static void other_tenants_objects_do_not_exist(void **state)
{
	struct person admin = sign_in("admin@harbor.localhost");
	size_t n, asked = 0;
	const struct route *v = api_routes(&n);
	int changed = house.changed, revoked = house.revoked;

	for (size_t i = 0; i < n; i++) {
		char path[256], *body;
		struct http_response *r;

		if (!v[i].permission || !strchr(v[i].path, '{'))
			continue;
		body = body_of(&v[i]);
		path_fill(path, sizeof(path), &v[i], &house.northwind);
		r = ask(&admin, v[i].method, path, body);
		if (r->status != (strcmp(v[i].permission, "platform") ? 404 : 403))
			fail_msg("%s %s: %d %s", v[i].method, path, r->status, r->body);
		++asked;
		http_free(r);
		free(body);
	}
	assert_true(asked >= 14);
	assert_int_equal(house.changed, changed); /* and nothing has happened */
	assert_int_equal(house.revoked, revoked);
	free(admin.me);
}

static void lists_show_the_own_tenant(void **state)
{
	static const char *const lists[] = {"/api/v1/extensions", "/api/v1/users",
					    "/api/v1/dids",	  "/api/v1/registrations",
					    "/api/v1/live-calls", "/api/v1/calls?scope=tenant",
					    "/api/v1/people",	  "/api/v1/ring-groups",
					    "/api/v1/queues",	  "/api/v1/live-queues"};
	struct person admin = sign_in("admin@harbor.localhost");

	for (size_t i = 0; i < COUNT(lists); i++) {
		struct http_response *r = ask(&admin, "GET", lists[i], NULL);

		assert_int_equal(r->status, 200);
		assert_null(strstr(r->body, house.northwind.maya.id));
		assert_null(strstr(r->body, house.northwind.maya_user.id));
		assert_null(strstr(r->body, "northwind"));
		assert_null(strstr(r->body, "+14155550110"));
		http_free(r);
	}
	expect(&admin, "GET", "/api/v1/dids", NULL, 200, "+16285550177");
	free(admin.me);
}

static void users_administer_nothing(void **state)
{
	struct person maya = sign_in("maya@northwind.localhost");
	size_t n;
	const struct route *v = api_routes(&n);

	for (size_t i = 0; i < n; i++) {
		char path[256], *body;
		struct http_response *r;

		if (!v[i].permission || !v[i].permission[0] || !strcmp(v[i].permission, "tenant"))
			continue;
		body = body_of(&v[i]);
		path_fill(path, sizeof(path), &v[i], &house.northwind);
		r = ask(&maya, v[i].method, path, body);
		if (r->status != 403)
			fail_msg("%s %s: %d %s", v[i].method, path, r->status, r->body);
		http_free(r);
		free(body);
	}
	expect(&maya, "GET", "/api/v1/calls?scope=tenant", NULL, 403, "pbx_cdr");
	free(maya.me);
}

/* A number is worth money, and may be anybody's: the platform gives it, the tenant says where it
 * leads.
 */
static void numbers_are_given_by_the_platform(void **state)
{
	struct person root = sign_in("admin@localhost");
	struct person admin = sign_in("admin@harbor.localhost");
	const char *one = "{\"number\":\"+16285550142\",\"title\":\"Night 50%\","
			  "\"dest\":{\"kind\":\"extension\",\"target\":\"1001\"}}";
	char body[128], path[128];
	struct http_response *r;
	json_t *made;

	expect(&admin, "POST", "/api/v1/dids", one, 403, NULL);
	expect(&root, "POST", "/api/v1/dids", one, 409, "Choose a tenant");
	snprintf(body, sizeof(body), "{\"tenantId\":\"%s\"}", house.harbor.row.uuid);
	expect(&root, "PUT", "/api/v1/me/tenant", body, 200, NULL);
	r = ask(&root, "POST", "/api/v1/dids", one);
	assert_int_equal(r->status, 201);
	made = json_loads(r->body, 0, NULL);
	snprintf(path, sizeof(path), "/api/v1/dids/%s",
		 json_string_value(json_object_get(made, "id")));
	json_decref(made);
	http_free(r);
	expect(&root, "POST", "/api/v1/dids", one, 422, "is already in use");
	expect(&admin, "GET", path, NULL, 200, "\"active\":true");
	expect(&admin, "GET", "/api/v1/dids?q=t%2050%25", NULL, 200, "+16285550142");
	expect(&admin, "GET", "/api/v1/dids?q=0142", NULL, 200, "Night");
	expect(&admin, "GET", "/api/v1/dids?q=01%25", NULL, 200, "\"rows\":[]");
	expect(&admin, "PATCH", path, "{\"number\":\"+16285550143\"}", 422, "platform's");
	expect(&admin, "PATCH", path, "{\"kind\":\"fax\"}", 422, "platform's");
	expect(&admin, "PATCH", path, "{\"title\":\"Day\"}", 200, "\"Day\"");
	expect(&root, "PATCH", path, "{\"number\":\"+16285550143\",\"kind\":\"fax\"}", 200,
	       "+16285550143");
	expect(&admin, "DELETE", path, NULL, 403, NULL);
	expect(&admin, "GET", "/api/v1/way-out?number=1001", NULL, 403, NULL);
	expect(&root, "GET", "/api/v1/way-out", NULL, 422, "\"number\"");
	expect(&root, "GET", "/api/v1/way-out?number=1001", NULL, 200, "\"kind\":\"extension\"");
	expect(&root, "GET", "/api/v1/way-out?number=7777777", NULL, 200, "\"kind\":\"\"");
	expect(&root, "GET", "/api/v1/way-out?number=*97", NULL, 200, "\"trunks\":[]");
	expect(&root, "DELETE", path, NULL, 204, NULL);
	expect(&admin, "GET", path, NULL, 404, NULL);
	expect(&root, "PUT", "/api/v1/me/tenant", "{\"tenantId\":null}", 200, NULL);
	free(root.me);
	free(admin.me);
}

static void platform_acts_through_a_tenant(void **state)
{
	struct person root = sign_in("admin@localhost");
	struct person admin = sign_in("admin@harbor.localhost");
	char body[128], path[128];

	expect(&root, "GET", "/api/v1/extensions", NULL, 409, "Choose a tenant");
	expect(&root, "GET", "/api/v1/tenants", NULL, 200, "harbor.localhost");
	snprintf(body, sizeof(body), "{\"tenantId\":\"%s\"}", house.harbor.row.uuid);
	expect(&admin, "PUT", "/api/v1/me/tenant", body, 403, NULL);
	expect(&root, "PUT", "/api/v1/me/tenant", body, 200, "\"domain\":\"harbor.localhost\"");
	expect(&root, "GET", "/api/v1/dids", NULL, 200, "+16285550177");
	snprintf(path, sizeof(path), "/api/v1/extensions/%s", house.northwind.maya.id);
	expect(&root, "GET", path, NULL, 404, NULL);
	snprintf(path, sizeof(path), "/api/v1/extensions/%s", house.harbor.maya.id);
	expect(&root, "GET", path, NULL, 200, "Maya Chen");
	expect(&root, "PUT", "/api/v1/me/tenant", "{\"tenantId\":null}", 200, "\"tenant\":null");
	expect(&root, "GET", path, NULL, 409, NULL);
	free(root.me);
	free(admin.me);
}

static void nothing_of_a_tenant_without_a_tenant(void **state)
{
	struct person root = sign_in("admin@localhost");
	size_t n, asked = 0;
	const struct route *v = api_routes(&n);

	for (size_t i = 0; i < n; i++) {
		char path[256], *body;
		struct http_response *r;

		if (!v[i].permission || !v[i].permission[0] || !strcmp(v[i].permission, "platform"))
			continue;
		body = body_of(&v[i]);
		path_fill(path, sizeof(path), &v[i], &house.northwind);
		r = ask(&root, v[i].method, path, body);
		if (r->status != 409 || !strstr(r->body, "Choose a tenant"))
			fail_msg("%s %s: %d %s", v[i].method, path, r->status, r->body);
		++asked;
		http_free(r);
		free(body);
	}
	assert_true(asked > 60);
	expect(&root, "GET", "/api/v1/home", NULL, 409, "Choose a tenant");
	expect(&root, "GET", "/api/v1/calls", NULL, 409, "Choose a tenant");
	expect(&root, "GET", "/api/v1/me", NULL, 200, "\"tenant\":null");
	free(root.me);
}

/* Fields within fields too */
static void every_field_has_a_type(json_t *schema)
{
	const char *name;
	json_t *field;

	json_object_foreach(json_object_get(schema, "properties"), name, field)
	{
		json_t *type = json_object_get(field, "type");

		type = json_is_array(type) ? json_array_get(type, 0) : type;
		if (!json_is_string(type))
			fail_msg("%s has no type", name);
		every_field_has_a_type(field);
		every_field_has_a_type(json_object_get(field, "items"));
	}
}

static json_t *body_schema(json_t *op)
{
	op = json_object_get(json_object_get(op, "requestBody"), "content");
	return json_object_get(json_object_get(op, "application/json"), "schema");
}

static void description_knows_every_route(void **state)
{
	struct http_response *r = ask(NULL, "GET", "/api/v1/openapi.json", NULL);
	json_t *root = json_loads(r->body, 0, NULL);
	json_t *paths = json_object_get(root, "paths"), *op, *name;
	size_t n;
	const struct route *v = api_routes(&n);

	assert_int_equal(r->status, 200);
	for (size_t i = 0; i < n; i++) {
		char method[8];

		str_ncpy(method, v[i].method, sizeof(method));
		text_lower(method);
		op = json_object_get(json_object_get(paths, v[i].path), method);
		assert_non_null(op);
		every_field_has_a_type(body_schema(op));
	}
	op = body_schema(json_object_get(json_object_get(paths, "/api/v1/extensions"), "post"));
	name = json_object_get(json_object_get(op, "properties"), "name");
	assert_string_equal(json_string_value(json_object_get(name, "type")), "string");
	assert_int_equal(json_integer_value(json_object_get(name, "minLength")), 1);
	assert_int_equal(json_array_size(json_object_get(op, "required")), 2);
	json_decref(root);
	http_free(r);
}

static void machines_are_answered(void **state)
{
	struct http_response *r;

	expect(NULL, "GET", "/healthz", NULL, 200,
	       "{\"status\":\"ok\",\"calls\":3,\"registrations\":7}");
	expect(NULL, "GET", "/metrics", NULL, 200, "\ncarillon_calls 3\n");
	expect(NULL, "GET", "/metrics", NULL, 200, "\ncarillon_memory_bytes ");
	expect(NULL, "GET", "/metrics", NULL, 200, "\ncarillon_store_memory_bytes ");
	r = http_ask(house.port, "GET", "/metrics", "X-Forwarded-For: 192.0.2.1\r\n", NULL);
	assert_int_equal(r->status, 404);
	http_free(r);
	expect(NULL, "GET", "/api/v1/brand", NULL, 200, "\"product\":\"Carillon\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_gets_in_unsigned),
		cmocka_unit_test(other_tenants_objects_do_not_exist),
		cmocka_unit_test(lists_show_the_own_tenant),
		cmocka_unit_test(users_administer_nothing),
		cmocka_unit_test(numbers_are_given_by_the_platform),
		cmocka_unit_test(platform_acts_through_a_tenant),
		cmocka_unit_test(nothing_of_a_tenant_without_a_tenant),
		cmocka_unit_test(description_knows_every_route),
		cmocka_unit_test(machines_are_answered),
	};

	return cmocka_run_group_tests(tests, house_open, house_close);
}
