SELECT u.*
FROM iam_users u
JOIN iam_members m ON m.user_id = u.id
WHERE m.group_id = $1
ORDER BY u.name
