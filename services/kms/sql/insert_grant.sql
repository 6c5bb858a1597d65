INSERT INTO kms_grant (grant_id, key_id, grantee, grantee_type, operations, name, issuer, retiring, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
