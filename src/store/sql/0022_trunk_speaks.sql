-- What a trunk understands: codecs in their order ('' for all), faxes by T.38, and where it reads the caller's number.
ALTER TABLE trunk ADD COLUMN codecs TEXT NOT NULL DEFAULT '';
ALTER TABLE trunk ADD COLUMN t38 INTEGER NOT NULL DEFAULT 1;
ALTER TABLE trunk ADD COLUMN identity TEXT NOT NULL DEFAULT 'both';
