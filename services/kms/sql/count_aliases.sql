SELECT COUNT(*) AS n FROM kms_alias WHERE key_id = $1
