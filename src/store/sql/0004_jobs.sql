-- What must happen even if the program ends in between. state: wait, run, held, done, failed.
-- once: of the jobs of a kind that are not over, only one has this name.
CREATE TABLE job (
	tenant_id BIGINT NOT NULL,
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	state TEXT NOT NULL,
	object_id TEXT NOT NULL,
	once TEXT NOT NULL,
	due_at BIGINT NOT NULL,
	tries BIGINT NOT NULL,
	tries_max BIGINT NOT NULL,
	lease_until BIGINT NOT NULL,
	lease_token TEXT NOT NULL,
	payload TEXT NOT NULL,
	result TEXT NOT NULL,
	error TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	changed_at BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id)
);
CREATE INDEX job_due ON job (kind, due_at) WHERE state = 'wait';
CREATE INDEX job_lease ON job (kind, lease_until) WHERE state = 'run';
CREATE INDEX job_over ON job (changed_at) WHERE state IN ('done', 'failed');
CREATE INDEX job_object ON job (tenant_id, kind, object_id, id);
CREATE UNIQUE INDEX job_once ON job (tenant_id, kind, once)
	WHERE once <> '' AND state IN ('wait', 'run', 'held');
