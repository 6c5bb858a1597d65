SELECT * FROM iam_users WHERE account_id = $1 AND name = $2
