SELECT g.*
FROM iam_groups g
JOIN iam_members m ON m.group_id = g.id
WHERE m.user_id = $1
ORDER BY g.name
