SELECT * FROM iam_groups WHERE account_id = $1 ORDER BY name
