SELECT k.*
FROM iam_access_keys k
JOIN iam_users u ON u.id = k.user_id
WHERE u.account_id = $1 AND k.id = $2
