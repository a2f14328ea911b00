-- What a call is about: voice, fax, conference, voicemail, test.
ALTER TABLE call ADD COLUMN type TEXT NOT NULL DEFAULT 'voice';
ALTER TABLE call_open ADD COLUMN type TEXT NOT NULL DEFAULT 'voice';
UPDATE call SET type = 'voicemail' WHERE result = 'voicemail';
-- Those that are no talk are few, and found without reading the others.
CREATE INDEX call_type ON call (tenant_id, type, started_at, id) WHERE type <> 'voice';
