/**
 * @file recording.c  Recordings on their way into blobs
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "exchange.h"
#include "recording.h"

struct recording {
	struct le le; /* in the exchange's list */
	char key[BLOB_KEY], path[BLOB_PATH];
	recording_h *h;
	void *obj;
};

static void recording_destructor(void *arg)
{
	struct recording *r = arg;

	list_unlink(&r->le);
	mem_deref(r->obj);
}

static uint32_t stream_begin(struct stream *s, const char *path, const struct recording_conf *conf)
{
	if (conf->both)
		return stream_record_both(s, path);
	return stream_record(s, path, conf->max_ms, conf->silence_ms, conf->keys);
}

/**
 * Begins to record a stream
 *
 * @param id     Result: what STREAM_RECORDED will bear
 * @param key    Result: key of the blob that it becomes
 * @param x      Exchange
 * @param s      Stream; what it recorded until now ends
 * @param tenant Whose blob
 * @param conf   What is recorded, and how long
 * @param h      Told of the end
 * @param obj    Mem object for h; a reference is kept until then
 *
 * @return 0 or errno; then h is not called
 */
int recording_begin(uint32_t *id, char key[BLOB_KEY], struct exchange *x, struct stream *s,
		    int64_t tenant, const struct recording_conf *conf, recording_h *h, void *obj)
{
	struct recording *r = mem_zalloc(sizeof(*r), recording_destructor);

	if (!r)
		return ENOMEM;
	blob_key(r->key, tenant, clock_wall_ms());
	blob_path(r->path, exchange_conf(x)->blobs, r->key);
	*id = stream_begin(s, r->path, conf);
	if (!*id) {
		mem_deref(r);
		return ENOBUFS;
	}
	r->h = h;
	r->obj = mem_ref(obj);
	str_ncpy(key, r->key, BLOB_KEY);
	list_append(exchange_recordings(x), &r->le, r);
	return 0;
}

/** A file is complete; for struct engine_conf, `arg` is the exchange */
void recording_taped(const struct taped *t, void *arg)
{
	struct le *le;

	LIST_FOREACH (exchange_recordings(arg), le) {
		struct recording *r = le->data;

		if (strcmp(r->path, t->path))
			continue;
		list_unlink(&r->le);
		r->h(r->key, t, r->obj);
		mem_deref(r);
		return;
	}
}
