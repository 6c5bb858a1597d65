DELETE FROM iam_roles WHERE id = $1
