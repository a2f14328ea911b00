-- The files that a document to be faxed is made of, in their order; fax_document.source is the first.
CREATE TABLE fax_part (
	tenant_id BIGINT NOT NULL,
	document_id TEXT NOT NULL,
	number BIGINT NOT NULL,
	name TEXT NOT NULL,
	source TEXT NOT NULL,
	PRIMARY KEY (tenant_id, document_id, number)
);
INSERT INTO fax_part (tenant_id, document_id, number, name, source)
	SELECT tenant_id, id, 1, name, source FROM fax_document WHERE source <> '';
