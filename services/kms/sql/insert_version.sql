INSERT INTO kms_version (key_id, version, created_ms, wrapped, seal, public_key, resident_id)
VALUES ($1, $2, $3, $4, $5, $6, $7)
