-- Wrong passwords by the address that was typed and the source they came from (both by SHA-256),
-- whether there is such a user or not. Takes the place of login_lock.
CREATE TABLE login_lock_source (
	email_hash TEXT NOT NULL,
	source_hash TEXT NOT NULL,
	failures BIGINT NOT NULL,
	failed_at BIGINT NOT NULL,
	locked_until BIGINT NOT NULL,
	PRIMARY KEY (email_hash, source_hash)
);
CREATE INDEX login_lock_source_failed ON login_lock_source (failed_at);
