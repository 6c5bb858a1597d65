SELECT DISTINCT r.*
FROM iam_members m
JOIN iam_attachments a ON a.group_id = m.group_id
JOIN iam_roles r ON r.id = a.role_id
WHERE m.user_id = $1
