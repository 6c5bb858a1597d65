UPDATE kms_keystore SET state = $3 WHERE keystore_id = $1 AND project_id = $2
