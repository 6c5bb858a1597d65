SELECT id
FROM iam_roles
WHERE account_id = $1 AND display_name = $2 AND id <> $3
