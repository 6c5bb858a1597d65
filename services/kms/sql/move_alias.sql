UPDATE kms_alias SET key_id = $4, project_id = $3, updated_ms = $5
WHERE account_id = $1 AND alias = $2
RETURNING *
