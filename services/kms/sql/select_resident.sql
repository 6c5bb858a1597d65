SELECT key_id FROM kms_version WHERE resident_id = $1
