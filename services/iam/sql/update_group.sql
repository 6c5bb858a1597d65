UPDATE iam_groups SET name = $2, description = $3 WHERE id = $1
