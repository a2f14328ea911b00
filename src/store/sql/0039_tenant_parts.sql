-- At which version of the tenant its extensions, mailboxes and people's permissions, and its phones,
-- may last have changed: a snapshot takes over from the one before what has not.
ALTER TABLE tenant ADD COLUMN extensions_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tenant ADD COLUMN phones_version BIGINT NOT NULL DEFAULT 0;
