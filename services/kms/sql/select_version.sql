SELECT * FROM kms_version WHERE key_id = $1 AND version = $2
