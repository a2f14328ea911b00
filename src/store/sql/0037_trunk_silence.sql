-- Of a trunk: after how long without audio a call by it ends, 0: as the system is set; and which country's numbers
-- it brings where they have no country code, '': its tenant's.
ALTER TABLE trunk ADD COLUMN silence_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE trunk ADD COLUMN country TEXT NOT NULL DEFAULT '';
