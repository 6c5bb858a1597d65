INSERT INTO kms_tag (key_id, tag, value) VALUES ($1, $2, $3)
ON CONFLICT (key_id, tag) DO UPDATE SET value = excluded.value
