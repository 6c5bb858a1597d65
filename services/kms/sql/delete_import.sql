DELETE FROM kms_import WHERE key_id = $1
