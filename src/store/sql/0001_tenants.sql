-- Tenants, their people, phones and numbers. tenant_id is the first column of every key;
-- tenant 0 is the platform and has no row.
CREATE TABLE counter (
	name TEXT NOT NULL PRIMARY KEY,
	value BIGINT NOT NULL
);

CREATE TABLE tenant (
	id BIGINT NOT NULL PRIMARY KEY,
	uuid TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	domain TEXT NOT NULL UNIQUE,
	country TEXT NOT NULL,
	currency TEXT NOT NULL,
	timezone TEXT NOT NULL,
	permissions TEXT NOT NULL,
	settings TEXT NOT NULL,
	md5_allowed INTEGER NOT NULL,
	version BIGINT NOT NULL,
	home_node TEXT NOT NULL,
	lease_epoch BIGINT NOT NULL,
	created_at BIGINT NOT NULL
);

CREATE TABLE extension (
	tenant_id BIGINT NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
	id TEXT NOT NULL,
	number TEXT NOT NULL,
	name TEXT NOT NULL,
	caller_id_name TEXT NOT NULL,
	caller_id_number TEXT NOT NULL,
	ring_ms BIGINT NOT NULL,
	call_waiting INTEGER NOT NULL,
	created_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id),
	UNIQUE (tenant_id, number)
);

CREATE TABLE device (
	tenant_id BIGINT NOT NULL,
	id TEXT NOT NULL,
	extension_id TEXT NOT NULL,
	name TEXT NOT NULL,
	browser INTEGER NOT NULL,
	auth_user TEXT NOT NULL,
	ha1_md5 TEXT NOT NULL,
	ha1_sha256 TEXT NOT NULL,
	sealed TEXT NOT NULL,
	sdes INTEGER NOT NULL,
	user_agent TEXT NOT NULL,
	last_seen_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id),
	UNIQUE (tenant_id, auth_user),
	FOREIGN KEY (tenant_id, extension_id) REFERENCES extension (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX device_extension ON device (tenant_id, extension_id, id);
CREATE INDEX device_browser ON device (expires_at) WHERE browser = 1;

CREATE TABLE did (
	tenant_id BIGINT NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
	id TEXT NOT NULL,
	number TEXT NOT NULL UNIQUE,
	title TEXT NOT NULL,
	fax INTEGER NOT NULL,
	dest_kind TEXT NOT NULL,
	dest_target TEXT NOT NULL,
	active INTEGER NOT NULL,
	created_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id)
);
CREATE INDEX did_dest ON did (tenant_id, dest_kind, dest_target);

CREATE TABLE trunk (
	tenant_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	uuid TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	host TEXT NOT NULL,
	port INTEGER NOT NULL,
	transport TEXT NOT NULL,
	by_ip INTEGER NOT NULL,
	username TEXT NOT NULL,
	sealed TEXT NOT NULL,
	channels INTEGER NOT NULL,
	plus INTEGER NOT NULL,
	active INTEGER NOT NULL,
	created_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id)
);

CREATE TABLE out_route (
	tenant_id BIGINT NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
	id TEXT NOT NULL,
	prefix TEXT NOT NULL,
	strip INTEGER NOT NULL,
	prepend TEXT NOT NULL,
	trunk_id BIGINT NOT NULL,
	priority INTEGER NOT NULL,
	created_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id)
);
CREATE INDEX out_route_trunk ON out_route (trunk_id);

-- Users of the platform belong to tenant 0, so that this key has no foreign one.
CREATE TABLE portal_user (
	tenant_id BIGINT NOT NULL,
	id TEXT NOT NULL,
	email TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	hash TEXT NOT NULL,
	role TEXT NOT NULL,
	extension_id TEXT,
	permissions TEXT NOT NULL,
	language TEXT NOT NULL,
	timezone TEXT NOT NULL,
	theme TEXT NOT NULL,
	last_login_at BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id),
	UNIQUE (tenant_id, extension_id)
);

-- Wrong passwords by the address that was typed (its SHA-256), whether there is such a user or not.
CREATE TABLE login_lock (
	email_hash TEXT NOT NULL PRIMARY KEY,
	failures BIGINT NOT NULL,
	failed_at BIGINT NOT NULL,
	locked_until BIGINT NOT NULL
);
CREATE INDEX login_lock_failed ON login_lock (failed_at);

CREATE TABLE login (
	tenant_id BIGINT NOT NULL,
	id TEXT NOT NULL,
	user_id TEXT NOT NULL,
	token_hash TEXT NOT NULL UNIQUE,
	csrf TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	last_seen_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	remember INTEGER NOT NULL,
	ip TEXT NOT NULL,
	user_agent TEXT NOT NULL,
	acting_for BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, user_id) REFERENCES portal_user (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX login_user ON login (tenant_id, user_id, last_seen_at);
CREATE INDEX login_expires ON login (expires_at);

CREATE TABLE audit (
	tenant_id BIGINT NOT NULL,
	at BIGINT NOT NULL,
	id TEXT NOT NULL,
	user_id TEXT NOT NULL,
	who TEXT NOT NULL,
	ip TEXT NOT NULL,
	action TEXT NOT NULL,
	object_id TEXT NOT NULL,
	object TEXT NOT NULL,
	PRIMARY KEY (tenant_id, at, id)
);

CREATE TABLE binding (
	tenant_id BIGINT NOT NULL,
	extension TEXT NOT NULL,
	contact TEXT NOT NULL,
	domain TEXT NOT NULL,
	device TEXT NOT NULL,
	path TEXT NOT NULL,
	instance TEXT NOT NULL,
	reg_id BIGINT NOT NULL,
	user_agent TEXT NOT NULL,
	transport TEXT NOT NULL,
	peer TEXT NOT NULL,
	client TEXT NOT NULL,
	ws INTEGER NOT NULL,
	tls INTEGER NOT NULL,
	nat INTEGER NOT NULL,
	sdes INTEGER NOT NULL,
	registered_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, extension, contact)
);
