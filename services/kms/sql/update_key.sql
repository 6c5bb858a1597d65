UPDATE kms_key
SET name = $2, description = $3, state = $4, deletion_ms = $5, expiration_ms = $6, version = $7, public_key = $8,
    rotates = $9, rotation_days = $10, rotation_from_ms = $11, last_rotation_ms = $12, rotations = $13,
    material_salt = $14, material_check = $15, enterprise_project = $16
WHERE key_id = $1
