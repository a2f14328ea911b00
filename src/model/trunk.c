/**
 * @file trunk.c  Trunks
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "own.h"
#include "row.h"
#include "trunk.h"

#define COLUMNS                                                                                    \
	"tenant_id, id, uuid, name, host, port, transport, by_ip, username, sealed, channels, "    \
	"plus, active, created_at, version, registers, options_ms, calls_per_s, "                  \
	"codecs, t38, identity, diversion, dtmf, silence_ms, country"

static void trunk_read(struct trunk *t, const struct db_row *row)
{
	memset(t, 0, sizeof(*t));
	t->tenant = db_int(row, 0);
	t->id = db_int(row, 1);
	db_copy(t->uuid, sizeof(t->uuid), row, 2);
	db_copy(t->name, sizeof(t->name), row, 3);
	db_copy(t->host, sizeof(t->host), row, 4);
	t->port = db_int(row, 5);
	db_copy(t->transport, sizeof(t->transport), row, 6);
	t->by_ip = db_int(row, 7);
	db_copy(t->username, sizeof(t->username), row, 8);
	db_copy(t->sealed, sizeof(t->sealed), row, 9);
	t->channels = db_int(row, 10);
	t->plus = db_int(row, 11);
	t->active = db_int(row, 12);
	t->created_at = db_int(row, 13);
	t->version = db_int(row, 14);
	t->registers = db_int(row, 15);
	t->options_ms = db_int(row, 16);
	t->calls_per_s = db_int(row, 17);
	db_copy(t->codecs, sizeof(t->codecs), row, 18);
	t->t38 = db_int(row, 19);
	db_copy(t->identity, sizeof(t->identity), row, 20);
	db_copy(t->diversion, sizeof(t->diversion), row, 21);
	db_copy(t->dtmf, sizeof(t->dtmf), row, 22);
	t->silence_ms = db_int(row, 23);
	db_copy(t->country, sizeof(t->country), row, 24);
}

static int trunk_one(const struct db_row *row, void *arg)
{
	trunk_read(arg, row);
	return 0;
}

static bool host_good(const char *s)
{
	return s[0] && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789.-:") == strlen(s);
}

static bool transport_good(const char *s)
{
	return !strcmp(s, "udp") || !strcmp(s, "tcp") || !strcmp(s, "tls") || !strcmp(s, "any");
}

/* What is kept up with it. */
static void line_check(struct field_errors *fe, const struct trunk *t)
{
	if (t->registers && t->by_ip)
		field_error(fe, "registers", "needs a user name and password");
	if (t->options_ms &&
	    (t->options_ms < TRUNK_OPTIONS_MIN || t->options_ms > TRUNK_OPTIONS_MAX))
		field_error(fe, "optionsMs", "must be 0 for never, or between %d and %d",
			    TRUNK_OPTIONS_MIN, TRUNK_OPTIONS_MAX);
	if (t->calls_per_s < 0 || t->calls_per_s > TRUNK_CALLS_PER_S)
		field_error(fe, "callsPerSecond", "must be between 0 and %d", TRUNK_CALLS_PER_S);
}

/* Each of them once; G.711 is among them wherever faxes shall pass, which is for the operator to
 * know. */
static bool codecs_good(const char *codecs)
{
	static const char *const known[] = {"opus", "g722", "pcmu", "pcma"};
	unsigned seen = 0;

	while (*codecs) {
		size_t n = strcspn(codecs, " ");
		unsigned i = 0;

		while (i < COUNT(known) && (strlen(known[i]) != n || strncmp(known[i], codecs, n)))
			++i;
		if (i == COUNT(known) || seen & 1u << i)
			return false;
		seen |= 1u << i;
		codecs += n;
		if (*codecs == ' ' && !*++codecs)
			return false;
	}
	return true;
}

static bool identity_good(const char *s)
{
	return !s[0] || !strcmp(s, "both") || !strcmp(s, "pai") || !strcmp(s, "rpid") ||
	       !strcmp(s, "none");
}

static bool diversion_good(const char *s)
{
	return !s[0] || !strcmp(s, "none") || !strcmp(s, "diversion") || !strcmp(s, "history");
}

static bool dtmf_good(const char *s)
{
	return !s[0] || !strcmp(s, "rfc4733") || !strcmp(s, "info") || !strcmp(s, "inband");
}

/** Checks a trunk before it is added (id 0) or changed; 0 or what the database said */
int trunk_check(struct field_errors *fe, struct db *db, const struct trunk *t)
{
	struct sa sa;

	field_text(fe, "name", t->name, 1, sizeof(t->name));
	field_text(fe, "username", t->username, 0, sizeof(t->username));
	if (!host_good(t->host))
		field_error(fe, "host", "must be a name or an address, in lower case");
	else if (t->by_ip && sa_set_str(&sa, t->host, 0))
		field_error(fe, "host", "must be an address when the address is the credential");
	if (t->port < 0 || t->port > 65535)
		field_error(fe, "port", "must be between 0 and 65535");
	else if (!t->port && !sa_set_str(&sa, t->host, 0))
		field_error(fe, "port", "must be given where the host is an address");
	if (!transport_good(t->transport))
		field_error(fe, "transport", "must be udp, tcp, tls or any");
	else if (t->port && !strcmp(t->transport, "any"))
		field_error(fe, "port", "must be 0 where the carrier's DNS chooses the transport");
	if (!t->by_ip && !t->username[0])
		field_error(fe, "username", "is needed when the address is not the credential");
	if (t->channels < 0 || t->channels > 100000)
		field_error(fe, "channels", "must be between 0 and 100000");
	line_check(fe, t);
	if (!codecs_good(t->codecs))
		field_error(fe, "codecs", "must be some of opus g722 pcmu pcma, each once");
	if (!identity_good(t->identity))
		field_error(fe, "identity", "must be both, pai, rpid or none");
	if (!diversion_good(t->diversion))
		field_error(fe, "diversion", "must be none, diversion or history");
	if (!dtmf_good(t->dtmf))
		field_error(fe, "dtmf", "must be rfc4733, info or inband");
	if (t->silence_ms &&
	    (t->silence_ms < TRUNK_SILENCE_MIN || t->silence_ms > TRUNK_SILENCE_MAX))
		field_error(fe, "silenceMs",
			    "must be 0 for what the system is set to, or between %d and %d",
			    TRUNK_SILENCE_MIN, TRUNK_SILENCE_MAX);
	if (t->country[0])
		field_country(fe, "country", t->country);
	return 0;
}

/** Adds a trunk and fills in its ids, time and version */
int trunk_add(struct db *db, struct trunk *t)
{
	int err = counter_next(&t->id, db, "trunk");

	if (err)
		return err;
	t->created_at = clock_wall_ms();
	t->version = 1;
	str_ncpy(t->uuid, id_new().s, sizeof(t->uuid));
	return db_exec(
		db,
		"INSERT INTO trunk (" COLUMNS ") VALUES "
		"($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, "
		"$18, $19, $20, $21, $22, $23, $24, $25)",
		"iisssisdssiddiidiisdsssis", t->tenant, t->id, t->uuid, t->name, t->host, t->port,
		t->transport, t->by_ip, t->username, t->sealed, t->channels, t->plus, t->active,
		t->created_at, t->version, t->registers, t->options_ms, t->calls_per_s, t->codecs,
		t->t38, t->identity, t->diversion, t->dtmf, t->silence_ms, t->country);
}

/** One trunk of the tenant, or with tenant 0 a shared one; ENOENT */
int trunk_get(struct trunk *t, struct db *db, int64_t tenant, int64_t id)
{
	return db_find(db, trunk_one, t,
		       "SELECT " COLUMNS " FROM trunk WHERE tenant_id = $1 AND id = $2", "ii",
		       tenant, id);
}

/** One trunk of the tenant, or with tenant 0 a shared one, by its uuid; ENOENT */
int trunk_by_uuid(struct trunk *t, struct db *db, int64_t tenant, const char *uuid)
{
	return db_find(db, trunk_one, t,
		       "SELECT " COLUMNS " FROM trunk WHERE tenant_id = $1 AND uuid = $2", "is",
		       tenant, uuid);
}

/** The trunk of an id, whoever owns it, as a route names it; ENOENT */
int trunk_by_id(struct trunk *t, struct db *db, int64_t id)
{
	return db_find(db, trunk_one, t, "SELECT " COLUMNS " FROM trunk WHERE id = $1", "i", id);
}

/** Changes a trunk; 0, ENOENT, ESTALE when somebody else changed it meanwhile */
int trunk_change(struct db *db, struct trunk *t)
{
	struct trunk old;
	int err = trunk_get(&old, db, t->tenant, t->id);

	if (err)
		return err;
	if (t->version && t->version != old.version)
		return ESTALE;
	t->version = old.version + 1;
	return db_change(db,
			 "UPDATE trunk SET name = $3, host = $4, port = $5, transport = $6, "
			 "by_ip = $7, username = $8, sealed = $9, channels = $10, plus = $11, "
			 "active = $12, version = $13, registers = $14, options_ms = $15, "
			 "calls_per_s = $16, codecs = $17, t38 = $18, identity = $19, "
			 "diversion = $20, dtmf = $21, silence_ms = $22, country = $23 WHERE "
			 "tenant_id = $1 AND id = $2",
			 "iissisdssiddidiisdsssis", t->tenant, t->id, t->name, t->host, t->port,
			 t->transport, t->by_ip, t->username, t->sealed, t->channels, t->plus,
			 t->active, t->version, t->registers, t->options_ms, t->calls_per_s,
			 t->codecs, t->t38, t->identity, t->diversion, t->dtmf, t->silence_ms,
			 t->country);
}

/** Removes a trunk; ENOENT, or EBUSY while a route leads through it */
int trunk_remove(struct db *db, int64_t tenant, int64_t id)
{
	struct trunk t;
	int64_t n = 0;
	int err = trunk_get(&t, db, tenant, id);

	if (!err)
		err = db_number(db, &n, "SELECT count(*) FROM out_route WHERE trunk_id = $1", "i",
				id);
	if (!err && n)
		return EBUSY;
	return err ? err
		   : db_change(db, "DELETE FROM trunk WHERE tenant_id = $1 AND id = $2", "ii",
			       tenant, id);
}

struct list_arg {
	trunk_h *h;
	void *arg;
};

static int trunk_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct trunk t;

	trunk_read(&t, row);
	return l->h(&t, l->arg);
}

/** Shows trunks in the order of their ids: the tenant's, with tenant 0 the shared ones, -1 all */
int trunk_list(struct db *db, int64_t tenant, int64_t after, unsigned limit, trunk_h *h, void *arg)
{
	struct list_arg l = {h, arg};

	return db_query(db, trunk_each, &l,
			"SELECT " COLUMNS " FROM trunk WHERE ($1 = -1 OR tenant_id = $1) AND "
			"id > $2 ORDER BY id LIMIT $3",
			"iii", tenant, after, row_limit(limit));
}
