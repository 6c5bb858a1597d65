DELETE FROM iam_access_keys WHERE id = $1
