/**
 * @file openapi.c  The machine-readable description, printed from the table that dispatches
 */
#include <string.h>
#include "inside.h"
#include "text.h"

static json_t *type_json(const char *type, bool nullable)
{
	return nullable ? json_pack("[s, s]", type, "null") : json_string(type);
}

static json_t *words_json(const char *words)
{
	json_t *o = json_object(), *list;

	put_words(o, "enum", words);
	list = json_incref(json_object_get(o, "enum"));
	json_decref(o);
	return list;
}

static json_t *field_json(const struct field *f);

static json_t *object_json(const struct field *fields, size_t n)
{
	json_t *schema = json_object(), *properties = json_object(), *required = json_array();

	for (size_t i = 0; i < n; i++) {
		json_object_set_new(properties, fields[i].name, field_json(&fields[i]));
		if (fields[i].required)
			json_array_append_new(required, json_string(fields[i].name));
	}
	put_text(schema, "type", "object");
	put_bool(schema, "additionalProperties", false);
	json_object_set_new(schema, "properties", properties);
	if (json_array_size(required))
		json_object_set(schema, "required", required);
	json_decref(required);
	return schema;
}

static json_t *field_json(const struct field *f)
{
	static const char *const types[] = {
		[FIELD_TEXT] = "string",  [FIELD_NOTE] = "string",   [FIELD_INT] = "integer",
		[FIELD_BOOL] = "boolean", [FIELD_CHOICE] = "string", [FIELD_ID] = "string",
		[FIELD_WORDS] = "array",  [FIELD_OBJECT] = "object", [FIELD_ROWS] = "array",
		[FIELD_FILE] = "string"};
	json_t *o =
		f->type == FIELD_OBJECT ? object_json(f->fields, f->field_count) : json_object();

	json_object_set_new(o, "type", type_json(types[f->type], f->nullable));
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_NOTE:
		put_int(o, "minLength", f->min);
		put_int(o, "maxLength", f->max);
		break;
	case FIELD_INT:
		put_int(o, "minimum", f->min);
		put_int(o, "maximum", f->max);
		break;
	case FIELD_CHOICE:
		json_object_set_new(o, "enum", words_json(f->choices));
		break;
	case FIELD_WORDS:
		put_int(o, "maxItems", f->max);
		json_object_set_new(o, "items", json_pack("{s:s}", "type", "string"));
		break;
	case FIELD_ROWS:
		put_int(o, "maxItems", f->max);
		json_object_set_new(o, "items", object_json(f->fields, f->field_count));
		break;
	case FIELD_OBJECT:
	case FIELD_BOOL:
	case FIELD_ID:
	case FIELD_FILE:
		break;
	}
	return o;
}

static json_t *body_json(const struct route *r)
{
	if (r->fields[0].type == FIELD_FILE)
		return json_pack("{s:{s:{}}}", "content", "application/octet-stream");
	return json_pack("{s:{s:{s:o}}}", "content", "application/json", "schema",
			 object_json(r->fields, r->field_count));
}

static json_t *path_parameters(const struct route *r)
{
	json_t *list = json_array();
	const char *p = r->path;

	while ((p = strchr(p, '{'))) {
		size_t n = strcspn(++p, "}");

		json_array_append_new(list, json_pack("{s:o, s:s, s:b, s:{s:s}}", "name",
						      json_stringn(p, n), "in", "path", "required",
						      1, "schema", "type", "string"));
	}
	return list;
}

static json_t *operation_json(const struct route *r)
{
	json_t *o = json_object();

	put_text(o, "summary", r->summary);
	json_object_set_new(o, "parameters", path_parameters(r));
	if (r->fields)
		json_object_set_new(o, "requestBody", body_json(r));
	json_object_set_new(o, "responses",
			    json_pack("{s:{s:s}, s:{s:s}}", "2XX", "description", "Done", "default",
				      "description", "application/problem+json"));
	if (r->permission)
		json_object_set_new(o, "security", json_pack("[{s:[]}]", "cookie"));
	if (r->permission && r->permission[0])
		put_text(o, "x-permission", r->permission);
	return o;
}

static json_t *paths_json(void)
{
	json_t *paths = json_object();
	size_t n;
	const struct route *v = api_routes(&n);

	for (size_t i = 0; i < n; i++) {
		json_t *path = json_object_get(paths, v[i].path);
		char method[8];

		if (!path) {
			path = json_object();
			json_object_set_new(paths, v[i].path, path);
		}
		text_printf(method, sizeof(method), "%s", v[i].method);
		text_lower(method);
		json_object_set_new(path, method, operation_json(&v[i]));
	}
	return paths;
}

/** GET /openapi.json */
void openapi_get(struct request *rq, struct reply *rp)
{
	json_t *o = json_object();

	put_text(o, "openapi", "3.1.0");
	json_object_set_new(
		o, "info",
		json_pack("{s:s, s:s}", "title", "Carillon", "version", CARILLON_VERSION));
	json_object_set_new(o, "paths", paths_json());
	json_object_set_new(o, "components",
			    json_pack("{s:{s:{s:s, s:s, s:s}}}", "securitySchemes", "cookie",
				      "type", "apiKey", "in", "cookie", "name", cookie_name(rq)));
	reply_json(rp, 200, o);
}
