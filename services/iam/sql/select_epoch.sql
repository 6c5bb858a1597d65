SELECT value FROM iam_epoch WHERE id = 1
