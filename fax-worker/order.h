/**
 * @file order.h  What the worker is told: one JSON object a line on its standard input
 *
 * The first line says what to do; later ones move the fax to T.38, ask whether it goes on, or end
 * it. The end of the input ends the fax: a worker does not outlive who started it.
 */
#ifndef FAX_ORDER_H
#define FAX_ORDER_H

#include <netinet/in.h>
#include "machine.h"

enum { ORDER_SIZE = 16384, ORDER_TEXT = 4096 };

/** {"send":true,"file":"/job/fax.tif","ident":"+1555","ecm":true,"rate":14400,...} */
struct order_start {
	struct machine_conf machine;
	char file[ORDER_TEXT], proof[ORDER_TEXT], ident[24]; /* proof "": none */
	int confirmed;	/* pages of the fax that went in earlier calls               */
	int audio, t38; /* file descriptors; -1: none                                      */
};

/** {"t38":{"address":"192.0.2.1","port":4000,"source":"192.0.2.1","vouched":true,"maxDatagram":400,...}} */
struct order_t38 {
	struct machine_t38 machine;
	struct sockaddr_storage peer;
	struct sockaddr_storage source; /* where its signalling came from                  */
	bool vouched;			/* sent to at once, though peer is of another host */
};

enum order_kind { ORDER_T38, ORDER_ASK, ORDER_HANGUP };

int order_start(struct order_start *o, const char *line, const char **fault);
int order_next(enum order_kind *kind, struct order_t38 *t38, const char *line, const char **fault);

#endif
