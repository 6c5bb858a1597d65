SELECT id FROM iam_groups WHERE account_id = $1 AND name = $2 AND id <> $3
