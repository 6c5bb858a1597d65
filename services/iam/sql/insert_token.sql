INSERT INTO iam_tokens (hash, user_id, project_id, methods, mfa, issued_ms, expires_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7)
