DELETE FROM iam_attachments
WHERE group_id = $1 AND role_id = $2 AND scope = $3 AND project_id = $4
