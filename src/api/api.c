/**
 * @file api.c  The API's own state
 */
#include <errno.h>
#include "inside.h"
#include "own.h"

static void api_destructor(void *arg)
{
	struct api *api = arg;

	mem_deref(api->public_url);
	mem_deref(api->sip_host);
	mem_deref(api->tries);
}

/**
 * Makes the API
 *
 * @param ap   Result
 * @param conf Texts are copied
 * @param live Answers to live questions; all but metrics_h must be there
 *
 * @return 0 or ENOMEM
 */
int api_alloc(struct api **ap, const struct api_conf *conf, const struct api_live *live)
{
	AUTO struct api *api = mem_zalloc(sizeof(*api), api_destructor);
	int err;

	if (!api)
		return ENOMEM;
	api->conf = *conf;
	api->live = *live;
	err = str_dup(&api->public_url, conf->public_url ? conf->public_url : "");
	if (!err)
		err = str_dup(&api->sip_host, conf->sip_host ? conf->sip_host : "");
	if (!err)
		err = tries_alloc(&api->tries);
	if (err)
		return err;
	api->conf.public_url = api->conf.sip_host = NULL;
	*ap = TAKE(api);
	return 0;
}
