/**
 * @file turn.h  Credentials of TURN servers for browsers, as coturn's REST scheme has them
 *
 * The user is "when it ends:name", the password the HMAC-SHA1 of that under a secret which only we
 * and the TURN server know: nobody has to be told of a user there. Any thread.
 */
#ifndef CARILLON_API_TURN_H
#define CARILLON_API_TURN_H

#include "api.h"
#include "json.h"

json_t *turn_servers_json(const struct api_conf *conf, const char *name, int64_t now,
			  int64_t *ends);

#endif
