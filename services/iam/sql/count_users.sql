SELECT COUNT(*) AS n FROM iam_users WHERE account_id = $1
