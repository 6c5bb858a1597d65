SELECT tracker_id, status, exclude_service, created_ms FROM trace_tracker WHERE project_id = $1
