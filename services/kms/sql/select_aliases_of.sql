SELECT * FROM kms_alias WHERE key_id = $1 ORDER BY alias
