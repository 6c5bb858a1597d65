SELECT operations FROM kms_grant
WHERE key_id = $1 AND ((grantee_type = 'user' AND grantee = $2) OR (grantee_type = 'domain' AND grantee = $3))
