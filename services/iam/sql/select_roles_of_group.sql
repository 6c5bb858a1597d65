SELECT a.role_id, a.scope, a.project_id, r.display_name
FROM iam_attachments a
LEFT JOIN iam_roles r ON r.id = a.role_id
WHERE a.group_id = $1 AND a.scope = $2 AND a.project_id = $3
ORDER BY a.role_id
