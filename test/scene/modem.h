/**
 * @file modem.h  A fax modem of class 1 (T.31): AT commands on a terminal, sound at the other side
 *
 * The modem is spandsp's; T.30 is whoever has opened the terminal. Its clock is the sound: what it
 * hears and says, 20 ms at a time. One thread.
 */
#ifndef SCENE_MODEM_H
#define SCENE_MODEM_H

#include <stddef.h>
#include <stdint.h>

struct modem;

/** What the terminal wants of the telephone line */
struct modem_handlers {
	void (*dial_h)(const char *number, void *arg);
	void (*answer_h)(void *arg);
	void (*hangup_h)(void *arg);
};

enum modem_event { MODEM_RINGS, MODEM_ANSWERED, MODEM_CONNECTED, MODEM_HUNG_UP };

int modem_alloc(struct modem **mp, const char *link, const struct modem_handlers *h, void *arg);
void modem_free(struct modem *m);
void modem_tell(struct modem *m, enum modem_event event);
void modem_read(struct modem *m);
void modem_hear(struct modem *m, int16_t *pcm, size_t n);
void modem_speak(struct modem *m, int16_t *pcm, size_t n);

#endif
