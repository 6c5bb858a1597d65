UPDATE iam_roles
SET display_name = $2, type = $3, description = $4, document = $5, updated_ms = $6
WHERE id = $1
