SELECT * FROM kms_keystore WHERE keystore_id = $1 AND account_id = $2 AND project_id = $3
