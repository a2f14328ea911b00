-- Ring groups. strategy: of src/model/tbl/strategies.h. What follows an unanswered call stands in dest_exit.
CREATE TABLE ring_group (
	tenant_id BIGINT NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
	id TEXT NOT NULL,
	number TEXT NOT NULL,
	name TEXT NOT NULL,
	strategy TEXT NOT NULL,
	music INTEGER NOT NULL,
	prefix TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id),
	UNIQUE (tenant_id, number)
);

CREATE TABLE ring_group_member (
	tenant_id BIGINT NOT NULL,
	group_id TEXT NOT NULL,
	place INTEGER NOT NULL,
	number TEXT NOT NULL,
	delay_ms BIGINT NOT NULL,
	ring_ms BIGINT NOT NULL,
	confirm INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, group_id, place),
	FOREIGN KEY (tenant_id, group_id) REFERENCES ring_group (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX ring_group_member_number ON ring_group_member (tenant_id, number);
