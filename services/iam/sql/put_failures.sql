INSERT INTO iam_failures (subject, count, locked_until_ms)
VALUES ($1, $2, $3)
ON CONFLICT (subject) DO UPDATE SET count = $2, locked_until_ms = $3
