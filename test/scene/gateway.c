/**
 * @file gateway.c  What stands between a fax modem and T.38
 */
#include <errno.h>
#include <tiffio.h>
#include <spandsp.h>
#include "gateway.h"

enum { FRAME = 8000 * IMAGE_MS / 1000 };

struct gateway {
	t38_gateway_state_t *t38;
	struct modem *modem; /* weak */
	struct image *image;
};

static void destructor(void *arg)
{
	struct gateway *g = arg;

	if (g->t38)
		t38_gateway_free(g->t38);
	mem_deref(g->image);
}

static int send_h(t38_core_state_t *core, void *arg, const uint8_t *ifp, int n, int times)
{
	struct gateway *g = arg;

	return image_send(g->image, ifp, (size_t)n, (unsigned)times);
}

/**
 * Makes a gateway for one call
 *
 * @param gp Result
 * @param m  Modem before it; must live as long
 * @param i  Way of the packets; a reference is kept
 *
 * @return 0 or ENOMEM
 */
int gateway_alloc(struct gateway **gp, struct modem *m, struct image *i)
{
	struct gateway *g = mem_zalloc(sizeof(*g), destructor);

	if (!g)
		return ENOMEM;
	g->modem = m;
	g->image = mem_ref(i);
	g->t38 = t38_gateway_init(NULL, send_h, g);
	if (!g->t38) {
		mem_deref(g);
		return ENOMEM;
	}
	t38_gateway_set_transmit_on_idle(g->t38, TRUE);
	t38_set_t38_version(t38_gateway_get_t38_core_state(g->t38), 0);
	*gp = g;
	return 0;
}

/** Takes a packet that came */
void gateway_ifp(struct gateway *g, const uint8_t *ifp, size_t n, uint16_t seq)
{
	(void)t38_core_rx_ifp_packet(t38_gateway_get_t38_core_state(g->t38), ifp, (int)n, seq);
}

static int silenced(int16_t *pcm, int said)
{
	for (int i = said; i < FRAME; i++)
		pcm[i] = 0;
	return FRAME;
}

/** IMAGE_MS are over: so much sound goes both ways */
void gateway_tick(struct gateway *g)
{
	int16_t pcm[FRAME];

	modem_read(g->modem);
	modem_speak(g->modem, pcm, FRAME);
	(void)t38_gateway_rx(g->t38, pcm, FRAME);
	modem_hear(g->modem, pcm, (size_t)silenced(pcm, t38_gateway_tx(g->t38, pcm, FRAME)));
}
