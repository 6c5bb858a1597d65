SELECT key_id, account_id, project_id, name FROM kms_key WHERE state = 4 AND deletion_ms <= $1 ORDER BY deletion_ms LIMIT $2
