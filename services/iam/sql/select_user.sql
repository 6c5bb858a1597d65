SELECT * FROM iam_users WHERE id = $1
