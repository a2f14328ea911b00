-- The second step of the sign-in: the secret of an authenticator app, sealed. confirmed 0: no code of it was seen yet.
-- used: the last period of 30 s whose code was used, so that no code is good twice.
CREATE TABLE second_step (
	tenant_id BIGINT NOT NULL,
	user_id TEXT NOT NULL,
	secret TEXT NOT NULL,
	confirmed BIGINT NOT NULL,
	used BIGINT NOT NULL,
	since BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, user_id),
	FOREIGN KEY (tenant_id, user_id) REFERENCES portal_user (tenant_id, id) ON DELETE CASCADE
);
-- Codes for when the app is lost, as keyed hashes; each is good once.
CREATE TABLE recovery_code (
	tenant_id BIGINT NOT NULL,
	user_id TEXT NOT NULL,
	mac TEXT NOT NULL,
	PRIMARY KEY (tenant_id, user_id, mac),
	FOREIGN KEY (tenant_id, user_id) REFERENCES portal_user (tenant_id, id) ON DELETE CASCADE
);
