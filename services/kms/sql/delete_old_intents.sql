DELETE FROM kms_resident_intent WHERE created_ms <= $1
