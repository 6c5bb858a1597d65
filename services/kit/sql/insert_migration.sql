INSERT INTO migrations (service, number) VALUES ($1, $2)
