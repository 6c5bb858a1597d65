INSERT INTO iam_roles (id, account_id, display_name, type, description, document, created_ms, updated_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
ON CONFLICT (account_id, display_name) DO NOTHING
