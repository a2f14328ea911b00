-- Faxes. fax_document.state: converting, ready, refused; fax.state: queued, sending, sent, failed,
-- cancelled; fax_received.state: receiving, converting, complete, incomplete, failed.
CREATE TABLE fax_document (
	tenant_id BIGINT NOT NULL,
	id TEXT NOT NULL,
	extension_id TEXT NOT NULL,
	name TEXT NOT NULL,
	source TEXT NOT NULL,
	blob TEXT NOT NULL,
	fine BIGINT NOT NULL,
	picture TEXT NOT NULL,
	state TEXT NOT NULL,
	pages BIGINT NOT NULL,
	seconds BIGINT NOT NULL,
	reason TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id)
);
CREATE TABLE fax_page (
	tenant_id BIGINT NOT NULL,
	document_id TEXT NOT NULL,
	number BIGINT NOT NULL,
	blob TEXT NOT NULL,
	PRIMARY KEY (tenant_id, document_id, number)
);
-- pages_sent: confirmed by the far side; a later try begins behind them.
CREATE TABLE fax (
	tenant_id BIGINT NOT NULL,
	id TEXT NOT NULL,
	extension_id TEXT NOT NULL,
	document_id TEXT NOT NULL,
	to_number TEXT NOT NULL,
	from_number TEXT NOT NULL,
	subject TEXT NOT NULL,
	state TEXT NOT NULL,
	pages BIGINT NOT NULL,
	pages_sent BIGINT NOT NULL,
	tries BIGINT NOT NULL,
	tries_max BIGINT NOT NULL,
	reason TEXT NOT NULL,
	due_at BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id)
);
CREATE INDEX fax_of_extension ON fax (tenant_id, extension_id, id);
CREATE TABLE fax_attempt (
	tenant_id BIGINT NOT NULL,
	fax_id TEXT NOT NULL,
	number BIGINT NOT NULL,
	started_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	first_page BIGINT NOT NULL,
	pages BIGINT NOT NULL,
	ok BIGINT NOT NULL,
	reason TEXT NOT NULL,
	rate BIGINT NOT NULL,
	ecm BIGINT NOT NULL,
	t38 BIGINT NOT NULL,
	ident TEXT NOT NULL,
	PRIMARY KEY (tenant_id, fax_id, number)
);
CREATE TABLE fax_received (
	tenant_id BIGINT NOT NULL,
	id TEXT NOT NULL,
	extension_id TEXT NOT NULL,
	to_number TEXT NOT NULL,
	from_number TEXT NOT NULL,
	ident TEXT NOT NULL,
	state TEXT NOT NULL,
	reason TEXT NOT NULL,
	pages BIGINT NOT NULL,
	rate BIGINT NOT NULL,
	ecm BIGINT NOT NULL,
	t38 BIGINT NOT NULL,
	blob TEXT NOT NULL,
	pdf TEXT NOT NULL,
	read_at BIGINT NOT NULL,
	received_at BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, id)
);
CREATE INDEX fax_received_of_extension ON fax_received (tenant_id, extension_id, id);
CREATE INDEX fax_received_running ON fax_received (received_at) WHERE state = 'receiving';
-- Numbers that no fax is sent to.
CREATE TABLE dnc (
	tenant_id BIGINT NOT NULL,
	number TEXT NOT NULL,
	note TEXT NOT NULL,
	added_by TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, number)
);
