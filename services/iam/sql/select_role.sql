SELECT * FROM iam_roles WHERE account_id = $1 AND id = $2
