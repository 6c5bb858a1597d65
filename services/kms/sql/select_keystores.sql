SELECT * FROM kms_keystore WHERE project_id = $1 ORDER BY created_ms DESC, keystore_id
