-- Cover pages: a template of the tenant, filled in for each fax. fax.blob: cover and document in one.
CREATE TABLE cover_page (
	tenant_id BIGINT NOT NULL,
	id TEXT NOT NULL,
	name TEXT NOT NULL,
	template TEXT NOT NULL,
	logo TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id)
);
ALTER TABLE fax ADD COLUMN cover_id TEXT NOT NULL DEFAULT '';
ALTER TABLE fax ADD COLUMN to_name TEXT NOT NULL DEFAULT '';
ALTER TABLE fax ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE fax ADD COLUMN blob TEXT NOT NULL DEFAULT '';
