SELECT DISTINCT a.role_id, a.scope, a.project_id, r.display_name
FROM iam_members m
JOIN iam_attachments a ON a.group_id = m.group_id
LEFT JOIN iam_roles r ON r.id = a.role_id
WHERE m.user_id = $1
ORDER BY a.role_id, a.scope, a.project_id
