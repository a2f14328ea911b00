-- Follow me: whom an extension's calls ring instead of its phones alone. It is switched on and off in
-- extension_settings. number '': the extension's own phones.
CREATE TABLE follow_rule (
	tenant_id BIGINT NOT NULL,
	extension_id TEXT NOT NULL,
	ignore_busy INTEGER NOT NULL,
	prefix TEXT NOT NULL,
	PRIMARY KEY (tenant_id, extension_id),
	FOREIGN KEY (tenant_id, extension_id) REFERENCES extension (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE follow_dest (
	tenant_id BIGINT NOT NULL,
	extension_id TEXT NOT NULL,
	place INTEGER NOT NULL,
	number TEXT NOT NULL,
	delay_ms BIGINT NOT NULL,
	ring_ms BIGINT NOT NULL,
	confirm INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, extension_id, place),
	FOREIGN KEY (tenant_id, extension_id) REFERENCES extension (tenant_id, id) ON DELETE CASCADE
);

-- Callers who do not get through. extension_id '': to nobody of the tenant.
CREATE TABLE call_block (
	tenant_id BIGINT NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
	id TEXT NOT NULL,
	extension_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	pattern TEXT NOT NULL,
	action TEXT NOT NULL,
	note TEXT NOT NULL,
	active INTEGER NOT NULL,
	created_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id)
);
CREATE INDEX call_block_extension ON call_block (tenant_id, extension_id, id);

-- When a setting acted last, and how often on that day. object_id: an extension's or a rule's.
CREATE TABLE setting_use (
	tenant_id BIGINT NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
	object_id TEXT NOT NULL,
	name TEXT NOT NULL,
	day BIGINT NOT NULL,
	calls BIGINT NOT NULL,
	last_at BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, object_id, name)
);
