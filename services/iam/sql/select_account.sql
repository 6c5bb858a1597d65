SELECT id, name FROM iam_accounts WHERE id = $1
