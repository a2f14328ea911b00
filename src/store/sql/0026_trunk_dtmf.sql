-- How keys come and go by a trunk: rfc4733, info, inband.
ALTER TABLE trunk ADD COLUMN dtmf TEXT NOT NULL DEFAULT 'rfc4733';
