-- Mails to send, and what became of them; each has a job that sends it (job.object_id).
-- fields: lines of word=value for the template.
CREATE TABLE mail (
	tenant_id BIGINT NOT NULL,
	id TEXT NOT NULL,
	template TEXT NOT NULL,
	to_address TEXT NOT NULL,
	to_name TEXT NOT NULL,
	subject TEXT NOT NULL,
	object_id TEXT NOT NULL,
	page TEXT NOT NULL,
	fields TEXT NOT NULL,
	about_at BIGINT NOT NULL,
	blob TEXT NOT NULL,
	file_name TEXT NOT NULL,
	file_type TEXT NOT NULL,
	state TEXT NOT NULL,
	tries BIGINT NOT NULL,
	due_at BIGINT NOT NULL,
	answer TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id)
);
CREATE INDEX mail_state ON mail (tenant_id, state, id);
CREATE INDEX mail_ended ON mail (ended_at) WHERE ended_at > 0;
-- Links that let somebody choose a new password: the SHA-256 of their token, good once. A user has one.
CREATE TABLE password_reset (
	tenant_id BIGINT NOT NULL,
	user_id TEXT NOT NULL,
	token_hash TEXT NOT NULL UNIQUE,
	expires_at BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, user_id),
	FOREIGN KEY (tenant_id, user_id) REFERENCES portal_user (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX password_reset_expires ON password_reset (expires_at);
