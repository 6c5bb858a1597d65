INSERT INTO kms_resident_intent (resident_id, keystore_id, created_ms)
SELECT kms_version.resident_id, COALESCE(kms_keystore.cluster_id, ''), 0
FROM kms_version
JOIN kms_key ON kms_key.key_id = kms_version.key_id
LEFT JOIN kms_keystore ON kms_keystore.keystore_id = kms_key.keystore_id
WHERE kms_key.key_id = $1 AND kms_key.state = 4 AND kms_key.deletion_ms <= $2 AND kms_version.resident_id IS NOT NULL
