/**
 * @file doc.c  Running doc-convert, and keeping what it wrote
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "work_private.h"
/* jansson beside libre, which has words of its own for these */
#define JSON_STRING JANSSON_STRING
#define JSON_NULL JANSSON_NULL
#include <jansson.h>
#include "clock.h"
#include "log.h"

enum { ANSWER = 2048, FILE_MAX = 256 << 20 };

static void cover_put(json_t *o, const struct doc_request *r)
{
	json_t *fields = json_object();

	for (unsigned i = 0; r->fields && r->fields[i] && r->fields[i + 1]; i += 2)
		json_object_set_new(fields, r->fields[i], json_string(r->fields[i + 1]));
	json_object_set_new(o, "fields", fields);
	json_object_set_new(o, "template", json_string(r->template));
	if (r->logo)
		json_object_set_new(o, "logo", json_string(r->logo));
}

static char *request_text(const struct doc_request *r)
{
	json_t *o = json_pack("{s:s,s:s,s:b,s:[]}", "op", r->op, "out", r->out, "fine", r->fine,
			      "inputs");
	char *text;

	for (unsigned i = 0; o && i < r->count; i++)
		json_array_append_new(json_object_get(o, "inputs"), json_string(r->inputs[i]));
	if (o && r->picture)
		json_object_set_new(o, "picture", json_string(r->picture));
	if (o && r->template)
		cover_put(o, r);
	text = o ? json_dumps(o, JSON_COMPACT) : NULL;
	json_decref(o);
	return text;
}

static int answer_read(struct doc_result *result, const char *text)
{
	json_t *o = json_loads(text, 0, NULL);
	const char *reason = json_string_value(json_object_get(o, "reason"));
	const char *message = json_string_value(json_object_get(o, "message"));

	memset(result, 0, sizeof(*result));
	result->ok = json_is_true(json_object_get(o, "ok"));
	result->pages = (unsigned)json_integer_value(json_object_get(o, "pages"));
	result->seconds = (unsigned)json_integer_value(json_object_get(o, "seconds"));
	snprintf(result->reason, sizeof(result->reason), "%s", reason ? reason : "");
	snprintf(result->message, sizeof(result->message), "%s", message ? message : "");
	json_decref(o);
	return o && (result->ok || reason) ? 0 : EBADMSG;
}

static int spawn(pid_t *pid, const char *program, int in, int out)
{
	char *const argv[] = {(char *)(uintptr_t)program, NULL}, *const env[] = {NULL};
	posix_spawn_file_actions_t a;
	int err = posix_spawn_file_actions_init(&a);

	if (err)
		return err;
	err = posix_spawn_file_actions_adddup2(&a, in, STDIN_FILENO);
	err = err ? err : posix_spawn_file_actions_adddup2(&a, out, STDOUT_FILENO);
	err = err ? err : posix_spawn(pid, program, &a, NULL, argv, env);
	posix_spawn_file_actions_destroy(&a);
	return err;
}

/* It ends by its own limits, well within a minute */
static void answer_take(char *text, size_t size, int fd)
{
	size_t n = 0;
	ssize_t got;

	while (n + 1 < size && (got = read(fd, text + n, size - 1 - n)) != 0) {
		if (got < 0 && errno != EINTR)
			break;
		n += got > 0 ? (size_t)got : 0;
	}
	text[n] = '\0';
}

/**
 * Runs doc-convert and waits for it
 *
 * @param result  What it said
 * @param program Its path
 * @param request What to do
 *
 * @return 0, also when it refused the document; errno when it could not do its work
 */
int doc_run(struct doc_result *result, const char *program, const struct doc_request *request)
{
	char *text = request_text(request), answer[ANSWER] = "";
	int in[2], out[2], err = text ? 0 : ENOMEM;
	pid_t pid = 0;

	if (err || pipe2(in, O_CLOEXEC)) {
		free(text);
		return err ? err : errno;
	}
	if (pipe2(out, O_CLOEXEC)) {
		out[0] = out[1] = -1;
		err = errno;
	}
	err = err ? err : spawn(&pid, program, in[0], out[1]);
	close(in[0]);
	close(out[1]);
	if (!err && write(in[1], text, strlen(text)) != (ssize_t)strlen(text))
		err = EIO;
	close(in[1]);
	if (pid > 0) {
		answer_take(answer, sizeof(answer), out[0]);
		(void)waitpid(pid, NULL, 0);
	}
	close(out[0]);
	free(text);
	err = err ? err : answer_read(result, answer);
	if (!err && !strcmp(result->reason, "system"))
		err = EIO;
	if (err)
		log_error("doc.failed", "program=\"%s\" err=%s", program, strerror(err));
	return err;
}

/**
 * Keeps a file as a blob; the file stays
 *
 * @param key    Result
 * @param blobs  Where
 * @param tenant Whose
 * @param path   The file
 *
 * @return 0 or errno
 */
int file_keep(char key[BLOB_KEY], struct blobs *blobs, int64_t tenant, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	void *p = NULL;
	int err = fd < 0 ? errno : 0;

	if (!err && (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX))
		err = EFBIG;
	if (!err && !(p = malloc((size_t)st.st_size + 1)))
		err = ENOMEM;
	if (!err && read(fd, p, (size_t)st.st_size) != st.st_size)
		err = EIO;
	if (!err) {
		blob_key(key, tenant, clock_wall_ms());
		err = blob_put(blobs, key, p, (size_t)st.st_size);
	}
	free(p);
	if (fd >= 0)
		close(fd);
	return err;
}
