-- The line over each page that is sent: 1 yes, and the name in it; '': the tenant's.
ALTER TABLE fax_box ADD COLUMN header BIGINT NOT NULL DEFAULT 1;
ALTER TABLE fax_box ADD COLUMN station TEXT NOT NULL DEFAULT '';
