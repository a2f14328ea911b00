-- Whether a fax machine that calls the extension's voice number is moved to its received faxes.
ALTER TABLE fax_box ADD COLUMN detect BIGINT NOT NULL DEFAULT 1;
