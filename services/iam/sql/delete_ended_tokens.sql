DELETE FROM iam_tokens WHERE expires_ms <= $1
