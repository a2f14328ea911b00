-- Music and prompts of a tenant's own. chosen: what is heard on hold; replaces: the prompt of ours that it stands for, '' for none.
CREATE TABLE own_sound (
	tenant_id BIGINT NOT NULL,
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	replaces TEXT NOT NULL,
	chosen BIGINT NOT NULL,
	blob TEXT NOT NULL,
	duration_ms BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id)
);
ALTER TABLE ring_group ADD COLUMN music_id TEXT NOT NULL DEFAULT '';
