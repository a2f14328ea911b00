-- Trunks that we register at, ask whether they answer, and that take so many calls a second.
ALTER TABLE trunk ADD COLUMN registers INTEGER NOT NULL DEFAULT 0;
ALTER TABLE trunk ADD COLUMN options_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE trunk ADD COLUMN calls_per_s INTEGER NOT NULL DEFAULT 0;
