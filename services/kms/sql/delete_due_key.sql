DELETE FROM kms_key WHERE key_id = $1 AND state = 4 AND deletion_ms <= $2
