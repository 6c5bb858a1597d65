INSERT INTO kms_lease (name, holder, fence, expires_ms) VALUES ($1, $2, 1, $4)
ON CONFLICT (name) DO UPDATE
SET fence = kms_lease.fence + CASE WHEN kms_lease.holder = excluded.holder THEN 0 ELSE 1 END,
    holder = excluded.holder,
    expires_ms = excluded.expires_ms
WHERE kms_lease.holder = excluded.holder OR kms_lease.expires_ms <= $3
RETURNING fence
