-- Where help comes to that is called from the phones of an extension ('': to the tenant's address).
ALTER TABLE extension ADD COLUMN emergency_address TEXT NOT NULL DEFAULT '';
-- The tenant's address, and who is mailed when somebody calls for help: addresses with a space between.
CREATE TABLE emergency (
	tenant_id BIGINT NOT NULL PRIMARY KEY REFERENCES tenant (id) ON DELETE CASCADE,
	address TEXT NOT NULL,
	notify TEXT NOT NULL
);
