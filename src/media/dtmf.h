/**
 * @file dtmf.h  Keys as telephone events (RFC 4733)
 *
 * A key is told by its timestamp: however many of its packets are lost or come twice, it is heard
 * once. On the worker that owns the stream.
 */
#ifndef CARILLON_MEDIA_DTMF_H
#define CARILLON_MEDIA_DTMF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DTMF_QUEUE = 32, DTMF_PAYLOAD = 4 };

struct dtmf_event {
	uint8_t event, volume;
	bool end;
	uint16_t duration;
};

int dtmf_parse(struct dtmf_event *ev, const uint8_t *p, size_t n);
void dtmf_print(uint8_t p[DTMF_PAYLOAD], const struct dtmf_event *ev);
char dtmf_digit(uint8_t event);
int dtmf_code(uint8_t *event, char digit);

/** Keys that come */
struct dtmf_in {
	bool any, open; /* a key was seen; it is not yet told             */
	uint8_t event;
	uint32_t ts, ssrc;
	uint32_t duration; /* of former segments and this one, in clock units */
	uint32_t segment;  /* of former segments                              */
	uint64_t last_ms;
};

bool dtmf_in_add(struct dtmf_in *in, const struct dtmf_event *ev, uint32_t ssrc, uint32_t ts,
		 uint64_t now_ms, char *digit, uint32_t *units);
bool dtmf_in_timeout(struct dtmf_in *in, uint64_t now_ms, char *digit, uint32_t *units);

/** Keys that pass through: the source's event and ours */
struct dtmf_relay {
	bool any;
	uint32_t ts_in, ts_out;
};

/** Keys that we press */
struct dtmf_out {
	struct {
		uint8_t event;
		uint16_t ms;
	} queue[DTMF_QUEUE];
	unsigned head, count;
	bool begun;
	uint32_t ts;
	uint16_t ms, ends, pause; /* sent so far; end packets; ticks of pause     */
};

#endif
