INSERT INTO iam_temporary_keys (id, user_id, project_id, sealed, token_hash, mfa, expires_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7)
