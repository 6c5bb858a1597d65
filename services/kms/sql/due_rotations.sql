SELECT key_id, account_id, project_id, name FROM kms_key
WHERE rotates = 1 AND state = 2 AND rotation_from_ms + rotation_days * 86400000 <= $1
ORDER BY rotation_from_ms LIMIT $2
