/**
 * @file fake_media.c  The audio side in memory: who hears whom, and what is played
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <strings.h>
#include "clock.h"
#include "fake.h"
#include "text.h"

struct engine {
	unsigned streams;
};

struct stream {
	struct engine *engine;
	stream_event_h *h;
	void *arg;
	struct stream *peer;
	struct mix *mix;
	bool speaks;
	char play[1024];
	uint32_t play_id;
	char record[1024];
	uint32_t record_id;
	uint64_t began_ms;
	bool paused;
	uint64_t silent_ms;
};

static struct engine *engine;
static uint32_t plays;
static void (*taped_h)(const struct taped *t, void *arg);
static void *taped_arg;

int engine_alloc(struct engine **ep, const struct engine_conf *conf)
{
	*ep = engine = mem_zalloc(sizeof(*engine), NULL);
	taped_h = conf->taped_h;
	taped_arg = conf->taped_arg;
	return engine ? 0 : ENOMEM;
}

static void stream_destructor(void *arg)
{
	struct stream *s = arg;

	if (s->peer)
		s->peer->peer = NULL;
	stream_stop_record(s);
	--s->engine->streams;
}

int stream_alloc(struct stream **sp, struct engine *e, uint32_t affinity, stream_event_h *h,
		 void *arg)
{
	struct stream *s = mem_zalloc(sizeof(*s), stream_destructor);

	if (!s)
		return ENOMEM;
	s->engine = e;
	s->h = h;
	s->arg = arg;
	++e->streams;
	*sp = s;
	return 0;
}

const struct stream_local *stream_local(const struct stream *s)
{
	static const struct stream_local local = {.port = 20000,
						  .rtcp_port = 20001,
						  .ufrag = "u",
						  .pwd = "p",
						  .fingerprint = "AA",
						  .ssrc = 1,
						  .cname = "c"};

	return &local;
}

int stream_update(struct stream *s, const struct stream_remote *remote)
{
	return 0;
}

void stream_bridge(struct stream *a, struct stream *b)
{
	if (a->peer)
		a->peer->peer = NULL;
	a->peer = b;
	if (!b)
		return;
	a->mix = b->mix = NULL;
	if (b->peer && b->peer != a)
		b->peer->peer = NULL;
	b->peer = a;
}

struct mix {
	struct engine *engine;
};

int mix_alloc(struct mix **mp, struct engine *e, uint32_t affinity)
{
	*mp = mem_zalloc(sizeof(**mp), NULL);
	return *mp ? 0 : ENOMEM;
}

void mix_add(struct mix *m, struct stream *s, bool speaks)
{
	stream_bridge(s, NULL);
	s->mix = m;
	s->speaks = speaks;
}

void mix_remove(struct mix *m, struct stream *s)
{
	if (s->mix == m)
		s->mix = NULL;
}

/** Whether a party hears another one in a mix */
bool fake_mixed(const struct fake *f, const struct fake *other)
{
	const struct stream *s = fake_stream_of(f), *o = fake_stream_of(other);

	return s && o && s->mix && s->mix == o->mix && o->speaks && !s->play[0];
}

uint32_t stream_play(struct stream *s, const char *what, bool loop)
{
	text_printf(s->play, sizeof(s->play), "%s", what);
	return s->play_id = ++plays;
}

void stream_patience(struct stream *s, uint32_t ms)
{
}

void stream_vouch(struct stream *s)
{
}

void stream_listen_fax(struct stream *s, uint32_t ms)
{
}

void stream_stop_play(struct stream *s)
{
	s->play[0] = '\0';
}

void stream_echo(struct stream *s, uint32_t delay_ms)
{
	text_printf(s->play, sizeof(s->play), "echo:%u", delay_ms);
}

/** What is played to the party has ended */
void fake_played(const struct fake *f)
{
	struct stream *s = fake_stream_of(f);
	struct stream_event ev = {.kind = STREAM_PLAYED, .play = s->play_id};

	s->h(s, &ev, s->arg);
}

void engine_stop(struct engine *e)
{
}

uint32_t stream_record(struct stream *s, const char *path, uint32_t max_ms, uint32_t silence_ms,
		       const char *stop_keys)
{
	text_printf(s->record, sizeof(s->record), "%s", path);
	s->began_ms = clock_mono_ms();
	return s->record_id = ++plays;
}

uint32_t stream_record_both(struct stream *s, const char *path)
{
	return stream_record(s, path, 0, 0, "");
}

void stream_pause_record(struct stream *s, bool paused)
{
	s->paused = paused;
}

static void recorded(struct stream *s, enum record_end end)
{
	struct taped t = {.path = s->record, .end = end, .err = end == RECORD_ERROR ? ENOSPC : 0};
	struct stream_event ev = {.kind = STREAM_RECORDED, .play = s->record_id, .end = end};
	char path[1024];

	if (!s->record[0])
		return;
	memcpy(path, s->record, sizeof(path));
	s->record[0] = '\0';
	t.path = path;
	t.duration_ms = (uint32_t)(clock_mono_ms() - s->began_ms);
	if (taped_h)
		taped_h(&t, taped_arg);
	if (s->h && mem_nrefs(s))
		s->h(s, &ev, s->arg);
}

static bool disk_full;

/** What is recorded from now on finds no room when it ends, or does again */
void fake_disk(bool full)
{
	disk_full = full;
}

void stream_stop_record(struct stream *s)
{
	recorded(s, disk_full ? RECORD_ERROR : RECORD_STOPPED);
}

/** A party's recording ends by itself */
void fake_recorded(const struct fake *f, enum record_end end)
{
	recorded(fake_stream_of(f), end);
}

/** Whether a party is recorded */
bool fake_is_recorded(const struct fake *f)
{
	const struct stream *s = fake_stream_of(f);

	return s && s->record[0] && !s->paused;
}

void stream_send_dtmf(struct stream *s, char digit, uint32_t duration_ms)
{
}

void stream_last_stats(const struct stream *s, struct stream_stats *st)
{
	memset(st, 0, sizeof(*st));
	st->silent_ms = s->silent_ms;
}

const char *codec_name(enum codec_id id)
{
	static const char *const names[] = {"", "PCMU", "PCMA", "G722", "opus"};

	return names[id];
}

enum codec_id codec_by_name(const char *name, uint32_t rate)
{
	for (int i = CODEC_PCMU; i <= CODEC_OPUS; i++) {
		if (!strcasecmp(name, codec_name((enum codec_id)i)))
			return (enum codec_id)i;
	}
	return CODEC_NONE;
}

/** Whom a party hears; NULL for nobody */
const struct fake *fake_hears(const struct fake *f)
{
	const struct stream *s = fake_stream_of(f);

	return s && !s->play[0] ? fake_of_stream(s->peer) : NULL;
}

/** What is played to a party; "" for nothing */
const char *fake_hears_play(const struct fake *f)
{
	const struct stream *s = fake_stream_of(f);

	return s ? s->play : "";
}

unsigned fake_streams(void)
{
	return engine->streams;
}

/** For so long nothing came from the party */
void fake_silence(const struct fake *f, uint64_t ms)
{
	fake_stream_of(f)->silent_ms = ms;
}

void fake_silent_event(const struct fake *f)
{
	struct stream *s = fake_stream_of(f);
	struct stream_event ev = {.kind = STREAM_SILENT};

	s->h(s, &ev, s->arg);
}

/** The party presses keys, one after the other */
void fake_press(const struct fake *f, const char *keys)
{
	for (; *keys; keys++) {
		struct stream *s = fake_stream_of(f);
		struct stream_event ev = {.kind = STREAM_DTMF, .digit = *keys};

		if (s)
			s->h(s, &ev, s->arg);
	}
}

/** The same; whom a hunt rings first is rung when the timers run */
void fake_keys(const struct fake *f, const char *keys)
{
	fake_press(f, keys);
	fake_run(1);
}

int stream_pipe(struct stream *s, int fd)
{
	if (fd >= 0)
		close(fd);
	return 0;
}

int engine_datagrams(struct engine *e, int *fdp, uint16_t *port)
{
	return ENOTSUP; /* no fax machine is in these tests */
}
