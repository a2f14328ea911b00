-- Recordings of calls. Several belong to a call when it was passed on, or recording was switched off
-- and on. extension_id: by whose rule or key.
CREATE TABLE recording (
	tenant_id BIGINT NOT NULL,
	id TEXT NOT NULL,
	call_id TEXT NOT NULL,
	extension_id TEXT NOT NULL,
	started_by TEXT NOT NULL,
	state TEXT NOT NULL,
	blob TEXT NOT NULL,
	duration_ms BIGINT NOT NULL,
	started_at BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id)
);
CREATE INDEX recording_call ON recording (tenant_id, call_id, id);
CREATE INDEX recording_open ON recording (tenant_id, id) WHERE state = 'recording';

ALTER TABLE extension ADD COLUMN recording TEXT NOT NULL DEFAULT 'none';
