SELECT id, name FROM iam_accounts WHERE name = $1
