INSERT INTO iam_users (id, account_id, name, description, email, enabled, is_root, password_salt, password_hash,
                       created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (account_id, name) DO NOTHING
