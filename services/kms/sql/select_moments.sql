SELECT key_id, deletion_ms, expiration_ms FROM kms_key
WHERE project_id = $1 AND ($2 = '' OR key_id = $2)
ORDER BY created_ms, key_id
