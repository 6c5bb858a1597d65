SELECT MAX(number) AS newest FROM migrations WHERE service = $1
