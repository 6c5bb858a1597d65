INSERT INTO iam_projects (id, account_id, name, description, enabled, created_ms)
VALUES ($1, $2, $3, $4, 1, $5)
ON CONFLICT (account_id, name) DO NOTHING
