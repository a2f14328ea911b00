/**
 * @file api.h  The REST API: what docs/api.md says, on top of store, model and the live engine
 *
 * main makes an api, gives api_routes() and api_auth() to the web server, and answers the live
 * questions of live.h. Handlers run on the web's threads; they wait for the store and, through
 * live.h, for the core, so the core thread must never wait for them. Release the api after the web
 * server, which calls into it.
 */
#ifndef CARILLON_API_H
#define CARILLON_API_H

#include "blob.h"
#include "live.h"
#include "secret.h"
#include "store.h"
#include "web.h"

struct api;

struct api_conf {
	struct store *store;	     /* must outlive the api                              */
	const struct secret *secret; /* likewise                                          */
	struct blobs *blobs;	     /* likewise                                          */
	const char *doc_convert;     /* path of the program that draws cover pages            */
	const char *fax_folder;	     /* where it may write                                    */
	const char *public_url;	     /* "https://pbx.example.com", or "": the Host is used */
	const char *sip_host;	     /* host told to desk phones; "": the tenant's domain  */
	uint16_t sip_port, sips_port;
	struct pusher *pusher; /* tells closed browsers of calls; NULL: nobody does      */
	const char *turn_urls, *turn_secret; /* "": none; must outlive the api            */
	int64_t turn_lifetime_s;
};

int api_alloc(struct api **ap, const struct api_conf *conf, const struct api_live *live);
const struct route *api_routes(size_t *count);
bool api_auth(struct request *rq, struct reply *rp);

#endif
