SELECT * FROM iam_users WHERE account_id = $1 ORDER BY name
