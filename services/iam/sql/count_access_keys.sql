SELECT COUNT(*) AS n FROM iam_access_keys WHERE user_id = $1
