SELECT COUNT(*) AS n FROM kms_key WHERE account_id = $1 AND is_default = 0
  AND NOT (state = 4 AND deletion_ms <= $2)
