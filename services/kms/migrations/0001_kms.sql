-- Keys: what a client sees of them, and where they are in their life.
CREATE TABLE kms_key (
    key_id             TEXT   NOT NULL PRIMARY KEY,
    account_id         TEXT   NOT NULL,
    project_id         TEXT   NOT NULL,
    name               TEXT   NOT NULL,
    description        TEXT   NOT NULL,
    spec               TEXT   NOT NULL,
    purpose            TEXT   NOT NULL,
    origin             TEXT   NOT NULL,
    state              BIGINT NOT NULL,
    is_default         BIGINT NOT NULL,
    enterprise_project TEXT   NOT NULL,
    keystore_id        TEXT   NOT NULL,
    created_ms         BIGINT NOT NULL,
    deletion_ms        BIGINT,
    expiration_ms      BIGINT,
    -- The newest version of the material; 0 while there is none.
    version            BIGINT NOT NULL,
    public_key         BYTEA,
    rotates            BIGINT NOT NULL,
    rotation_days      BIGINT NOT NULL,
    -- The moment from which the interval counts.
    rotation_from_ms   BIGINT NOT NULL,
    last_rotation_ms   BIGINT,
    rotations          BIGINT NOT NULL,
    -- The fingerprint of imported material, and what it was made with: only the same material may come back.
    material_salt      BYTEA,
    material_check     BYTEA,
    UNIQUE (project_id, name)
);
CREATE INDEX kms_key_by_age ON kms_key (project_id, created_ms, key_id);
CREATE INDEX kms_key_by_account ON kms_key (account_id, is_default);
CREATE INDEX kms_key_by_deletion ON kms_key (deletion_ms);
CREATE INDEX kms_key_by_expiration ON kms_key (expiration_ms);
CREATE INDEX kms_key_by_rotation ON kms_key (rotates, rotation_from_ms);

-- The material, wrapped in the HSM and sealed together with its account, key and version; or the name of the object
-- that holds it in the HSM.
CREATE TABLE kms_version (
    key_id      TEXT   NOT NULL REFERENCES kms_key (key_id) ON DELETE CASCADE,
    version     BIGINT NOT NULL,
    created_ms  BIGINT NOT NULL,
    wrapped     BYTEA,
    seal        BYTEA,
    public_key  BYTEA,
    resident_id TEXT,
    PRIMARY KEY (key_id, version)
);

-- Objects that are to be made in, or were left behind by, an HSM: swept when they are old. The moment 0 is that of an object
-- that was given up: no version can take its name any more.
CREATE TABLE kms_resident_intent (
    resident_id TEXT   NOT NULL PRIMARY KEY,
    keystore_id TEXT   NOT NULL,
    created_ms  BIGINT NOT NULL
);

-- Parameters for an import: one set per key, used once.
CREATE TABLE kms_import (
    key_id     TEXT   NOT NULL PRIMARY KEY REFERENCES kms_key (key_id) ON DELETE CASCADE,
    token_hash BYTEA  NOT NULL UNIQUE,
    expires_ms BIGINT NOT NULL,
    wrapped    BYTEA  NOT NULL,
    seal       BYTEA  NOT NULL,
    public_key BYTEA  NOT NULL
);

CREATE TABLE kms_grant (
    grant_id        TEXT   NOT NULL PRIMARY KEY,
    key_id          TEXT   NOT NULL REFERENCES kms_key (key_id) ON DELETE CASCADE,
    grantee         TEXT   NOT NULL,
    grantee_type    TEXT   NOT NULL,
    operations      TEXT   NOT NULL,
    name            TEXT   NOT NULL,
    issuer          TEXT   NOT NULL,
    retiring        TEXT   NOT NULL,
    created_ms      BIGINT NOT NULL
);
CREATE INDEX kms_grant_by_key ON kms_grant (key_id, created_ms, grant_id);
CREATE INDEX kms_grant_by_grantee ON kms_grant (grantee);
CREATE INDEX kms_grant_by_retiring ON kms_grant (retiring);

-- `alias` is the bare name, unique in its account; `given` is how the client wrote it.
CREATE TABLE kms_alias (
    account_id TEXT   NOT NULL,
    alias      TEXT   NOT NULL,
    given      TEXT   NOT NULL,
    project_id TEXT   NOT NULL,
    key_id     TEXT   NOT NULL REFERENCES kms_key (key_id) ON DELETE CASCADE,
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, alias)
);
CREATE INDEX kms_alias_by_key ON kms_alias (key_id);

CREATE TABLE kms_tag (
    key_id TEXT NOT NULL REFERENCES kms_key (key_id) ON DELETE CASCADE,
    tag    TEXT NOT NULL,
    value  TEXT NOT NULL,
    PRIMARY KEY (key_id, tag)
);

CREATE TABLE kms_keystore (
    keystore_id TEXT   NOT NULL PRIMARY KEY,
    account_id  TEXT   NOT NULL,
    project_id  TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    cluster_id  TEXT   NOT NULL,
    state       BIGINT NOT NULL,
    created_ms  BIGINT NOT NULL,
    UNIQUE (project_id, name)
);

-- Who does the work that is due, and until when; `fence` grows with each holder, and work checks it where it commits.
CREATE TABLE kms_lease (
    name       TEXT   NOT NULL PRIMARY KEY,
    holder     TEXT   NOT NULL,
    fence      BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);
