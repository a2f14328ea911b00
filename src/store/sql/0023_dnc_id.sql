-- Entries of the do-not-contact list are changed and removed one by one.
ALTER TABLE dnc ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE dnc ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
UPDATE dnc SET id = number;
CREATE UNIQUE INDEX dnc_id ON dnc (tenant_id, id);
