INSERT INTO iam_groups (id, account_id, name, description, created_ms)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (account_id, name) DO NOTHING
