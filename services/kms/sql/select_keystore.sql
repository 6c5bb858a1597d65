SELECT * FROM kms_keystore WHERE keystore_id = $1 AND project_id = $2
