INSERT INTO kms_key (key_id, account_id, project_id, name, description, spec, purpose, origin, state, is_default,
                     enterprise_project, keystore_id, created_ms, version, public_key, rotates, rotation_days,
                     rotation_from_ms, rotations)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, $16, $17, 0)
ON CONFLICT (project_id, name) DO NOTHING
