DELETE FROM iam_failures WHERE subject = $1
