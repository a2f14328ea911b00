/**
 * @file gateway.h  What stands between a fax modem and T.38: its sound becomes packets and packets
 * become sound (ITU-T T.38 annex H)
 *
 * The gateway is spandsp's. Its clock is gateway_tick(). One thread.
 */
#ifndef SCENE_GATEWAY_H
#define SCENE_GATEWAY_H

#include "image.h"
#include "modem.h"

struct gateway;

int gateway_alloc(struct gateway **gp, struct modem *m, struct image *i);
void gateway_ifp(struct gateway *g, const uint8_t *ifp, size_t n, uint16_t seq);
void gateway_tick(struct gateway *g);

#endif
