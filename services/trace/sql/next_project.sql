SELECT project_id, MIN(time_ms) AS oldest_ms
FROM trail
WHERE project_id = (SELECT MIN(project_id) FROM trail WHERE project_id > $1)
GROUP BY project_id
