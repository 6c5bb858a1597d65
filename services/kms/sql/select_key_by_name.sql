SELECT * FROM kms_key WHERE project_id = $1 AND name = $2
