SELECT key_id, account_id, project_id, name FROM kms_key WHERE expiration_ms <= $1 ORDER BY expiration_ms LIMIT $2
