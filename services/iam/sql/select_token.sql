SELECT * FROM iam_tokens WHERE hash = $1
