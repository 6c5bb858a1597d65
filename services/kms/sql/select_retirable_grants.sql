SELECT * FROM kms_grant
WHERE issuer = $1 OR retiring = $1
   OR (grantee_type = 'user' AND grantee = $1)
   OR (grantee_type = 'domain' AND grantee = $2)
ORDER BY created_ms DESC, grant_id
