SELECT * FROM iam_access_keys WHERE user_id = $1 ORDER BY created_ms, id
