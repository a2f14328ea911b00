-- Whose faxes take those that call a number for people, whoever answers there; '': of whoever answers.
ALTER TABLE did ADD COLUMN fax_target TEXT NOT NULL DEFAULT '';
