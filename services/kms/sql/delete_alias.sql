DELETE FROM kms_alias WHERE account_id = $1 AND alias = $2 AND key_id = $3
