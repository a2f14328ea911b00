/**
 * @file trunk.h  Trunks: gateways to and from the outside
 *
 * Tenant 0 owns the shared ones: on those a DID names the tenant. out_route.h says which calls of a
 * tenant leave through which trunk. Functions with a struct db run on the store's writer or in
 * store_read().
 */
#ifndef CARILLON_TRUNK_H
#define CARILLON_TRUNK_H

#include <stdint.h>
#include "db.h"
#include "field.h"
#include "id.h"
#include "phone.h"
#include "secret.h"

enum {
	TRUNK_OPTIONS_MIN = 5000,
	TRUNK_OPTIONS_MAX = 3600000,
	TRUNK_CALLS_PER_S = 1000,
	TRUNK_SILENCE_MIN = 5000,
	TRUNK_SILENCE_MAX = 3600000,
	TRUNK_CODECS = 32
};

struct trunk {
	int64_t tenant, id;
	char uuid[ID_SIZE], name[MODEL_NAME];
	char host[MODEL_DOMAIN];
	int64_t port;	   /* 0: the carrier's DNS says where (RFC 3263)                  */
	char transport[4]; /* udp tcp tls, or any: as the carrier's DNS says      */
	bool by_ip;	   /* its address is its credential                      */
	char username[MODEL_WORD], sealed[SECRET_SEALED];
	bool registers;		   /* we register there, and calls come to that registration */
	int64_t options_ms;	   /* between two questions whether it answers, 0: none   */
	int64_t channels;	   /* calls at once, 0: as many as there are             */
	int64_t calls_per_s;	   /* that go out, 0: as many as there are               */
	bool plus;		   /* numbers are sent as +1415..., not as 1415...       */
	char codecs[TRUNK_CODECS]; /* of opus g722 pcmu pcma, best first; "": all of them    */
	bool t38;		   /* faxes by T.38, where the far side can too             */
	char identity[8];	   /* both pai rpid none: where the caller's number stands  */
	char diversion[12];	   /* none diversion history: how it is told who passed a call on */
	char dtmf[8];		   /* rfc4733 info inband: how keys come and go */
	int64_t silence_ms;	   /* without audio a call ends, 0: as the system is set  */
	char country[4];	   /* whose national numbers it brings; "": its tenant's  */
	bool active;
	int64_t created_at, version;
};

typedef int(trunk_h)(const struct trunk *t, void *arg);

int trunk_check(struct field_errors *fe, struct db *db, const struct trunk *t);
int trunk_add(struct db *db, struct trunk *t);
int trunk_get(struct trunk *t, struct db *db, int64_t tenant, int64_t id);
int trunk_by_uuid(struct trunk *t, struct db *db, int64_t tenant, const char *uuid);
int trunk_by_id(struct trunk *t, struct db *db, int64_t id);
int trunk_change(struct db *db, struct trunk *t);
int trunk_remove(struct db *db, int64_t tenant, int64_t id);
int trunk_list(struct db *db, int64_t tenant, int64_t after, unsigned limit, trunk_h *h, void *arg);

#endif
