/**
 * @file push.h  Web Push: a browser is told something while its page is closed
 *
 * The browser's maker runs a push service; what it takes is sealed for the browser (RFC 8291) and
 * signed with our key (RFC 8292), so that the service reads nothing and nobody else can write. A
 * pusher has a thread of its own that sends to many services at once and never tries again: a call
 * does not wait. pusher_send() may be called on any thread and never waits; the functions on keys
 * and targets are pure.
 */
#ifndef CARILLON_PUSH_H
#define CARILLON_PUSH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PUSH_PRIVATE = 32,
	PUSH_PUBLIC = 65, /* a point of P-256, uncompressed */
	PUSH_AUTH = 16,
	PUSH_ENDPOINT = 1024,
	PUSH_ID = 40,
	PUSH_TEXT = 1024, /* of one message */
	PUSH_TOPIC = 33,  /* RFC 8030 section 5.4: at most 32 letters of base64url */
	PUSH_WORD = 88	  /* base64url of a public key, and the terminator */
};

/** A subscription, as PushManager.subscribe() gives it to a page */
struct push_target {
	char endpoint[PUSH_ENDPOINT];
	uint8_t key[PUSH_PUBLIC]; /* "p256dh" */
	uint8_t auth[PUSH_AUTH];
};

struct push_message {
	const char *text;  /* what the service worker gets, shorter than PUSH_TEXT */
	const char *topic; /* a later one of the same topic takes its place        */
	unsigned ttl_s;	   /* so long the service may keep it                      */
};

struct push_conf {
	uint8_t key[PUSH_PRIVATE];
	const char *contact; /* of the operator: an https or mailto URL                 */
	const char *ca;	     /* file of authorities, "" for the system's                */
	const char *inside;  /* "host:port ..." that may be in our own network, "" none */
	/** The service says that the subscription has ended; on the pusher's thread */
	void (*gone_h)(const char *id, void *arg);
	void *arg;
};

struct pusher;

int pusher_alloc(struct pusher **pp, const struct push_conf *conf);
void pusher_public(char word[PUSH_WORD], const struct pusher *p);
bool pusher_takes(const struct pusher *p, const char *endpoint);
int pusher_send(struct pusher *p, const char *id, const struct push_target *t,
		const struct push_message *m);

int push_key_make(uint8_t key[PUSH_PRIVATE]);
bool push_target_read(struct push_target *t, const char *endpoint, const char *key,
		      const char *auth);
void push_topic(char topic[PUSH_TOPIC], const char *name);

#endif
