DELETE FROM iam_tokens WHERE user_id = $1
