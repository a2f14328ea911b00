/**
 * @file demo.h  The demo of product.md: two tenants, their people, numbers and past calls
 *
 * For an empty database on a machine that listens on loopback only. On the store's writer.
 */
#ifndef CARILLON_DEMO_H
#define CARILLON_DEMO_H

#include <stdint.h>
#include "blob.h"
#include "db.h"
#include "secret.h"

#define DEMO_DOMAIN "northwind.localhost" /* of the first tenant */

struct demo_conf {
	const struct secret *secret;
	uint16_t sip_port;   /* of this very server: the trunk leads back to it */
	int64_t now;	     /* wall ms; the past calls lie in the week before  */
	struct blobs *blobs; /* for messages; NULL: there are none           */
	const char *sounds;  /* folder of prompts, or NULL                   */
};

int demo_fill(struct db *db, const struct demo_conf *conf);

#endif
