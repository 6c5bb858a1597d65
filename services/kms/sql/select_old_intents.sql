SELECT resident_id FROM kms_resident_intent
WHERE keystore_id = $1 AND created_ms <= $2
ORDER BY created_ms LIMIT $3
