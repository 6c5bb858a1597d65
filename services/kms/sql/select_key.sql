SELECT * FROM kms_key WHERE key_id = $1
