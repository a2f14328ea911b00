-- Quality of an extension's documents unless one is chosen: 1 fine, 0 standard.
ALTER TABLE fax_box ADD COLUMN fine BIGINT NOT NULL DEFAULT 1;
