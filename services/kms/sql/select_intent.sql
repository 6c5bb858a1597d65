SELECT * FROM kms_resident_intent WHERE resident_id = $1
