SELECT * FROM kms_alias
WHERE project_id = $1 AND ($2 = '' OR key_id = $2) AND alias > $3
ORDER BY alias
LIMIT $4
