-- Wrong PINs in a row, and until when no PIN switches the call flow.
ALTER TABLE call_flow ADD COLUMN pin_failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE call_flow ADD COLUMN pin_locked_until BIGINT NOT NULL DEFAULT 0;
