UPDATE iam_users
SET name = $2, description = $3, email = $4, enabled = $5, password_salt = $6, password_hash = $7
WHERE id = $1
