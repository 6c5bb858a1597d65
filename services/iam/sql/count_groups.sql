SELECT COUNT(*) AS n FROM iam_groups WHERE account_id = $1
