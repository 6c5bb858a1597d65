UPDATE iam_epoch SET value = value + 1 WHERE id = 1
