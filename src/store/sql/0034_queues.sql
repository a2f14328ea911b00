-- Queues. strategy: of src/model/tbl/queue_strategies.h. What follows a call that waited in vain stands in dest_exit.
CREATE TABLE queue (
	tenant_id BIGINT NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
	id TEXT NOT NULL,
	number TEXT NOT NULL,
	name TEXT NOT NULL,
	strategy TEXT NOT NULL,
	music_id TEXT NOT NULL,
	prefix TEXT NOT NULL,
	ring_ms BIGINT NOT NULL,
	wrapup_ms BIGINT NOT NULL,
	announce_ms BIGINT NOT NULL,
	max_wait_ms BIGINT NOT NULL,
	max_callers BIGINT NOT NULL,
	leave_empty INTEGER NOT NULL,
	record INTEGER NOT NULL,
	created_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id),
	UNIQUE (tenant_id, number)
);

-- number: of an extension. level: who is rung before whom
CREATE TABLE queue_agent (
	tenant_id BIGINT NOT NULL,
	queue_id TEXT NOT NULL,
	place INTEGER NOT NULL,
	number TEXT NOT NULL,
	level INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, queue_id, place),
	FOREIGN KEY (tenant_id, queue_id) REFERENCES queue (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX queue_agent_number ON queue_agent (tenant_id, number);

-- What an agent does for its queues; pause_reason '': none was given
ALTER TABLE extension_settings ADD COLUMN agent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE extension_settings ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE extension_settings ADD COLUMN pause_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE extension_settings ADD COLUMN agent_by TEXT NOT NULL DEFAULT '';
ALTER TABLE extension_settings ADD COLUMN agent_at BIGINT NOT NULL DEFAULT 0;
