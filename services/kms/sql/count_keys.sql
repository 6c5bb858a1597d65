SELECT COUNT(*) AS n FROM kms_key
WHERE project_id = $1
  AND ($2 = '' OR CAST(CASE WHEN state IN (2, 3) AND expiration_ms <= $5 THEN 5 ELSE state END AS TEXT) = $2)
  AND ($3 = '' OR spec = $3)
  AND ($4 = '' OR enterprise_project = $4)
  AND NOT (state = 4 AND deletion_ms <= $5)
