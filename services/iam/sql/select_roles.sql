SELECT * FROM iam_roles WHERE account_id = $1 ORDER BY display_name
