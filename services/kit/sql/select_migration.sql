SELECT number FROM migrations WHERE service = $1 AND number = $2
