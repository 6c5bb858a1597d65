UPDATE kms_resident_intent SET created_ms = 0 WHERE resident_id = $1
