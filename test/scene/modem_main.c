/**
 * @file modem_main.c  fax_modem: a telephone behind a trunk whose user is a fax modem
 *
 *     fax_modem PORT SERVER:PORT NUMBER TERMINAL [t38]
 *
 * Whoever opens TERMINAL has a modem of class 1: `ATA` answers the call that comes to PORT, or the
 * next one, `ATD` calls a number at SERVER as NUMBER. It says what the line does, a word in each
 * row, `ready` when it can be opened and `awaits` when the next call will be answered: whoever
 * types ATA just as it rings takes RING for the answer, types it again and breaks off the first.
 * With `t38` a gateway stands before the modem: calls become T.38 once they are answered. It asks
 * for that where it was called, and is asked where it calls.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway.h"
#include "phone.h"

enum { LOOK_MS = 5 };

static struct phone *phone;
static struct modem *modem;
static struct tmr look_tmr;
static struct gateway *gateway; /* of the call that is T.38 */
static bool wants_call;		/* ATA came before the call */
static bool t38;

static void say(const char *word)
{
	puts(word);
	fflush(stdout);
}

static void look(void *arg)
{
	tmr_start(&look_tmr, LOOK_MS, look, NULL);
	modem_read(modem);
}

static void heard(int16_t *pcm, size_t n, void *arg)
{
	modem_hear(modem, pcm, n);
}

static void speak(int16_t *pcm, size_t n, void *arg)
{
	modem_read(modem);
	modem_speak(modem, pcm, n);
}

static const struct voice_user sound = {.heard_h = heard, .speak_h = speak};

static void ifp_heard(const uint8_t *ifp, size_t n, uint16_t seq, void *arg)
{
	gateway_ifp(gateway, ifp, n, seq);
}

static void passed(void *arg)
{
	gateway_tick(gateway);
}

static const struct image_user packets = {.ifp_h = ifp_heard, .tick_h = passed};

static void dial(const char *number, void *arg)
{
	struct dial d = {.number = number + strspn(number, "TtPp ")};
	struct line *l;

	if (line_dial(&l, phone, &d))
		modem_tell(modem, MODEM_HUNG_UP);
}

static void answer(void *arg)
{
	wants_call = line_answer(phone_line(phone, 0)) != 0;
	if (wants_call)
		say("awaits");
}

static void hangup(void *arg)
{
	struct line *l = phone_line(phone, 0);

	wants_call = false;
	if (l)
		line_hangup(l);
}

/* The modem hears of the call when the gateway has its sound */
static void gateway_begin(struct line *l)
{
	gateway = mem_deref(gateway);
	if (gateway_alloc(&gateway, modem, l->image))
		return;
	image_begin(l->image, line_image_peer(l), &packets);
	modem_tell(modem, l->incoming ? MODEM_ANSWERED : MODEM_CONNECTED);
}

static void event(struct phone *p, struct line *l, const char *what, void *arg)
{
	say(what);
	if (!strcmp(what, "ringing")) {
		if (wants_call)
			answer(NULL);
		else
			modem_tell(modem, MODEM_RINGS);
	} else if (!strcmp(what, "up") && t38) {
		l->voice->muted = true;
		if (l->incoming)
			(void)line_image_ask(l);
	} else if (!strcmp(what, "image")) {
		gateway_begin(l);
	} else if (!strcmp(what, "up")) {
		voice_use(l->voice, &sound);
		modem_tell(modem, l->incoming ? MODEM_ANSWERED : MODEM_CONNECTED);
	} else if (!strcmp(what, "ended")) {
		modem_tell(modem, MODEM_HUNG_UP);
	}
}

static int phone_open(char **argv)
{
	struct phone_conf conf = {.name = "modem",
				  .server = argv[2],
				  .number = argv[3],
				  .domain = "127.0.0.1",
				  .password = "",
				  .local = "127.0.0.1",
				  .port = (uint16_t)atoi(argv[1]),
				  .t38 = t38,
				  .tp = SIP_TRANSP_UDP};

	return phone_alloc(&phone, &conf, event, NULL);
}

static void stopped(int sig)
{
	re_cancel();
}

int main(int argc, char **argv)
{
	static const struct modem_handlers handlers = {dial, answer, hangup};
	int err;

	t38 = argc == 6 && !strcmp(argv[5], "t38");
	if (argc != 5 && !t38) {
		fputs("fax_modem PORT SERVER:PORT NUMBER TERMINAL [t38]\n", stderr);
		return 2;
	}
	err = phone_begin();
	if (!err)
		err = modem_alloc(&modem, argv[4], &handlers, NULL);
	if (!err)
		err = phone_open(argv);
	if (!err) {
		say("ready");
		tmr_start(&look_tmr, LOOK_MS, look, NULL);
		(void)re_main(stopped);
	}
	mem_deref(phone);
	mem_deref(gateway);
	modem_free(modem);
	libre_close();
	return err ? 1 : 0;
}
