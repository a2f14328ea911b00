-- Our key at push services (RFC 8292), sealed; tenant 0 is the platform.
CREATE TABLE push_key (
	tenant_id BIGINT NOT NULL PRIMARY KEY,
	sealed TEXT NOT NULL,
	created_at BIGINT NOT NULL
);
-- Where a browser can be rung while its portal is closed: a subscription of its push service. It ends with
-- the sign-in that made it.
CREATE TABLE bell (
	tenant_id BIGINT NOT NULL,
	id TEXT NOT NULL,
	login_id TEXT NOT NULL,
	user_id TEXT NOT NULL,
	extension_id TEXT NOT NULL,
	device_id TEXT NOT NULL,
	endpoint TEXT NOT NULL UNIQUE,
	p256dh TEXT NOT NULL,
	auth TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, login_id) REFERENCES login (tenant_id, id) ON DELETE CASCADE,
	FOREIGN KEY (tenant_id, extension_id) REFERENCES extension (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX bell_extension ON bell (tenant_id, extension_id, created_at);
CREATE INDEX bell_login ON bell (tenant_id, login_id);
