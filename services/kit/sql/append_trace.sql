INSERT INTO trail (trace_id, time_ms, project_id, account_id, name, kind, source, rating, service,
                   resource_type, resource_id, resource_name, enterprise_project, user_name, access_key_id,
                   status, details)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
