-- Time conditions: the first rule that matches says open or closed; what follows stands in dest_exit.
CREATE TABLE hours (
	tenant_id BIGINT NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
	id TEXT NOT NULL,
	name TEXT NOT NULL,
	timezone TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id)
);

-- days: a bit each from Monday, 0 for every day. Times in minutes, dates as 2026-12-24, or 12-24 for every year.
CREATE TABLE hours_rule (
	tenant_id BIGINT NOT NULL,
	hours_id TEXT NOT NULL,
	place INTEGER NOT NULL,
	is_open INTEGER NOT NULL,
	days INTEGER NOT NULL,
	from_minute INTEGER NOT NULL,
	to_minute INTEGER NOT NULL,
	first_day TEXT NOT NULL,
	last_day TEXT NOT NULL,
	PRIMARY KEY (tenant_id, hours_id, place),
	FOREIGN KEY (tenant_id, hours_id) REFERENCES hours (tenant_id, id) ON DELETE CASCADE
);
