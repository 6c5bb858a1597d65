DELETE FROM iam_attachments WHERE group_id = $1
