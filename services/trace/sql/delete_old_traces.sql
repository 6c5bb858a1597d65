DELETE FROM trail
WHERE trace_id IN (SELECT trace_id FROM trail WHERE project_id = $1 AND time_ms < $2 ORDER BY time_ms LIMIT $3)
