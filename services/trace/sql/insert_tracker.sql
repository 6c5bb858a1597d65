INSERT INTO trace_tracker (project_id, tracker_id, status, exclude_service, created_ms)
VALUES ($1, $2, 'enabled', '[]', $3)
ON CONFLICT (project_id) DO NOTHING
