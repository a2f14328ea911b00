/**
 * @file machine.h  A fax machine: T.30 by spandsp, over audio or over T.38
 *
 * Driven from outside: 160 samples at a time, or datagrams and ticks. It reads no clock; its time
 * is the samples it was given, so that a test runs as fast as the processor. A machine begins in
 * audio and may move to T.38 once, before the first page. It sends a TIFF when it calls, and
 * receives one when it is called. One thread; a call may take 50 ms when a page begins or ends.
 */
#ifndef FAX_MACHINE_H
#define FAX_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FRAME = 160, /* samples of 20 ms */ MACHINE_NAME = 64, MACHINE_PAGES = 500 };

struct machine;

struct machine_conf {
	bool sends;
	const char *file;  /* TIFF to send, or to write                                  */
	int sheets;	   /* sending: so many of its first pages count as none          */
	const char *ident; /* our station identity, at most 20 characters                */
	bool ecm;
	int rate;      /* fastest: 14400, 9600 or 4800                               */
	int max_pages; /* receiving: one more, and the call ends; 0 for MACHINE_PAGES */
};

struct machine_t38 {
	size_t max_datagram; /* the peer's                                              */
	int rate;
	bool fec;
};

enum machine_news { NEWS_NEGOTIATED, NEWS_PAGE, NEWS_END };

/** What is known at the moment of the news; texts are printable ASCII */
struct machine_facts {
	int pages; /* confirmed by the far side, or received whole; without sheets     */
	int rate;
	bool ecm, t38;
	char ident[MACHINE_NAME], maker[MACHINE_NAME];
	int width, rows, bad_rows, bytes; /* of the last page                           */
	int code;			  /* NEWS_END: 0 is good                         */
	const char *reason;		  /* NEWS_END                                    */
	bool permanent;			  /* NEWS_END: trying again is of no use         */
	unsigned seconds;
	uint64_t recovered, lost, malformed; /* T.38 packets                             */
};

struct machine_handlers {
	void (*news_h)(enum machine_news news, const struct machine_facts *facts, void *arg);
	void (*send_h)(const uint8_t *datagram, size_t n, void *arg);
};

int machine_alloc(struct machine **mp, const struct machine_conf *conf,
		  const struct machine_handlers *handlers, void *arg);
struct machine *machine_free(struct machine *m);

void machine_audio(struct machine *m, const int16_t *heard, int16_t said[FRAME]);
int machine_switch(struct machine *m, const struct machine_t38 *t38);
void machine_tick(struct machine *m);
void machine_datagram(struct machine *m, const uint8_t *datagram, size_t n);
void machine_hangup(struct machine *m);
bool machine_ended(const struct machine *m);
bool machine_confirming(const struct machine *m);

#endif
