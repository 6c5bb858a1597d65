DELETE FROM iam_members WHERE group_id = $1
