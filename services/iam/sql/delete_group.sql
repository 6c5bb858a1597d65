DELETE FROM iam_groups WHERE id = $1
