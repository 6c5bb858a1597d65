SELECT (time_ms / 60000) * 60000 AS minute_ms, COUNT(*) AS n
FROM trail
WHERE resource_id = $1 AND project_id = $2 AND time_ms >= $3 AND time_ms < $4 AND service = 'KMS' AND source = 'ApiCall'
