-- The name of a mailbox's owner, as spoken by them: the key of its blob; '' for none.
ALTER TABLE mailbox ADD COLUMN spoken_name TEXT NOT NULL DEFAULT '';
