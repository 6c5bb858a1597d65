SELECT key_id FROM kms_key WHERE keystore_id = $1 LIMIT 1
