SELECT * FROM kms_key WHERE project_id = $1 AND is_default = 0 ORDER BY created_ms DESC, key_id DESC
