SELECT * FROM kms_grant WHERE key_id = $1 ORDER BY created_ms DESC, grant_id
