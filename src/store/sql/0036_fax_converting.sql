-- Faxes whose document or cover page is still being drawn: fax.state converting.
CREATE INDEX fax_converting ON fax (tenant_id, document_id) WHERE state = 'converting';
-- Asked for each fax that is given: was there one to this number a moment ago?
CREATE INDEX fax_lookalike ON fax (tenant_id, to_number, created_at);
