-- Mailboxes of extensions, what was left in them, and their greetings. A message outlives its
-- extension until its file is deleted, so that it has no foreign key.
CREATE TABLE mailbox (
	tenant_id BIGINT NOT NULL,
	extension_id TEXT NOT NULL,
	active INTEGER NOT NULL,
	pin TEXT NOT NULL,
	pin_failures BIGINT NOT NULL,
	pin_locked_until BIGINT NOT NULL,
	emails TEXT NOT NULL,
	attach TEXT NOT NULL,
	max_ms BIGINT NOT NULL,
	max_messages BIGINT NOT NULL,
	keep_days BIGINT NOT NULL,
	greeting_id TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, extension_id),
	FOREIGN KEY (tenant_id, extension_id) REFERENCES extension (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE voicemail_message (
	tenant_id BIGINT NOT NULL,
	id TEXT NOT NULL,
	extension_id TEXT NOT NULL,
	state TEXT NOT NULL,
	urgent INTEGER NOT NULL,
	from_number TEXT NOT NULL,
	from_name TEXT NOT NULL,
	call_id TEXT NOT NULL,
	forwarded_by TEXT NOT NULL,
	blob TEXT NOT NULL,
	duration_ms BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	read_at BIGINT NOT NULL,
	deleted_at BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id)
);
CREATE INDEX voicemail_mailbox ON voicemail_message (tenant_id, extension_id, deleted_at, id);
CREATE INDEX voicemail_recording ON voicemail_message (tenant_id, id) WHERE state = 'recording';
CREATE INDEX voicemail_deleted ON voicemail_message (deleted_at) WHERE deleted_at > 0;

CREATE TABLE greeting (
	tenant_id BIGINT NOT NULL,
	id TEXT NOT NULL,
	extension_id TEXT NOT NULL,
	name TEXT NOT NULL,
	blob TEXT NOT NULL,
	duration_ms BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id)
);
CREATE INDEX greeting_mailbox ON greeting (tenant_id, extension_id, id);

-- Mailboxes for the extensions there are.
INSERT INTO mailbox (tenant_id, extension_id, active, pin, pin_failures, pin_locked_until, emails,
	attach, max_ms, max_messages, keep_days, greeting_id, version)
SELECT tenant_id, id, 0, '', 0, 0, '', 'none', 180000, 100, 0, '', 1 FROM extension;
