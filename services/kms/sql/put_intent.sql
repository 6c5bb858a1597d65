INSERT INTO kms_resident_intent (resident_id, keystore_id, created_ms) VALUES ($1, $2, $3)
ON CONFLICT (resident_id) DO NOTHING
