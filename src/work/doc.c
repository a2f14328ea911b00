/**
 * @file doc.c  Running doc-convert, and keeping what it wrote
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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
#include "own.h"

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

static void headed_put(json_t *o, const struct doc_request *r)
{
	const struct doc_line *l = r->line;

	json_object_set_new(o, "first", json_integer(r->first));
	json_object_set_new(o, "lines", json_boolean(r->lines));
	if (l)
		json_object_set_new(o, "line",
				    json_pack("{s:s,s:s,s:s}", "time", l->time, "name", l->name,
					      "numbers", l->numbers));
}

static void pieces_put(json_t *o, const struct doc_request *r)
{
	json_t *pieces = json_array();

	for (unsigned i = 0; i < r->count; i++)
		json_array_append_new(pieces, json_pack("[i,i]", (int)r->pieces[i].first,
							(int)r->pieces[i].count));
	json_object_set_new(o, "pieces", pieces);
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
	if (o && r->max_pages)
		json_object_set_new(o, "maxPages", json_integer(r->max_pages));
	if (o && r->seconds)
		json_object_set_new(o, "seconds", json_integer(r->seconds));
	if (o && r->report)
		json_object_set_new(o, "report", json_loads(r->report, 0, NULL));
	if (o && r->template)
		cover_put(o, r);
	if (o && !strcmp(r->op, "headed"))
		headed_put(o, r);
	if (o && r->pieces)
		pieces_put(o, r);
	text = o ? json_dumps(o, JSON_COMPACT) : NULL;
	json_decref(o);
	return text;
}

static int answer_read(struct doc_result *result, const char *text)
{
	json_t *o = json_loads(text, 0, NULL);
	const char *reason = json_string_value(json_object_get(o, "reason"));
	const char *message = json_string_value(json_object_get(o, "message"));
	const char *sum = json_string_value(json_object_get(o, "sha256"));
	int err;

	memset(result, 0, sizeof(*result));
	result->ok = json_is_true(json_object_get(o, "ok"));
	result->part = json_is_true(json_object_get(o, "part"));
	result->pages = (unsigned)json_integer_value(json_object_get(o, "pages"));
	result->seconds = (unsigned)json_integer_value(json_object_get(o, "seconds"));
	result->page_seconds = (unsigned)json_integer_value(json_object_get(o, "pageSeconds"));
	result->input = (unsigned)json_integer_value(json_object_get(o, "input"));
	snprintf(result->reason, sizeof(result->reason), "%s", reason ? reason : "");
	snprintf(result->message, sizeof(result->message), "%s", message ? message : "");
	snprintf(result->sha256, sizeof(result->sha256), "%s", sum ? sum : "");
	err = o && (result->ok || reason) ? 0 : EBADMSG;
	json_decref(o);
	return !err && !strcmp(result->reason, "system") ? EIO : err;
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

/* Starts it and tells it the request; `out` is where it answers */
static int begin(pid_t *pid, int *out, const char *program, const struct doc_request *request)
{
	char *text = request_text(request);
	int in[2], pair[2] = {-1, -1}, err = text ? 0 : ENOMEM;

	if (err || pipe2(in, O_CLOEXEC)) {
		free(text);
		return err ? err : errno;
	}
	if (pipe2(pair, O_CLOEXEC))
		err = errno;
	err = err ? err : spawn(pid, program, in[0], pair[1]);
	close(in[0]);
	if (pair[1] >= 0)
		close(pair[1]);
	if (!err && write(in[1], text, strlen(text)) != (ssize_t)strlen(text))
		err = EIO;
	close(in[1]);
	free(text);
	*out = pair[0];
	return err;
}

static int failed(const char *program, int err)
{
	if (err)
		log_error("doc.failed", "program=\"%s\" err=%s", program, strerror(err));
	return err;
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
	char answer[ANSWER] = "";
	pid_t pid = 0;
	int out = -1, err = begin(&pid, &out, program, request);

	if (pid > 0) {
		answer_take(answer, sizeof(answer), out);
		(void)waitpid(pid, NULL, 0);
	}
	if (out >= 0)
		close(out);
	return failed(program, err ? err : answer_read(result, answer));
}

/* --- without waiting ---------------------------------------------------------------------------
 */

struct doc {
	pid_t pid;
	int out;
	const char *program;
	char answer[ANSWER];
	size_t filled;
	doc_h *h;
	void *arg;
};

static void doc_destructor(void *arg)
{
	struct doc *d = arg;

	if (d->out >= 0) {
		fd_close(d->out);
		close(d->out);
	}
	if (d->pid > 0) {
		kill(d->pid, SIGKILL);
		(void)waitpid(d->pid, NULL, 0);
	}
}

static void on_answer(int flags, void *arg)
{
	struct doc *d = arg;
	struct doc_result result;
	ssize_t n = read(d->out, d->answer + d->filled, sizeof(d->answer) - 1 - d->filled);

	if (n > 0)
		d->filled += (size_t)n;
	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return;
	fd_close(d->out);
	d->answer[d->filled] = '\0';
	d->h(failed(d->program, answer_read(&result, d->answer)), &result, d->arg);
}

/**
 * Starts doc-convert; core thread
 *
 * @param dp      Result; dropping it ends the program
 * @param program Its path, which must live as long
 * @param request What to do
 * @param h       Is told what came of it, once
 * @param arg     Its argument
 *
 * @return 0 or errno
 */
int doc_start(struct doc **dp, const char *program, const struct doc_request *request, doc_h *h,
	      void *arg)
{
	AUTO struct doc *d = mem_zalloc(sizeof(*d), doc_destructor);
	int err;

	if (!d)
		return ENOMEM;
	d->program = program;
	d->h = h;
	d->arg = arg;
	d->out = -1;
	err = begin(&d->pid, &d->out, program, request);
	if (!err && fcntl(d->out, F_SETFL, O_NONBLOCK))
		err = errno;
	err = err ? err : fd_listen(d->out, FD_READ, on_answer, d);
	if (!err)
		*dp = TAKE(d);
	return failed(program, err);
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
