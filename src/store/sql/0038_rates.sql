-- Rate plans of the platform: what a call or a fax to a number that begins like this costs. Money is
-- in micro-units of the plan's currency.
CREATE TABLE rate_plan (
	tenant_id BIGINT NOT NULL,
	id TEXT NOT NULL,
	name TEXT NOT NULL,
	currency TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id)
);
CREATE TABLE rate (
	tenant_id BIGINT NOT NULL,
	id TEXT NOT NULL,
	plan_id TEXT NOT NULL,
	prefix TEXT NOT NULL,
	description TEXT NOT NULL,
	per_minute BIGINT NOT NULL,
	connect BIGINT NOT NULL,
	minimum_s BIGINT NOT NULL,
	increment_s BIGINT NOT NULL,
	per_page BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id),
	UNIQUE (tenant_id, plan_id, prefix),
	FOREIGN KEY (tenant_id, plan_id) REFERENCES rate_plan (tenant_id, id) ON DELETE CASCADE
);
-- '': nothing is priced.
ALTER TABLE tenant ADD COLUMN rate_plan TEXT NOT NULL DEFAULT '';
-- What a call cost; currency '': it had no price. A leg: what the carrier counts, and its part.
ALTER TABLE call ADD COLUMN cost BIGINT NOT NULL DEFAULT 0;
ALTER TABLE call ADD COLUMN currency TEXT NOT NULL DEFAULT '';
ALTER TABLE call_leg ADD COLUMN billed_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE call_leg ADD COLUMN cost BIGINT NOT NULL DEFAULT 0;
ALTER TABLE call_leg ADD COLUMN currency TEXT NOT NULL DEFAULT '';
-- What the confirmed pages of a fax cost so far, and what the next one does, by the last dialling.
ALTER TABLE fax ADD COLUMN cost BIGINT NOT NULL DEFAULT 0;
ALTER TABLE fax ADD COLUMN currency TEXT NOT NULL DEFAULT '';
ALTER TABLE fax ADD COLUMN page_price BIGINT NOT NULL DEFAULT 0;
