-- What an extension does with its calls. No row: everything off.
CREATE TABLE extension_settings (
	tenant_id BIGINT NOT NULL,
	extension_id TEXT NOT NULL,
	dnd INTEGER NOT NULL,
	dnd_until BIGINT NOT NULL,
	dnd_by TEXT NOT NULL,
	dnd_at BIGINT NOT NULL,
	follow INTEGER NOT NULL,
	follow_by TEXT NOT NULL,
	follow_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, extension_id),
	FOREIGN KEY (tenant_id, extension_id) REFERENCES extension (tenant_id, id) ON DELETE CASCADE
);

-- kind: of src/model/tbl/forwards.h
CREATE TABLE extension_forward (
	tenant_id BIGINT NOT NULL,
	extension_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	active INTEGER NOT NULL,
	number TEXT NOT NULL,
	until_at BIGINT NOT NULL,
	set_by TEXT NOT NULL,
	set_at BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, extension_id, kind),
	FOREIGN KEY (tenant_id, extension_id) REFERENCES extension (tenant_id, id) ON DELETE CASCADE
);

-- What comes after a dest that ended so. dest_target '': every dest of that kind; exit '': every exit.
CREATE TABLE dest_exit (
	tenant_id BIGINT NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
	dest_kind TEXT NOT NULL,
	dest_target TEXT NOT NULL,
	exit TEXT NOT NULL,
	next_kind TEXT NOT NULL,
	next_target TEXT NOT NULL,
	PRIMARY KEY (tenant_id, dest_kind, dest_target, exit)
);
CREATE INDEX dest_exit_next ON dest_exit (tenant_id, next_kind, next_target);

-- Where a tenant differs from src/model/tbl/feature_codes.h.
CREATE TABLE feature_code (
	tenant_id BIGINT NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
	name TEXT NOT NULL,
	code TEXT NOT NULL,
	active INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, name)
);
