INSERT INTO kms_alias (account_id, alias, given, project_id, key_id, created_ms, updated_ms)
VALUES ($1, $2, $3, $4, $5, $6, $6)
ON CONFLICT (account_id, alias) DO NOTHING
RETURNING *
