INSERT INTO kms_import (key_id, token_hash, expires_ms, wrapped, seal, public_key) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (key_id) DO UPDATE
SET token_hash = excluded.token_hash, expires_ms = excluded.expires_ms, wrapped = excluded.wrapped,
    seal = excluded.seal, public_key = excluded.public_key
