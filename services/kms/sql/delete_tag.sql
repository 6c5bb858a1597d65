DELETE FROM kms_tag WHERE key_id = $1 AND tag = $2
