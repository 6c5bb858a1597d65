SELECT count, locked_until_ms FROM iam_failures WHERE subject = $1
