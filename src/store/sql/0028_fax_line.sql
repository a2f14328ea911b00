-- How an extension's faxes are sent: error correction, and the fastest rate in bit/s.
ALTER TABLE fax_box ADD COLUMN ecm BIGINT NOT NULL DEFAULT 1;
ALTER TABLE fax_box ADD COLUMN rate BIGINT NOT NULL DEFAULT 14400;
