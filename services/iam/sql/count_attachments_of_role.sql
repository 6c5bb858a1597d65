SELECT COUNT(*) AS n FROM iam_attachments WHERE role_id = $1
