SELECT trace_id, time_ms, project_id, account_id, name, kind, source, rating, service, resource_type, resource_id,
       resource_name, enterprise_project, user_name, access_key_id, status, details
FROM trail
WHERE project_id = $1 AND account_id = $2 AND time_ms >= $3 AND time_ms < $4
