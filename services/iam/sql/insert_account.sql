INSERT INTO iam_accounts (id, name, created_ms)
VALUES ($1, $2, $3)
ON CONFLICT (name) DO NOTHING
