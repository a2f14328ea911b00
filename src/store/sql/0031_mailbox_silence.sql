-- So much silence ends a message; how long the spoken name of the owner is.
ALTER TABLE mailbox ADD COLUMN silence_ms BIGINT NOT NULL DEFAULT 10000;
ALTER TABLE mailbox ADD COLUMN spoken_name_ms BIGINT NOT NULL DEFAULT 0;
