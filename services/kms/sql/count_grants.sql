SELECT COUNT(*) AS n FROM kms_grant WHERE key_id = $1
