-- The very file that went over the line in a try, each page under its line: kept, with its SHA-256 as it was when it was drawn.
CREATE TABLE fax_sent (
	tenant_id BIGINT NOT NULL,
	fax_id TEXT NOT NULL,
	number BIGINT NOT NULL,
	sheets BIGINT NOT NULL,
	sha256 TEXT NOT NULL,
	blob TEXT NOT NULL,
	PRIMARY KEY (tenant_id, fax_id, number)
);
