-- How a trunk is told who passed a call on: none, diversion (RFC 5806), history (RFC 7044).
ALTER TABLE trunk ADD COLUMN diversion TEXT NOT NULL DEFAULT 'none';
