SELECT fence FROM kms_lease WHERE name = $1 AND holder = $2 AND fence = $3
