-- Call flows: day or night, switched by a code or in the portal. What follows stands in dest_exit.
CREATE TABLE call_flow (
	tenant_id BIGINT NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
	id TEXT NOT NULL,
	number TEXT NOT NULL,
	name TEXT NOT NULL,
	pin TEXT NOT NULL,
	night INTEGER NOT NULL,
	created_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id),
	UNIQUE (tenant_id, number)
);
