-- Calls, newest first by the key of the page: (tenant_id, started_at, id).
CREATE TABLE call (
	tenant_id BIGINT NOT NULL,
	id TEXT NOT NULL,
	dir TEXT NOT NULL,
	result TEXT NOT NULL,
	from_number TEXT NOT NULL,
	from_name TEXT NOT NULL,
	from_extension TEXT NOT NULL,
	to_number TEXT NOT NULL,
	to_name TEXT NOT NULL,
	to_extension TEXT NOT NULL,
	by_number TEXT NOT NULL,
	by_name TEXT NOT NULL,
	by_extension TEXT NOT NULL,
	started_at BIGINT NOT NULL,
	answered_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	duration_ms BIGINT NOT NULL,
	billed_ms BIGINT NOT NULL,
	cause TEXT NOT NULL,
	cut INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, started_at, id)
);
CREATE UNIQUE INDEX call_id ON call (tenant_id, id);

-- Who of our own took part: the page of one extension, and its missed calls. By the extension's id:
-- whoever gets a number that somebody else had before does not see the calls of that time.
CREATE TABLE call_extension (
	tenant_id BIGINT NOT NULL,
	extension_id TEXT NOT NULL,
	started_at BIGINT NOT NULL,
	call_id TEXT NOT NULL,
	called INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, extension_id, started_at, call_id)
);

CREATE TABLE call_leg (
	tenant_id BIGINT NOT NULL,
	call_id TEXT NOT NULL,
	position INTEGER NOT NULL,
	id TEXT NOT NULL,
	called INTEGER NOT NULL,
	number TEXT NOT NULL,
	name TEXT NOT NULL,
	extension TEXT NOT NULL,
	device TEXT NOT NULL,
	started_at BIGINT NOT NULL,
	ringing_at BIGINT NOT NULL,
	answered_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	cause TEXT NOT NULL,
	sip_call_id TEXT NOT NULL,
	codec TEXT NOT NULL,
	remote_ip TEXT NOT NULL,
	user_agent TEXT NOT NULL,
	packets_in BIGINT NOT NULL,
	packets_out BIGINT NOT NULL,
	lost BIGINT NOT NULL,
	jitter_us BIGINT NOT NULL,
	mos_milli BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, call_id, position)
);

CREATE TABLE call_story (
	tenant_id BIGINT NOT NULL,
	call_id TEXT NOT NULL,
	position INTEGER NOT NULL,
	at BIGINT NOT NULL,
	kind TEXT NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (tenant_id, call_id, position)
);

-- Calls that have not ended, and when the program was last known to run.
CREATE TABLE call_open (
	tenant_id BIGINT NOT NULL,
	id TEXT NOT NULL,
	dir TEXT NOT NULL,
	from_number TEXT NOT NULL,
	from_name TEXT NOT NULL,
	from_extension TEXT NOT NULL,
	to_number TEXT NOT NULL,
	to_name TEXT NOT NULL,
	to_extension TEXT NOT NULL,
	by_number TEXT NOT NULL,
	by_name TEXT NOT NULL,
	by_extension TEXT NOT NULL,
	started_at BIGINT NOT NULL,
	answered_at BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id)
);

CREATE TABLE node (
	id TEXT NOT NULL PRIMARY KEY,
	beat_at BIGINT NOT NULL
);
