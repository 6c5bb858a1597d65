SELECT * FROM kms_import WHERE token_hash = $1
