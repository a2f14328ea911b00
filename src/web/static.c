/**
 * @file static.c  The portal's files, held in memory
 *
 * The folder is read once at start; a request only looks a path up in the table, so that no path
 * leads out of it. Beside `app.js` there may be `app.js.br` and `app.js.gz`.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "log.h"
#include "own.h"
#include "server.h"
#include "text.h"

enum { FILES_MAX = 4000, FILE_MAX = 16 * 1024 * 1024, FOLDER_MAX = 128 * 1024 * 1024, DEPTH = 8 };

struct file {
	char *path; /* "/assets/app-1a2b.js" */
	uint8_t *bytes;
	size_t size;
	char etag[20];
	const struct file *br, *gz;
};

struct files {
	struct file v[FILES_MAX];
	size_t n, total;
};

static const char *const types[][2] = {
	{".html", "text/html; charset=utf-8"},
	{".js", "text/javascript; charset=utf-8"},
	{".mjs", "text/javascript; charset=utf-8"},
	{".css", "text/css; charset=utf-8"},
	{".json", "application/json"},
	{".map", "application/json"},
	{".webmanifest", "application/manifest+json"},
	{".svg", "image/svg+xml"},
	{".png", "image/png"},
	{".jpg", "image/jpeg"},
	{".webp", "image/webp"},
	{".ico", "image/x-icon"},
	{".woff2", "font/woff2"},
	{".ogg", "audio/ogg"},
	{".mp3", "audio/mpeg"},
	{".wav", "audio/wav"},
	{".wasm", "application/wasm"},
	{".txt", "text/plain; charset=utf-8"},
};

static void files_destructor(void *arg)
{
	struct files *fs = arg;

	for (size_t i = 0; i < fs->n; i++) {
		mem_deref(fs->v[i].path);
		mem_deref(fs->v[i].bytes);
	}
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

static const char *type_of(const char *path)
{
	for (size_t i = 0; i < COUNT(types); i++) {
		if (ends_with(path, types[i][0]))
			return types[i][1];
	}
	return "application/octet-stream";
}

static int bytes_read(int fd, uint8_t *p, size_t n)
{
	while (n) {
		ssize_t got = read(fd, p, n);

		if (got <= 0)
			return got ? errno : EIO;
		p += got;
		n -= (size_t)got;
	}
	return 0;
}

static int file_add(struct files *fs, const char *path, int fd, size_t size)
{
	struct file *f = &fs->v[fs->n];
	char hex[TEXT_SHA256];
	int err;

	if (fs->n == FILES_MAX || size > FILE_MAX || fs->total + size > FOLDER_MAX)
		return EFBIG;
	f->bytes = mem_alloc(size ? size : 1, NULL);
	err = f->bytes ? str_dup(&f->path, path) : ENOMEM;
	if (!err)
		err = bytes_read(fd, f->bytes, size);
	if (err) {
		f->bytes = mem_deref(f->bytes);
		f->path = mem_deref(f->path);
		return err;
	}
	f->size = size;
	fs->total += size;
	text_sha256(hex, f->bytes, size);
	hex[16] = '\0';
	text_printf(f->etag, sizeof(f->etag), "\"%s\"", hex);
	++fs->n;
	return 0;
}

static int folder_add(struct files *fs, int dir, const char *prefix, int depth);

static int entry_add(struct files *fs, int dir, const char *prefix, const char *name, int depth)
{
	char path[WEB_PATH];
	struct stat st;
	int fd, err = 0;

	if (name[0] == '.' || !text_printf(path, sizeof(path), "%s/%s", prefix, name))
		return 0;
	/* O_NOFOLLOW: a link must not publish what lies outside the folder */
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ELOOP ? 0 : errno;
	if (fstat(fd, &st))
		err = errno;
	else if (S_ISDIR(st.st_mode))
		return folder_add(fs, fd, path, depth + 1);
	else if (S_ISREG(st.st_mode))
		err = file_add(fs, path, fd, (size_t)st.st_size);
	close(fd);
	return err;
}

/** Adds a folder; takes over the descriptor */
static int folder_add(struct files *fs, int dir, const char *prefix, int depth)
{
	DIR *d = depth < DEPTH ? fdopendir(dir) : NULL;
	const struct dirent *e;
	int err = 0;

	if (!d) {
		close(dir);
		return depth < DEPTH ? ENOMEM : EFBIG;
	}
	while (!err && (e = readdir(d)))
		err = entry_add(fs, dirfd(d), prefix, e->d_name, depth);
	closedir(d);
	return err;
}

static int file_order(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

static const struct file *file_find(const struct files *fs, const char *path)
{
	size_t lo = 0, hi = fs->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int order = strcmp(path, fs->v[mid].path);

		if (!order)
			return &fs->v[mid];
		if (order < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

static void files_pack(struct files *fs)
{
	char path[WEB_PATH + 4];

	qsort(fs->v, fs->n, sizeof(fs->v[0]), file_order);
	for (size_t i = 0; i < fs->n; i++) {
		text_printf(path, sizeof(path), "%s.br", fs->v[i].path);
		fs->v[i].br = file_find(fs, path);
		text_printf(path, sizeof(path), "%s.gz", fs->v[i].path);
		fs->v[i].gz = file_find(fs, path);
	}
}

/**
 * Reads a folder, its links and hidden files left out
 *
 * @param fp     Result
 * @param folder Folder; NULL or "" for none
 *
 * @return 0, EFBIG for more than 4000 files, 16 MiB a file or 128 MiB in all, or errno
 */
int files_alloc(struct files **fp, const char *folder)
{
	AUTO struct files *fs = mem_zalloc(sizeof(*fs), files_destructor);
	int dir, err = 0;

	if (!fs)
		return ENOMEM;
	if (folder && folder[0]) {
		dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		err = dir < 0 ? errno : folder_add(fs, dir, "", 0);
	}
	if (err)
		return err;
	files_pack(fs);
	*fp = TAKE(fs);
	return 0;
}

/* "br" in "gzip, br;q=0.9", but not with q=0 (RFC 9110 section 12.5.3) */
static bool accepts(const char *list, const char *coding)
{
	size_t len = strlen(coding);

	while (list && *list) {
		size_t n;

		list += strspn(list, ", ");
		n = strcspn(list, ",");
		if (n >= len && !strncasecmp(list, coding, len) && (n == len || list[len] == ';'))
			return n == len || !memmem(list, n, "q=0", 3) || memmem(list, n, "q=0.", 4);
		list += n;
	}
	return false;
}

/** What a path shows: a file, or the portal's page for a path of its own router */
static const struct file *file_of(const struct files *fs, const char *path)
{
	const struct file *f = file_find(fs, path);
	const char *last = strrchr(path, '/');

	if (f || !strncmp(path, "/assets/", 8) || strchr(last, '.'))
		return f;
	return file_find(fs, "/index.html");
}

static enum MHD_Result file_send(const struct request *rq, const struct file *f,
				 const struct file *packed, const char *coding)
{
	const char *have = request_header(rq, "If-None-Match");
	bool same = have && strstr(have, packed->etag);
	struct MHD_Response *r = MHD_create_response_from_buffer(
		same ? 0 : packed->size, packed->bytes, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result res;

	if (!r)
		return MHD_NO;
	security_heads(rq->web, r);
	MHD_add_response_header(r, "Content-Type", type_of(f->path));
	MHD_add_response_header(r, "ETag", packed->etag);
	if (f->br || f->gz)
		MHD_add_response_header(r, "Vary", "Accept-Encoding");
	if (coding)
		MHD_add_response_header(r, "Content-Encoding", coding);
	/* Assets are named after their hash; everything else must be asked for again */
	MHD_add_response_header(r, "Cache-Control",
				strncmp(f->path, "/assets/", 8)
					? "no-cache"
					: "public, max-age=31536000, immutable");
	res = MHD_queue_response(rq->conn, same ? 304 : 200, r);
	MHD_destroy_response(r);
	return res;
}

/** Sends the file of a GET's path; false if there is none */
bool files_send(const struct request *rq, enum MHD_Result *res)
{
	const struct file *f = file_of(rq->web->files, rq->path);
	const char *accept = request_header(rq, "Accept-Encoding");

	if (!f)
		return false;
	if (f->br && accepts(accept, "br"))
		*res = file_send(rq, f, f->br, "br");
	else if (f->gz && accepts(accept, "gzip"))
		*res = file_send(rq, f, f->gz, "gzip");
	else
		*res = file_send(rq, f, f, NULL);
	return true;
}
