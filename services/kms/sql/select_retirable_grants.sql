SELECT * FROM kms_grant
WHERE issuer = $1 OR retiring = $1
   OR (((grantee_type <> 'domain' AND grantee = $1) OR (grantee_type = 'domain' AND grantee = $2))
       AND (',' || operations || ',') LIKE '%,retire-grant,%')
ORDER BY created_ms DESC, grant_id
LIMIT $3 OFFSET $4
