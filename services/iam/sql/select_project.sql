SELECT * FROM iam_projects WHERE account_id = $1 AND id = $2
