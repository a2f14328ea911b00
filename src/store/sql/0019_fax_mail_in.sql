-- E-mails that became faxes, so that none does twice: the SHA-256 of Message-ID, sender and recipient.
CREATE TABLE fax_mail (
	tenant_id BIGINT NOT NULL,
	hash TEXT NOT NULL,
	fax_id TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, hash)
);
CREATE INDEX fax_mail_created ON fax_mail (created_at);
