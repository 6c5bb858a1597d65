SELECT * FROM kms_alias WHERE account_id = $1 AND alias = $2
