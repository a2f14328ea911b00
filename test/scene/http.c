/**
 * @file http.c  The API by libcurl, one handle and sign-in per user
 */
#include <curl/curl.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "http.h"

enum { USERS = 8, MAIL = 96, SECONDS = 10 };

static struct user {
	char email[MAIL], csrf[128];
	CURL *curl;
} users[USERS];

struct reply {
	char *text;
	size_t n;
};

static size_t take(char *p, size_t size, size_t count, void *arg)
{
	struct reply *r = arg;
	char *grown = realloc(r->text, r->n + size * count + 1);

	if (!grown)
		return 0;
	r->text = grown;
	memcpy(r->text + r->n, p, size * count);
	r->n += size * count;
	r->text[r->n] = '\0';
	return size * count;
}

static int request(CURL *c, unsigned port, const char *csrf, const char *method, const char *path,
		   const char *body, long *status, struct reply *r)
{
	char url[1024], token[192];
	struct curl_slist *head = NULL;
	CURLcode code;

	(void)snprintf(url, sizeof(url), "http://localhost:%u%s", port, path);
	(void)snprintf(token, sizeof(token), "X-CSRF-Token: %s", csrf);
	head = curl_slist_append(head, token);
	head = curl_slist_append(head, "Content-Type: application/json");
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_CONNECT_TO, (struct curl_slist *)NULL);
	curl_easy_setopt(c, CURLOPT_IPRESOLVE, CURL_IPRESOLVE_V4);
	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, head);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, r);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)SECONDS);
	if (!body)
		curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
	code = curl_easy_perform(c);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, status);
	curl_slist_free_all(head);
	return code == CURLE_OK ? 0 : ECONNREFUSED;
}

/* An address is itself; "maya" is maya@northwind.localhost; "ana" and "platform" live elsewhere. */
static void email_of(char email[MAIL], const char *user)
{
	if (strchr(user, '@'))
		(void)snprintf(email, MAIL, "%s", user);
	else if (!strcmp(user, "platform"))
		(void)snprintf(email, MAIL, "admin@localhost");
	else
		(void)snprintf(email, MAIL, "%s@%s.localhost", user,
			       strcmp(user, "ana") ? "northwind" : "harbor");
}

static int sign_in(struct user *u, unsigned port)
{
	struct reply r = {NULL, 0};
	char body[MAIL + 64];
	long status = 0;
	int err;

	u->curl = curl_easy_init();
	curl_easy_setopt(u->curl, CURLOPT_COOKIEFILE, "");
	(void)snprintf(body, sizeof(body), "{\"email\":\"%.95s\",\"password\":\"carillon-demo\"}",
		       u->email);
	err = request(u->curl, port, "", "POST", "/api/v1/login", body, &status, &r);
	if (!err && (status != 200 || !json_at(u->csrf, sizeof(u->csrf), r.text, "csrf")))
		err = EACCES;
	free(r.text);
	if (err) {
		curl_easy_cleanup(u->curl);
		memset(u, 0, sizeof(*u));
	}
	return err;
}

static int user_get(struct user **up, const char *name, unsigned port)
{
	char email[MAIL];

	email_of(email, name);
	for (unsigned i = 0; i < USERS; i++) {
		struct user *u = &users[i];

		if (u->curl && strcmp(u->email, email))
			continue;
		*up = u;
		if (u->curl)
			return 0;
		(void)snprintf(u->email, sizeof(u->email), "%s", email);
		return sign_in(u, port);
	}
	return ENOSPC;
}

/**
 * One request to the API
 *
 * @param port   Port of the portal
 * @param user   Who asks, signed in if need be; "nobody" without a sign-in
 * @param method "GET", ...
 * @param path   From "/"
 * @param body   JSON, or NULL
 * @param status Status of the answer
 * @param reply  Its body, to be freed by the caller; may become NULL
 *
 * @return 0, EACCES when the sign-in was refused, ECONNREFUSED without an answer
 */
int http_call(unsigned port, const char *user, const char *method, const char *path,
	      const char *body, long *status, char **reply)
{
	struct reply r = {NULL, 0};
	struct user *u = NULL;
	CURL *alone = NULL;
	int err = 0;

	*reply = NULL;
	if (strcmp(user, "nobody"))
		err = user_get(&u, user, port);
	else
		alone = curl_easy_init();
	if (!err)
		err = request(u ? u->curl : alone, port, u ? u->csrf : "", method, path, body,
			      status, &r);
	if (alone)
		curl_easy_cleanup(alone);
	if (err)
		free(r.text);
	else
		*reply = r.text;
	return err;
}

/** Posts what is no text; otherwise as http_call() */
int http_upload(unsigned port, const char *user, const char *path, const void *data, size_t size,
		long *status, char **reply)
{
	struct user *u = NULL;
	int err = user_get(&u, user, port);

	if (err)
		return err;
	curl_easy_setopt(u->curl, CURLOPT_POSTFIELDSIZE, (long)size);
	err = http_call(port, user, "POST", path, data, status, reply);
	curl_easy_setopt(u->curl, CURLOPT_POSTFIELDSIZE, -1L);
	return err;
}

/** Gets what is no text into a file; 0, ENOENT for another status than 200, or as http_call() */
int http_file(unsigned port, const char *user, const char *path, const char *file)
{
	struct reply r = {NULL, 0};
	struct user *u = NULL;
	long status = 0;
	FILE *f;
	int err = user_get(&u, user, port);

	if (!err)
		err = request(u->curl, port, u->csrf, "GET", path, NULL, &status, &r);
	if (!err && status != 200)
		err = ENOENT;
	f = err ? NULL : fopen(file, "wb");
	if (f && fwrite(r.text, 1, r.n, f) != r.n)
		err = EIO;
	if (f && fclose(f))
		err = EIO;
	free(r.text);
	return err ? err : f ? 0 : EIO;
}

/** Forgets every sign-in */
void http_forget(void)
{
	for (unsigned i = 0; i < USERS; i++) {
		if (users[i].curl)
			curl_easy_cleanup(users[i].curl);
		memset(&users[i], 0, sizeof(users[i]));
	}
}

static json_t *walk(json_t *v, const char *path)
{
	while (v && *path) {
		size_t n = strcspn(path, ".");
		char key[96];

		(void)snprintf(key, sizeof(key), "%.*s", (int)n, path);
		v = json_is_array(v) ? !strcmp(key, "length")
					       ? json_integer((json_int_t)json_array_size(v))
					       : json_array_get(v, (size_t)strtoul(key, NULL, 10))
				     : json_object_get(v, key);
		path += n + (path[n] == '.');
	}
	return v;
}

/** The value at a path such as "rows.0.from.number" as text; false when there is none */
bool json_at(char *out, size_t size, const char *text, const char *path)
{
	json_t *root = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
	json_t *v = walk(root, path);

	if (json_is_string(v)) {
		(void)snprintf(out, size, "%s", json_string_value(v));
	} else if (v) {
		char *dump = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);

		(void)snprintf(out, size, "%s", dump ? dump : "");
		free(dump);
	}
	json_decref(root);
	return v != NULL;
}
