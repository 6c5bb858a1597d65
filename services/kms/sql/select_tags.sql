SELECT tag, value FROM kms_tag WHERE key_id = $1 ORDER BY tag
