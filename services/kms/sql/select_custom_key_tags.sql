SELECT kms_tag.key_id, kms_tag.tag, kms_tag.value FROM kms_tag
JOIN kms_key ON kms_key.key_id = kms_tag.key_id
WHERE kms_key.project_id = $1 AND kms_key.is_default = 0
ORDER BY kms_tag.key_id, kms_tag.tag
