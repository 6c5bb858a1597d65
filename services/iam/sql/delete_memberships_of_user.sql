DELETE FROM iam_members WHERE user_id = $1
