DELETE FROM kms_resident_intent WHERE resident_id = $1 AND created_ms > 0
