SELECT (SELECT value FROM iam_epoch WHERE id = 1) AS epoch,
       (SELECT count FROM iam_failures WHERE subject = $1) AS count,
       (SELECT locked_until_ms FROM iam_failures WHERE subject = $1) AS locked_until_ms
