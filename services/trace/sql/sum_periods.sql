SELECT (minute_ms / $5) * $5 AS period_ms,
       CAST(SUM(n) AS BIGINT) AS total,
       CAST(SUM(n * n) AS BIGINT) AS squares,
       MIN(n) AS least,
       MAX(n) AS most,
       COUNT(*) AS minutes
