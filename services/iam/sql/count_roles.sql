SELECT COUNT(*) AS n FROM iam_roles WHERE account_id = $1
