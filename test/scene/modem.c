/**
 * @file modem.c  A fax modem of class 1 (T.31): AT commands on a terminal, sound at the other side
 */
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <tiffio.h>
#include <spandsp.h>
#include "modem.h"

enum { NAME = 64, TAKEN = 256, FRAME = 160, HELD = 8000 * 4 };

struct modem {
	t31_state_t *t31;
	int terminal, other; /* our end; the other one, so that it stays when somebody closes it */
	bool full;	     /* takes nothing until some of what it has is sent               */
	bool idle;	     /* the last command is done, and the next one did not come yet   */
	int16_t held[HELD];  /* what came meanwhile */
	size_t count;
	const struct modem_handlers *h;
	void *arg;
};

/* The words that end a command, and not what begins one's data */
static bool ends(const uint8_t *text, size_t n)
{
	static const char *const words[] = {"OK", "NO CARRIER", "ERROR", "+FCERROR"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (n == strlen(words[i]) && !memcmp(text, words[i], n))
			return true;
	}
	return false;
}

/* What the modem says to the terminal; who does not read, misses it */
static int say_h(at_state_t *at, void *arg, const uint8_t *text, size_t n)
{
	struct modem *m = arg;

	m->idle |= ends(text, n);
	return (int)write(m->terminal, text, n);
}

static int control_h(t31_state_t *t31, void *arg, int op, const char *value)
{
	struct modem *m = arg;

	if (op == AT_MODEM_CONTROL_CALL)
		m->h->dial_h(value, m->arg);
	else if (op == AT_MODEM_CONTROL_ANSWER)
		m->h->answer_h(m->arg);
	else if (op == AT_MODEM_CONTROL_HANGUP)
		m->h->hangup_h(m->arg);
	else if (op == AT_MODEM_CONTROL_CTS)
		m->full = !value;
	return 0;
}

static int no_t38_h(t38_core_state_t *core, void *arg, const uint8_t *packet, int n, int count)
{
	return 0;
}

/* A terminal that changes nothing of what goes through it, under a name that can be known before */
static int terminal_open(struct modem *m, const char *link)
{
	char name[NAME];
	struct termios t;

	if (openpty(&m->terminal, &m->other, name, NULL, NULL) || tcgetattr(m->other, &t))
		return errno;
	cfmakeraw(&t);
	if (tcsetattr(m->other, TCSANOW, &t) || fcntl(m->terminal, F_SETFL, O_NONBLOCK))
		return errno;
	(void)unlink(link);
	return symlink(name, link) ? errno : 0;
}

/**
 * Makes a modem
 *
 * @param mp   Result; modem_free()
 * @param link Name of the terminal: a link to it that is made anew
 * @param h    Hears what it wants; must live as long
 * @param arg  Their argument
 *
 * @return 0 or errno
 */
int modem_alloc(struct modem **mp, const char *link, const struct modem_handlers *h, void *arg)
{
	struct modem *m = calloc(1, sizeof(*m));
	int err;

	if (!m)
		return ENOMEM;
	m->h = h;
	m->arg = arg;
	m->terminal = m->other = -1;
	err = terminal_open(m, link);
	if (!err)
		m->t31 = t31_init(NULL, say_h, m, control_h, m, no_t38_h, m);
	if (err || !m->t31) {
		modem_free(m);
		return err ? err : ENOMEM;
	}
	t31_set_transmit_on_idle(m->t31, TRUE);
	*mp = m;
	return 0;
}

/** Takes it away; NULL is no modem */
void modem_free(struct modem *m)
{
	if (!m)
		return;
	if (m->t31)
		t31_free(m->t31);
	if (m->terminal >= 0)
		close(m->terminal);
	if (m->other >= 0)
		close(m->other);
	free(m);
}

/** Tells it what the telephone line does; what was held of another call is forgotten */
void modem_tell(struct modem *m, enum modem_event event)
{
	static const int events[] = {AT_CALL_EVENT_ALERTING, AT_CALL_EVENT_ANSWERED,
				     AT_CALL_EVENT_CONNECTED, AT_CALL_EVENT_HANGUP};

	m->count = 0;
	t31_call_event(m->t31, events[event]);
}

static void held_hear(struct modem *m)
{
	size_t at = 0;

	for (; !m->idle && at + FRAME <= m->count; at += FRAME)
		(void)t31_rx(m->t31, m->held + at, FRAME);
	m->count -= at;
	memmove(m->held, m->held + at, m->count * sizeof(*m->held));
}

/** Takes what the terminal has typed, unless it has enough to send. A page waits in the terminal:
 * that is the flow control of a pipe */
void modem_read(struct modem *m)
{
	char text[TAKEN];
	ssize_t n;

	while (!m->full && (n = read(m->terminal, text, sizeof(text))) > 0) {
		m->idle = false;
		(void)t31_at_rx(m->t31, text, (int)n);
	}
	held_hear(m);
}

/**
 * Hears, at once or when the terminal has said what is to be heard: it has 75 ms for that by the
 * clock of the line, and on a busy computer it is late. What comes meanwhile waits.
 */
void modem_hear(struct modem *m, int16_t *pcm, size_t n)
{
	if (n > HELD - m->count)
		n = HELD - m->count;
	memcpy(m->held + m->count, pcm, n * sizeof(*pcm));
	m->count += n;
	held_hear(m);
}

/** Says something, or silence */
void modem_speak(struct modem *m, int16_t *pcm, size_t n)
{
	int said = t31_tx(m->t31, pcm, (int)n);

	if (said < (int)n)
		memset(pcm + said, 0, (n - (size_t)said) * sizeof(*pcm));
}
