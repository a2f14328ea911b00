-- What an extension has done with its faxes. emails: whom a received one is mailed to, separated by
-- spaces; result: always, failures, never: when the sender of one is told how it ended. No row: no
-- addresses, always.
CREATE TABLE fax_box (
	tenant_id BIGINT NOT NULL,
	extension_id TEXT NOT NULL,
	emails TEXT NOT NULL,
	result TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, extension_id),
	FOREIGN KEY (tenant_id, extension_id) REFERENCES extension (tenant_id, id) ON DELETE CASCADE
);
-- Further addresses of a fax number.
ALTER TABLE did ADD COLUMN fax_emails TEXT NOT NULL DEFAULT '';
-- Whom the result of a fax is mailed to.
ALTER TABLE fax ADD COLUMN sender_email TEXT NOT NULL DEFAULT '';
