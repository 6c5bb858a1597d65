INSERT INTO iam_attachments (group_id, role_id, scope, project_id)
VALUES ($1, $2, $3, $4)
ON CONFLICT (group_id, role_id, scope, project_id) DO NOTHING
