DELETE FROM iam_temporary_keys WHERE user_id = $1
