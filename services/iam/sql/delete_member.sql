DELETE FROM iam_members WHERE group_id = $1 AND user_id = $2
