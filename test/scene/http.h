/**
 * @file http.h  The API as a person in a browser uses it: signed in, with the CSRF token
 *
 * Nothing of libre is included here, for its JSON and jansson share names.
 */
#ifndef SCENE_HTTP_H
#define SCENE_HTTP_H

#include <stdbool.h>
#include <stddef.h>

int http_call(unsigned port, const char *user, const char *method, const char *path,
	      const char *body, long *status, char **reply);
int http_upload(unsigned port, const char *user, const char *path, const void *data, size_t size,
		long *status, char **reply);
int http_file(unsigned port, const char *user, const char *path, const char *file);
void http_forget(void);
bool json_at(char *out, size_t size, const char *text, const char *path);

#endif
