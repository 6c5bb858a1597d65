SELECT * FROM iam_temporary_keys WHERE id = $1
