UPDATE iam_access_keys SET active = $2, description = $3 WHERE id = $1
