/**
 * @file push_send.c  The pusher: one thread, many services at once
 */
#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>
#include "actor.h"
#include "clock.h"
#include "log.h"
#include "push_private.h"
#include "text.h"

/* A call rings for half a minute: what takes longer is of no use. */
enum {
	INBOX = 512,
	AT_ONCE = 64,
	CONNECT_S = 5,
	SEND_S = 10,
	ANSWER_MAX = 16384,
	LOOK_MS = 1000,
	JWT_S = 12 * 3600,
	SEALED_SIZE = 512
};

struct pusher {
	struct push_conf conf;
	char word[PUSH_WORD];
	struct actor *inbox;
	CURLM *multi;
	struct list sendings;
	pthread_t thread;
	bool started, stop;
};

/* One message on its way */
struct sending {
	struct le le;
	struct pusher *pusher;
	CURL *curl;
	struct curl_slist *headers;
	char id[PUSH_ID], origin[PUSH_ORIGIN], topic[PUSH_TOPIC], text[PUSH_TEXT];
	struct push_target target;
	unsigned ttl_s;
	bool inside;
	uint8_t body[PUSH_BODY];
	size_t size, got;
};

static void sending_destructor(void *arg)
{
	struct sending *s = arg;

	list_unlink(&s->le);
	if (s->curl && s->pusher->multi)
		curl_multi_remove_handle(s->pusher->multi, s->curl);
	curl_easy_cleanup(s->curl);
	curl_slist_free_all(s->headers);
}

static void stop_h(void *obj)
{
	struct pusher *p = *(struct pusher **)obj;

	p->stop = true;
}

static void pusher_destructor(void *arg)
{
	struct pusher *p = arg;
	struct pusher **self = p->started ? mem_zalloc(sizeof(self), NULL) : NULL;

	if (self) {
		*self = p;
		while (actor_post(p->inbox, stop_h, mem_ref(self)) == ENOBUFS)
			usleep(1000);
		pthread_join(p->thread, NULL);
		mem_deref(self);
	}
	mem_deref(p->inbox);
	list_flush(&p->sendings);
	curl_multi_cleanup(p->multi);
	sodium_memzero(p->conf.key, sizeof(p->conf.key));
}

/* What a service says beside its code is read by nobody, and not for ever. */
static size_t on_answer(char *data, size_t size, size_t n, void *arg)
{
	struct sending *s = arg;

	s->got += size * n;
	return s->got > ANSWER_MAX ? 0 : size * n;
}

/* Here a name has become an address, whatever it will be the next time. */
static curl_socket_t on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	const struct sending *s = arg;

	if (!s->inside && !push_outside(&a->addr)) {
		log_warn("push.inside", "service=%s", s->origin);
		return CURL_SOCKET_BAD;
	}
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static bool header_add(struct sending *s, const char *line)
{
	struct curl_slist *list = curl_slist_append(s->headers, line);

	if (list)
		s->headers = list;
	return list != NULL;
}

static bool headers_make(struct sending *s)
{
	const struct pusher *p = s->pusher;
	char jwt[PUSH_JWT], line[PUSH_JWT + 160];

	if (push_jwt(jwt, p->conf.key, s->origin, p->conf.contact, clock_wall_ms() / 1000 + JWT_S))
		return false;
	text_printf(line, sizeof(line), "Authorization: vapid t=%s, k=%s", jwt, p->word);
	if (!header_add(s, line))
		return false;
	text_printf(line, sizeof(line), "TTL: %u", s->ttl_s);
	if (!header_add(s, line))
		return false;
	text_printf(line, sizeof(line), "Topic: %s", s->topic);
	return header_add(s, line) && header_add(s, "Urgency: high") &&
	       header_add(s, "Content-Encoding: aes128gcm") &&
	       header_add(s, "Content-Type: application/octet-stream") && header_add(s, "Expect:");
}

static void options_set(struct sending *s)
{
	const struct push_conf *c = &s->pusher->conf;

	curl_easy_setopt(s->curl, CURLOPT_URL, s->target.endpoint);
	curl_easy_setopt(s->curl, CURLOPT_PRIVATE, s);
	curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "https");
	curl_easy_setopt(s->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(s->curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(s->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(s->curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
	curl_easy_setopt(s->curl, CURLOPT_TIMEOUT, (long)SEND_S);
	curl_easy_setopt(s->curl, CURLOPT_POST, 1L);
	curl_easy_setopt(s->curl, CURLOPT_POSTFIELDS, s->body);
	curl_easy_setopt(s->curl, CURLOPT_POSTFIELDSIZE, (long)s->size);
	curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, s->headers);
	curl_easy_setopt(s->curl, CURLOPT_WRITEFUNCTION, on_answer);
	curl_easy_setopt(s->curl, CURLOPT_WRITEDATA, s);
	curl_easy_setopt(s->curl, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	curl_easy_setopt(s->curl, CURLOPT_OPENSOCKETDATA, s);
	if (c->ca[0])
		curl_easy_setopt(s->curl, CURLOPT_CAINFO, c->ca);
}

static int body_make(struct sending *s)
{
	struct push_dice dice;
	int err = push_key_make(dice.key);

	randombytes_buf(dice.salt, sizeof(dice.salt));
	if (!err)
		err = push_seal(s->body, &s->size, &s->target, &dice, s->text,
				strlen(s->text) > SEALED_SIZE ? PUSH_TEXT : SEALED_SIZE);
	sodium_memzero(&dice, sizeof(dice));
	return err;
}

static void send_h(void *obj)
{
	struct sending *s = obj;
	struct pusher *p = s->pusher;

	if (list_count(&p->sendings) >= AT_ONCE) {
		log_warn("push.dropped", "service=%s reason=too-many", s->origin);
		return;
	}
	s->curl = curl_easy_init();
	if (!s->curl || body_make(s) || !headers_make(s)) {
		log_error("push.unmade", "service=%s", s->origin);
		return;
	}
	options_set(s);
	if (!curl_multi_add_handle(p->multi, s->curl))
		list_append(&p->sendings, &s->le, mem_ref(s));
}

/* A call does not wait, so that nothing is tried again; RFC 8030 section 7.3: 404 and 410 end it.
 */
static void judge(const struct sending *s, CURLcode rc)
{
	const struct push_conf *c = &s->pusher->conf;
	long code = 0;

	(void)curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &code);
	if (code >= 200 && code < 300) {
		log_debug("push.sent", "service=%s", s->origin);
	} else if (code == 404 || code == 410) {
		log_info("push.gone", "service=%s code=%ld", s->origin, code);
		c->gone_h(s->id, c->arg);
	} else {
		log_warn("push.failed", "service=%s code=%ld reason=\"%s\"", s->origin, code,
			 rc ? curl_easy_strerror(rc) : "refused");
	}
}

static void ended_take(struct pusher *p)
{
	struct sending *s = NULL;
	CURLMsg *m;
	int rest;

	while ((m = curl_multi_info_read(p->multi, &rest))) {
		if (m->msg != CURLMSG_DONE ||
		    curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &s) || !s)
			continue;
		judge(s, m->data.result);
		mem_deref(s);
	}
}

static void *pusher_main(void *arg)
{
	struct pusher *p = arg;
	struct curl_waitfd inbox = {.fd = actor_fd(p->inbox), .events = CURL_WAIT_POLLIN};
	int running;

	pthread_setname_np(pthread_self(), "push");
	while (!p->stop) {
		(void)curl_multi_poll(p->multi, &inbox, 1, LOOK_MS, NULL);
		actor_run(p->inbox);
		(void)curl_multi_perform(p->multi, &running);
		ended_take(p);
	}
	return NULL;
}

/**
 * Starts a pusher; curl_global_init() was called
 *
 * @param pp   Result; mem_deref() breaks off what is on its way and ends the thread
 * @param conf Texts must outlive it
 *
 * @return 0, EIO when the key is none, or errno
 */
int pusher_alloc(struct pusher **pp, const struct push_conf *conf)
{
	struct pusher *p = mem_zalloc(sizeof(*p), pusher_destructor);
	uint8_t point[PUSH_PUBLIC];
	int err;

	if (!p)
		return ENOMEM;
	p->conf = *conf;
	err = push_public(point, conf->key);
	if (!err) {
		push_word(p->word, sizeof(p->word), point, sizeof(point));
		p->multi = curl_multi_init();
		err = p->multi ? actor_alloc(&p->inbox, "push", INBOX) : ENOMEM;
	}
	if (!err)
		err = pthread_create(&p->thread, NULL, pusher_main, p);
	if (err) {
		mem_deref(p);
		return err;
	}
	p->started = true;
	*pp = p;
	return 0;
}

/** Our public key, as PushManager.subscribe() takes it; any thread */
void pusher_public(char word[PUSH_WORD], const struct pusher *p)
{
	memcpy(word, p->word, PUSH_WORD);
}

static bool is_inside(const struct pusher *p, const char *origin)
{
	const char *host = origin + strlen("https://");

	return text_has_word(p->conf.inside, host, strlen(host));
}

/** True when a push may go there: to a port of https, or to a service in our own network that is
 * known; where a name leads is looked at when it is sent. Any thread */
bool pusher_takes(const struct pusher *p, const char *endpoint)
{
	char origin[PUSH_ORIGIN];
	const char *host = origin + strlen("https://");
	struct sa sa;

	if (!push_origin(origin, endpoint))
		return false;
	if (is_inside(p, origin))
		return true;
	if (host[0] == '[')
		return false; /* no service is named by an address */
	return !strchr(host, ':') && sa_set_str(&sa, host, 443) != 0;
}

/**
 * Sends a message, or drops it; any thread, never waits
 *
 * @param p  Pusher
 * @param id Of the subscription, for gone_h
 * @param t  Subscription
 * @param m  Message; copied
 *
 * @return 0, EINVAL for an endpoint that is not taken, ENOBUFS when too many wait, or ENOMEM
 */
int pusher_send(struct pusher *p, const char *id, const struct push_target *t,
		const struct push_message *m)
{
	struct sending *s;

	if (!pusher_takes(p, t->endpoint))
		return EINVAL;
	s = mem_zalloc(sizeof(*s), sending_destructor);
	if (!s)
		return ENOMEM;
	s->pusher = p;
	s->target = *t;
	s->ttl_s = m->ttl_s;
	(void)push_origin(s->origin, t->endpoint);
	s->inside = is_inside(p, s->origin);
	if (!text_printf(s->id, sizeof(s->id), "%s", id) ||
	    !text_printf(s->topic, sizeof(s->topic), "%s", m->topic) ||
	    !text_printf(s->text, sizeof(s->text), "%s", m->text)) {
		mem_deref(s);
		return EINVAL;
	}
	return actor_post(p->inbox, send_h, s);
}
