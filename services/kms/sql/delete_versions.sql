DELETE FROM kms_version WHERE key_id = $1
