/**
 * @file demo.c  Filling an empty database with the demo
 */
#include <errno.h>
#include <string.h>
#include "cover_page.h"
#include "demo.h"
#include "demo_calls.h"
#include "demo_voicemail.h"
#include "device.h"
#include "did.h"
#include "extension.h"
#include "extension_settings.h"
#include "fax_box.h"
#include "mailbox.h"
#include "out_route.h"
#include "own.h"
#include "permission.h"
#include "queue.h"
#include "rate.h"
#include "tenant.h"
#include "text.h"
#include "trunk.h"
#include "user.h"

static const char password[] = "carillon-demo";

/* An extension and, with an address, the user whom it belongs to */
struct person {
	const char *number, *name, *email;
	enum user_role role;
};

static const struct person northwind[] = {
	{"1001", "Maya Chen", "maya@northwind.localhost", USER_user},
	{"1002", "Tom Becker", "tom@northwind.localhost", USER_user},
	{"1003", "Priya Raman", "priya@northwind.localhost", USER_agent},
	{"1004", "Luis Ortega", NULL, USER_user},
	{"1005", "Hannah Weiss", NULL, USER_user},
	{"1006", "Omar Haddad", NULL, USER_user},
	{"1007", "Front Desk", NULL, USER_user},
	{"1008", "Dr. Elena Rossi", NULL, USER_user},
	{"1009", "Dr. Kenji Mori", NULL, USER_user},
	{"1010", "Treatment Room", NULL, USER_user},
	{NULL, "Northwind Administrator", "admin@northwind.localhost", USER_admin},
};

static const struct person harbor[] = {
	{"1001", "Ana Souza", "ana@harbor.localhost", USER_user},
	{"1002", "James Whitfield", NULL, USER_user},
	{"1003", "Reception", NULL, USER_user},
	{NULL, "Harbor Administrator", "admin@harbor.localhost", USER_admin},
};

static const struct number {
	const char *number, *title, *extension;
	enum did_kind kind;
} northwind_dids[] =
	{
		{"+14155550110", "Maya Chen", "1001", DID_VOICE},
		{"+14155550111", "Maya Chen, fax", "1001", DID_FAX},
},
  harbor_dids[] = {
	  {"+16285550177", "Ana Souza", "1001", DID_VOICE},
	  {"+16285550199", "Ana Souza, fax", "1001", DID_FAX},
};

/* What is called from here, and what it costs: in millionths of a dollar, and seconds */
static const struct rate demo_rates[] = {
	{.prefix = "1",
	 .description = "United States and Canada",
	 .per_minute = 12000,
	 .minimum_s = 6,
	 .increment_s = 6,
	 .per_page = 30000},
	{.prefix = "1415",
	 .description = "San Francisco",
	 .per_minute = 9000,
	 .minimum_s = 6,
	 .increment_s = 6,
	 .per_page = 25000},
	{.prefix = "1800", .description = "Toll free", .increment_s = 1},
	{.prefix = "33",
	 .description = "France",
	 .per_minute = 24000,
	 .minimum_s = 30,
	 .increment_s = 6,
	 .per_page = 60000},
	{.prefix = "44",
	 .description = "United Kingdom",
	 .per_minute = 21500,
	 .minimum_s = 30,
	 .increment_s = 6,
	 .per_page = 55000},
	{.prefix = "447",
	 .description = "United Kingdom, mobile",
	 .per_minute = 85000,
	 .connect = 10000,
	 .minimum_s = 30,
	 .increment_s = 6,
	 .per_page = 170000},
	{.prefix = "49",
	 .description = "Germany",
	 .per_minute = 22500,
	 .minimum_s = 30,
	 .increment_s = 6,
	 .per_page = 60000},
	{.prefix = "52",
	 .description = "Mexico",
	 .per_minute = 38000,
	 .minimum_s = 60,
	 .increment_s = 60,
	 .per_page = 90000},
	{.prefix = "61",
	 .description = "Australia",
	 .per_minute = 29000,
	 .minimum_s = 30,
	 .increment_s = 6,
	 .per_page = 75000},
};

/* What is being filled */
struct filling {
	struct db *db;
	const struct demo_conf *conf;
	struct rate_plan plan;
	char hash[USER_HASH]; /* of the demo's password: one for all, for its salt need not tell
				 them apart */
};

/* What end users of the demo may do; administrators may all that the tenant may. */
static const char user_permissions[] =
	"send_fax receive_fax fax_to_email email_to_fax contacts voicemail follow_me cdr my_dids "
	"my_account feature_codes";

static int demo_device(const struct filling *f, const struct tenant_row *t,
		       const struct extension *e)
{
	struct device d = {.tenant = t->id, .kind = DEVICE_PHONE, .name = "Desk phone"};
	char plain[SECRET_PLAIN];
	int err;

	str_ncpy(d.extension_id, e->id, sizeof(d.extension_id));
	str_ncpy(d.auth_user, e->number, sizeof(d.auth_user));
	(void)text_printf(plain, sizeof(plain), "demo-%s", e->number);
	err = device_credentials(&d, f->conf->secret, t->domain, plain);
	return err ? err : device_add(f->db, &d);
}

static int demo_user(const struct filling *f, const struct tenant_row *t, const struct person *p,
		     const char *extension_id)
{
	struct user u = {.tenant = t->id, .role = p->role, .language = "en", .theme = "system"};

	str_ncpy(u.email, p->email, sizeof(u.email));
	str_ncpy(u.name, p->name, sizeof(u.name));
	str_ncpy(u.extension_id, extension_id, sizeof(u.extension_id));
	str_ncpy(u.timezone, t->timezone, sizeof(u.timezone));
	str_ncpy(u.permissions, user_administers(&u) ? t->permissions : user_permissions,
		 sizeof(u.permissions));
	str_ncpy(u.hash, f->hash, sizeof(u.hash));
	return user_add(f->db, &u);
}

/* The PIN of a demo mailbox is its number; nobody may choose such a one. */
static int demo_mailbox(const struct filling *f, const struct extension *e, const char *email)
{
	struct mailbox m;
	int err = mailbox_get(&m, f->db, e->tenant, e->id);

	if (err)
		return err;
	m.active = true;
	mailbox_pin_set(&m, f->conf->secret, e->number);
	str_ncpy(m.emails, email ? email : "", sizeof(m.emails));
	m.attach = email ? ATTACH_OPUS : ATTACH_NONE;
	return mailbox_change(f->db, &m);
}

/* Whoever has an address gets faxes by mail, without a setting of theirs */
static int demo_fax_box(const struct filling *f, const struct extension *e, const char *email)
{
	struct fax_box b;
	int err = fax_box_get(&b, f->db, e->tenant, e->id);

	if (err || !email)
		return err;
	str_ncpy(b.emails, email, sizeof(b.emails));
	return fax_box_change(f->db, &b);
}

static int demo_person(const struct filling *f, const struct tenant_row *t, const struct person *p)
{
	struct extension e = {.tenant = t->id, .ring_ms = RING_MS_DEFAULT, .call_waiting = true};
	int err = 0;

	str_ncpy(e.name, p->name, sizeof(e.name));
	if (p->number) {
		str_ncpy(e.number, p->number, sizeof(e.number));
		err = extension_add(f->db, &e);
		if (!err)
			err = demo_device(f, t, &e);
		if (!err)
			err = demo_mailbox(f, &e, p->email);
		if (!err)
			err = demo_fax_box(f, &e, p->email);
	}
	return err || !p->email ? err : demo_user(f, t, p, e.id);
}

static int demo_did(struct db *db, const struct tenant_row *t, const struct number *n)
{
	struct did d = {.tenant = t->id, .kind = n->kind, .active = true};

	str_ncpy(d.number, n->number, sizeof(d.number));
	str_ncpy(d.title, n->title, sizeof(d.title));
	str_ncpy(d.dest.target, n->extension, sizeof(d.dest.target));
	d.dest.kind = n->kind == DID_FAX ? DEST_fax : DEST_extension;
	return did_add(db, &d);
}

static int demo_rate_plan(struct rate_plan *p, struct db *db)
{
	int err;

	*p = (struct rate_plan){.name = "Standard", .currency = "USD"};
	err = rate_plan_add(db, p);
	for (size_t i = 0; i < COUNT(demo_rates) && !err; i++) {
		struct rate r = demo_rates[i];

		str_ncpy(r.plan_id, p->id, sizeof(r.plan_id));
		err = rate_add(db, &r);
	}
	return err;
}

static int demo_tenant(struct tenant_row *t, const struct filling *f, const char *name,
		       const char *domain)
{
	memset(t, 0, sizeof(*t));
	str_ncpy(t->name, name, sizeof(t->name));
	str_ncpy(t->domain, domain, sizeof(t->domain));
	str_ncpy(t->country, "US", sizeof(t->country));
	str_ncpy(t->currency, "USD", sizeof(t->currency));
	str_ncpy(t->timezone, "America/Los_Angeles", sizeof(t->timezone));
	str_ncpy(t->permissions, permissions_all(), sizeof(t->permissions));
	str_ncpy(t->settings, "{}", sizeof(t->settings));
	t->md5_allowed = true;
	str_ncpy(t->rate_plan, f->plan.id, sizeof(t->rate_plan));
	return tenant_add(f->db, t);
}

/* Everything outside leads back to this very server, so that demo calls are real SIP calls. */
static int demo_trunk(struct trunk *trunk, struct db *db, const struct demo_conf *conf)
{
	*trunk = (struct trunk){.name = "Loop-back",
				.host = "127.0.0.1",
				.port = conf->sip_port,
				.transport = "udp",
				.by_ip = true,
				.plus = true,
				.t38 = true,
				.identity = "both",
				.active = true};
	return trunk_add(db, trunk);
}

static int demo_route(struct db *db, const struct tenant_row *t, const struct trunk *trunk)
{
	struct out_route r = {.tenant = t->id, .prefix = "+", .trunk = trunk->id};

	return out_route_add(db, &r);
}

static int demo_house(struct tenant_row *t, const struct filling *f, const struct trunk *trunk,
		      const struct person *people, size_t count, const struct number *dids,
		      size_t did_count)
{
	int err = 0;

	for (size_t i = 0; i < count && !err; i++)
		err = demo_person(f, t, &people[i]);
	for (size_t i = 0; i < did_count && !err; i++)
		err = demo_did(f->db, t, &dids[i]);
	return err ? err : demo_route(f->db, t, trunk);
}

/* Its name is behind those that people give theirs: what they make comes first in the list. */
static int demo_cover_page(struct db *db, int64_t tenant)
{
	struct cover_page c = {
		.tenant = tenant,
		.name = "Standard",
		.template = "<big><b>Fax</b></big>\n\n<b>To:</b> {{to_name}} {{to_number}}\n"
			    "<b>From:</b> {{from_name}} {{from_number}}, {{company}}\n"
			    "<b>Date:</b> {{date}}\n<b>Pages:</b> {{pages}}\n"
			    "<b>Subject:</b> {{subject}}\n\n{{note}}",
	};

	return cover_page_add(db, &c);
}

/* An agent of the queue, logged in from the beginning */
static int demo_agent(struct queue *q, struct db *db, const char *number)
{
	struct extension_settings s;
	struct extension e;
	int err = extension_by_number(&e, db, q->tenant, number);

	if (!err)
		err = extension_settings_get(&s, db, q->tenant, e.id);
	if (err)
		return err;
	s.agent = true;
	q->agents[q->agent_count] = (struct queue_agent){.level = 1};
	str_ncpy(q->agents[q->agent_count++].number, number, sizeof(q->agents[0].number));
	return extension_settings_change(db, &s, e.name);
}

static int demo_queue(struct db *db, int64_t tenant)
{
	AUTO struct queue *q = mem_zalloc(sizeof(*q), NULL);
	struct queue_next message = {true, {DEST_voicemail, "1007"}};
	int err;

	if (!q)
		return ENOMEM;
	queue_defaults(q);
	q->tenant = tenant;
	q->wrapup_ms = 10000;
	q->max_wait_ms = 600000;
	q->next[QUEUE_TIMEOUT] = q->next[QUEUE_FULL] = q->next[QUEUE_EMPTY] = message;
	str_ncpy(q->number, "700", sizeof(q->number));
	str_ncpy(q->name, "Front desk", sizeof(q->name));
	err = demo_agent(q, db, "1003");
	if (!err)
		err = demo_agent(q, db, "1002");
	return err ? err : queue_add(db, q);
}

static int demo_platform(const struct filling *f)
{
	static const struct person admin = {NULL, "Platform Administrator", "admin@localhost",
					    USER_platform};
	struct tenant_row platform = {.timezone = "America/Los_Angeles"};

	return demo_user(f, &platform, &admin, "");
}

/**
 * Fills an empty database
 *
 * @param db   The writer's connection; hashing the password keeps it busy for some 60 ms
 * @param conf What the demo needs to know
 *
 * @return 0, EEXIST when there is a tenant or a user already, or errno
 */
int demo_fill(struct db *db, const struct demo_conf *conf)
{
	struct filling f = {.db = db, .conf = conf};
	struct tenant_row t;
	struct trunk trunk;
	int64_t n = 0;
	int err = db_number(db, &n,
			    "SELECT (SELECT count(*) FROM tenant) + "
			    "(SELECT count(*) FROM portal_user)",
			    "");

	if (err || n)
		return err ? err : EEXIST;
	err = password_hash(f.hash, password);
	if (!err)
		err = demo_trunk(&trunk, db, conf);
	if (!err)
		err = demo_platform(&f);
	if (!err)
		err = demo_rate_plan(&f.plan, db);
	if (!err)
		err = demo_tenant(&t, &f, "Northwind Dental", DEMO_DOMAIN);
	if (!err)
		err = demo_house(&t, &f, &trunk, northwind, COUNT(northwind), northwind_dids,
				 COUNT(northwind_dids));
	if (!err)
		err = demo_queue(db, t.id);
	if (!err)
		err = demo_cover_page(db, t.id);
	if (!err)
		err = demo_calls(db, t.id, conf->now);
	if (!err)
		err = demo_voicemail(db, conf, t.id);
	if (!err)
		err = demo_tenant(&t, &f, "Harbor Legal", "harbor.localhost");
	if (!err)
		err = demo_house(&t, &f, &trunk, harbor, COUNT(harbor), harbor_dids,
				 COUNT(harbor_dids));
	return err;
}
