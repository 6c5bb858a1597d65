DELETE FROM kms_import WHERE expires_ms <= $1
