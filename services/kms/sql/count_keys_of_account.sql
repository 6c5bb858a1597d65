SELECT COUNT(*) AS n FROM kms_key WHERE account_id = $1 AND is_default = 0
