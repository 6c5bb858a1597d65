SELECT * FROM kms_grant WHERE grant_id = $1
