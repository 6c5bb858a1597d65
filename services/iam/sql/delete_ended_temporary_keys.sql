DELETE FROM iam_temporary_keys WHERE expires_ms <= $1
