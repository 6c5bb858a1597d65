INSERT INTO kms_keystore (keystore_id, account_id, project_id, name, kind, cluster_id, state, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (project_id, name) DO NOTHING
