UPDATE trace_tracker
SET status = COALESCE($2, status), exclude_service = COALESCE($3, exclude_service)
WHERE project_id = $1
