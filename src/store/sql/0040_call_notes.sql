-- What people say of a call: a note, and how it sounded ('': nobody said).
ALTER TABLE call ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE call ADD COLUMN rating TEXT NOT NULL DEFAULT '';
