INSERT INTO iam_access_keys (id, user_id, sealed, active, description, created_ms)
VALUES ($1, $2, $3, 1, $4, $5)
