-- What took part in old calls is found by their time, also that of extensions that are gone.
CREATE INDEX call_extension_started ON call_extension (tenant_id, started_at);
