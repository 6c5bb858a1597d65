CREATE TABLE IF NOT EXISTS migrations (
    service TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (service, number)
)
