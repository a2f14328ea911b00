/**
 * @file store.c  The writer with group commit, and the readers
 *
 * The first job of a batch begins the transaction and posts a flush behind whatever waits in the
 * inbox by then; the jobs in between join it. So a batch is as large as the disk is slow, and one
 * job alone is committed at once.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "log.h"
#include "migrate.h"
#include "store.h"
#include "text.h"

enum { QUEUE = 100000, BATCH = 1000, WAITER_QUEUE = 16 };

struct store {
	const struct db_driver *driver;
	char *where;
	struct actor *writer;
	pthread_key_t key; /* struct reader of each thread */
	bool has_key;
	_Atomic bool healthy, closing;
	_Atomic uint64_t commits;
	int news; /* eventfd: a commit told of something */

	/* The writer's own */
	struct db *db;
	struct list batch; /* jobs that ran and wait for the commit */
};

/* The inbox derefs what it delivers, on the wrong thread for a job; it delivers a box instead. */
struct box {
	struct job *job;
};

/* One write: posted to the writer, run, and posted back as its own reply. */
struct job {
	struct le le;
	struct store *store;
	store_fn *fn;
	void *obj;
	struct actor *reply_to;
	struct box *reply; /* made before, so that a reply never lacks memory */
	store_done_h *done;
	int err;
};

/* What one thread keeps of a store. */
struct reader {
	struct db *db;
	struct actor *inbox;
};

/* A blocking write: lives on the waiting thread's stack. */
struct wait {
	store_fn *fn;
	void *obj;
	int err;
	bool done;
};

static void store_flush(struct store *s);

static void reader_destructor(void *arg)
{
	struct reader *r = arg;

	mem_deref(r->db);
	mem_deref(r->inbox);
}

static void reader_close(void *arg)
{
	mem_deref(arg);
}

static void store_destructor(void *arg)
{
	struct store *s = arg;

	atomic_store(&s->closing, true);
	actor_stop(s->writer);
	list_flush(&s->batch);
	mem_deref(s->writer);
	mem_deref(s->db);
	if (s->has_key) {
		mem_deref(pthread_getspecific(s->key));
		pthread_key_delete(s->key);
	}
	if (s->news >= 0)
		close(s->news);
	mem_deref(s->where);
}

static void job_destructor(void *arg)
{
	struct job *job = arg;

	list_unlink(&job->le);
	mem_deref(job->reply);
	mem_deref(job->obj);
}

static void box_destructor(void *arg)
{
	struct box *box = arg;

	mem_deref(box->job);
}

static void job_done_h(void *arg)
{
	struct job *job = ((struct box *)arg)->job;

	if (job->done)
		job->done(job->err, job->obj);
}

/* Hands a job and its outcome back to whoever asked. */
static void job_reply(struct job *job, int err)
{
	struct box *box = TAKE(job->reply);

	list_unlink(&job->le);
	job->err = err;
	if (!box) {
		mem_deref(job);
		return;
	}
	box->job = job;
	err = actor_post(job->reply_to, job_done_h, box);
	if (err)
		log_error("store.reply", "error=\"%s\"", strerror(err));
}

static void store_judge(struct store *s, int err, const char *what)
{
	bool healthy = !err;

	if (healthy == atomic_load(&s->healthy))
		return;
	atomic_store(&s->healthy, healthy);
	if (healthy)
		log_info("store.healthy", "after=%s", what);
	else
		log_error("store.failing", "at=%s error=\"%s\"", what, strerror(err));
}

static int store_connect(struct store *s)
{
	char error[256] = "";
	int err;

	if (s->db)
		return 0;
	err = s->driver->open_h(&s->db, s->where, DB_WRITE);
	if (!err)
		err = migrate(s->db, migrations, migration_count, error, sizeof(error));
	if (err)
		s->db = mem_deref(s->db);
	return err;
}

static void flush_h(void *arg)
{
	store_flush(((struct box *)arg)->job->store);
}

/* The box of a flush holds a job without a function, so that both messages look alike. */
static int flush_post(struct store *s)
{
	struct box *box = mem_zalloc(sizeof(*box), box_destructor);
	struct job *job = mem_zalloc(sizeof(*job), job_destructor);

	if (!box || !job) {
		mem_deref(box);
		mem_deref(job);
		return ENOMEM;
	}
	job->store = s;
	box->job = job;
	return actor_post(s->writer, flush_h, box);
}

static void batch_reply(struct store *s, int err)
{
	while (s->batch.head) {
		struct job *job = s->batch.head->data;

		job_reply(job, err ? err : job->err);
	}
}

/* A file that was moved away is not written to any more: what it would hold were lost unseen. */
static void store_flush(struct store *s)
{
	int err;

	if (!s->batch.head)
		return;
	err = s->driver->lost_h(s->db) ? EIO : s->driver->commit_h(s->db);
	if (err)
		s->driver->rollback_h(s->db);
	if (err == EIO)
		s->db = mem_deref(s->db);
	if (!err)
		atomic_fetch_add(&s->commits, 1);
	if (!err && s->db->told)
		(void)eventfd_write(s->news, 1);
	store_judge(s, err || !s->db->full ? err : ENOSPC, "commit");
	if (s->db)
		s->db->told = false;
	batch_reply(s, err);
}

static int job_step(struct store *s, struct job *job)
{
	int err = s->driver->script_h(s->db, "SAVEPOINT job");

	if (err)
		return err;
	err = job->fn(s->db, job->obj);
	if (!s->driver->within_h(s->db))
		return err ? err : EIO;
	if (err)
		(void)s->driver->script_h(s->db, "ROLLBACK TO job");
	if (s->driver->script_h(s->db, "RELEASE job") && !err)
		err = EIO;
	return err;
}

static int store_begin(struct store *s)
{
	int err = store_connect(s);

	if (err)
		return err;
	if (s->driver->within_h(s->db))
		return 0;
	s->db->full = false;
	return s->driver->begin_h(s->db, true);
}

static void job_h(void *arg)
{
	struct box *box = arg;
	struct job *job = TAKE(box->job);
	struct store *s = job->store;
	bool flush = false;
	int err;

	if (!s->batch.head) {
		err = store_begin(s);
		if (err) {
			store_judge(s, err, "begin");
			job_reply(job, err);
			return;
		}
		flush = flush_post(s) != 0;
	}
	job->err = job_step(s, job);
	list_append(&s->batch, &job->le, job);
	if (!s->driver->within_h(s->db)) {
		/* A full disk ends the whole transaction: nobody's write is in it any more. */
		store_judge(s, job->err, "write");
		batch_reply(s, job->err);
		return;
	}
	if (flush || list_count(&s->batch) >= BATCH)
		store_flush(s);
}

static int store_open(struct store *s, char *error, size_t size)
{
	int err = s->driver->open_h(&s->db, s->where, DB_CREATE);

	if (err) {
		(void)text_printf(error, size, "The database %s could not be opened: %s.", s->where,
				  strerror(err));
		return err;
	}
	return migrate(s->db, migrations, migration_count, error, size);
}

/**
 * Opens the database, brings its schema up to date and starts the writer
 *
 * @param sp     Result
 * @param driver Engine
 * @param where  What the engine opens: for SQLite a file, made with mode 0600 if it is not there
 * @param error  Sentence for the operator when it fails
 * @param size   Its size
 *
 * @return 0, ENOTSUP when the database is newer than the program, or errno
 */
int store_alloc(struct store **sp, const struct db_driver *driver, const char *where, char *error,
		size_t size)
{
	AUTO struct store *s = mem_zalloc(sizeof(*s), store_destructor);
	int err;

	error[0] = '\0';
	if (!s)
		return ENOMEM;
	s->driver = driver;
	atomic_init(&s->healthy, true);
	s->news = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	err = s->news < 0 ? errno : str_dup(&s->where, where);
	if (!err)
		err = store_open(s, error, size);
	if (!err)
		err = pthread_key_create(&s->key, reader_close);
	if (err)
		return err;
	s->has_key = true;
	err = actor_alloc(&s->writer, "store", QUEUE);
	if (!err)
		err = actor_start(s->writer);
	if (!err)
		*sp = TAKE(s);
	return err;
}

/**
 * Queues a write
 *
 * @param s        Store
 * @param fn       What to write; runs on the writer's thread
 * @param obj      Its argument, a mem object that is handed over in any case; may be NULL
 * @param reply_to Inbox of the thread that is told, or NULL
 * @param done     What is called there once the write is on disk, or failed; may be NULL
 *
 * @return 0; or ESHUTDOWN, ENOBUFS (too many wait) or ENOMEM: then `done` is never called
 */
int store_write(struct store *s, store_fn *fn, void *obj, struct actor *reply_to,
		store_done_h *done)
{
	struct job *job = mem_zalloc(sizeof(*job), job_destructor);
	struct box *box = mem_zalloc(sizeof(*box), box_destructor);
	bool closing = atomic_load(&s->closing), poor = !job || !box;

	if (!poor && reply_to) {
		job->reply = mem_zalloc(sizeof(*job->reply), box_destructor);
		poor = !job->reply;
	}
	if (poor || closing) {
		mem_deref(job);
		mem_deref(box);
		mem_deref(obj);
		return closing ? ESHUTDOWN : ENOMEM;
	}
	job->store = s;
	job->fn = fn;
	job->obj = obj;
	job->reply_to = reply_to;
	job->done = done;
	box->job = job;
	return actor_post(s->writer, job_h, box);
}

static struct reader *store_reader(struct store *s)
{
	struct reader *r = pthread_getspecific(s->key);

	if (r)
		return r;
	r = mem_zalloc(sizeof(*r), reader_destructor);
	if (r && pthread_setspecific(s->key, r))
		r = mem_deref(r);
	return r;
}

static int wait_fn(struct db *db, void *obj)
{
	struct wait *w = *(struct wait **)obj;

	return w->fn(db, w->obj);
}

static void wait_done(int err, void *obj)
{
	struct wait *w = *(struct wait **)obj;

	w->err = err;
	w->done = true;
}

/**
 * Writes and waits until it is on disk; not on the core thread, and not on the writer's
 *
 * @param s   Store
 * @param fn  What to write; runs on the writer's thread while this one waits
 * @param obj Its argument, which stays the caller's; any memory
 *
 * @return What fn returned, or why it was not committed: ENOSPC, EIO, ESHUTDOWN, ENOBUFS, ENOMEM
 */
int store_write_wait(struct store *s, store_fn *fn, void *obj)
{
	struct reader *r = store_reader(s);
	struct wait w = {.fn = fn, .obj = obj}, **wp;
	struct pollfd p = {.events = POLLIN};
	int err;

	if (!r)
		return ENOMEM;
	if (!r->inbox) {
		err = actor_alloc(&r->inbox, "waiter", WAITER_QUEUE);
		if (err)
			return err;
	}
	wp = mem_zalloc(sizeof(struct wait *), NULL);
	if (!wp)
		return ENOMEM;
	*wp = &w;
	err = store_write(s, wait_fn, wp, r->inbox, wait_done);
	p.fd = actor_fd(r->inbox);
	while (!err && !w.done) {
		(void)poll(&p, 1, -1);
		actor_run(r->inbox);
	}
	return err ? err : w.err;
}

static int reader_connect(struct store *s, struct reader *r)
{
	if (r->db && s->driver->lost_h(r->db))
		r->db = mem_deref(r->db);
	return r->db ? 0 : s->driver->open_h(&r->db, s->where, DB_READ);
}

/**
 * Reads on the calling thread, inside one snapshot
 *
 * @param s   Store
 * @param fn  What to read
 * @param obj Its argument, which stays the caller's; any memory
 *
 * @return What fn returned, or EIO, EBUSY, ENOMEM
 */
int store_read(struct store *s, store_fn *fn, void *obj)
{
	struct reader *r = store_reader(s);
	int err;

	if (!r)
		return ENOMEM;
	if (reader_connect(s, r))
		return EIO;
	if (s->driver->within_h(r->db))
		return fn(r->db, obj); /* a read inside a read sees the same snapshot */
	err = s->driver->begin_h(r->db, false);
	if (err)
		return err;
	err = fn(r->db, obj);
	s->driver->rollback_h(r->db);
	if (err == EIO)
		r->db = mem_deref(r->db);
	return err;
}

/**
 * Copies a database that may be in use, whole or not at all
 *
 * @param driver Engine
 * @param where  As in store_alloc(); it is not migrated
 * @param file   File that is not there yet, made with mode 0600
 *
 * @return 0, EEXIST, ENOENT, ENOSPC or errno
 */
int store_copy(const struct db_driver *driver, const char *where, const char *file)
{
	char part[4096];
	int err;

	if (!access(file, F_OK))
		return EEXIST;
	if (access(where, R_OK))
		return errno;
	if (!text_printf(part, sizeof(part), "%s.part", file))
		return ENAMETOOLONG;
	(void)unlink(part);
	err = driver->copy_h(where, part);
	if (!err && rename(part, file))
		err = errno;
	if (err)
		(void)unlink(part);
	return err;
}

/** A descriptor that is readable once a write that called db_tell() is on disk; one listener */
int store_news_fd(const struct store *s)
{
	return s->news;
}

/** False from a write that the machine refused until one that it took; any thread */
bool store_healthy(const struct store *s)
{
	return atomic_load(&s->healthy);
}

/** How many transactions were committed since the start; any thread */
uint64_t store_commits(const struct store *s)
{
	return atomic_load(&s->commits);
}

/** Bytes of memory that the database's connections hold, its cache above all; any thread */
uint64_t store_memory(const struct store *s)
{
	return s->driver->memory_h();
}
