-- Accounts and everything in them. Times are milliseconds after 1970, flags are 0 or 1.

CREATE TABLE iam_accounts (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_ms BIGINT NOT NULL
);

CREATE TABLE iam_projects (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES iam_accounts (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    UNIQUE (account_id, name)
);

-- The root user of an account has its name and needs no policy.
CREATE TABLE iam_users (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES iam_accounts (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    email TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    is_root BIGINT NOT NULL,
    -- Salt and Argon2id hash; without them nobody can sign in with a password.
    password_salt BYTEA,
    password_hash BYTEA,
    created_ms BIGINT NOT NULL,
    UNIQUE (account_id, name)
);

CREATE TABLE iam_groups (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES iam_accounts (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    UNIQUE (account_id, name)
);

CREATE TABLE iam_members (
    group_id TEXT NOT NULL REFERENCES iam_groups (id),
    user_id TEXT NOT NULL REFERENCES iam_users (id),
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX iam_members_by_user ON iam_members (user_id);

-- Custom policies; the system's own stand in the program.
CREATE TABLE iam_roles (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES iam_accounts (id),
    display_name TEXT NOT NULL,
    type TEXT NOT NULL,
    description TEXT NOT NULL,
    document TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    UNIQUE (account_id, display_name)
);

-- scope: account, project (then project_id says which), projects. A role may be a system role, so it is no foreign key.
CREATE TABLE iam_attachments (
    group_id TEXT NOT NULL REFERENCES iam_groups (id),
    role_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    project_id TEXT NOT NULL,
    PRIMARY KEY (group_id, role_id, scope, project_id)
);
CREATE INDEX iam_attachments_by_role ON iam_attachments (role_id);

-- The secret is sealed by a key that is not in this database.
CREATE TABLE iam_access_keys (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES iam_users (id),
    sealed BYTEA NOT NULL,
    active BIGINT NOT NULL,
    description TEXT NOT NULL,
    created_ms BIGINT NOT NULL
);
CREATE INDEX iam_access_keys_by_user ON iam_access_keys (user_id);

-- Temporary access keys, with the SHA-256 of their security token. One made by a token for a project is for it alone.
CREATE TABLE iam_temporary_keys (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES iam_users (id),
    project_id TEXT,
    sealed BYTEA NOT NULL,
    token_hash BYTEA NOT NULL,
    mfa BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);
CREATE INDEX iam_temporary_keys_by_expiry ON iam_temporary_keys (expires_ms);

-- Only the SHA-256 of a token is kept.
CREATE TABLE iam_tokens (
    hash BYTEA PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES iam_users (id),
    project_id TEXT,
    methods TEXT NOT NULL,
    mfa BIGINT NOT NULL,
    issued_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);
CREATE INDEX iam_tokens_by_expiry ON iam_tokens (expires_ms);

-- Failed attempts in a row; the subject is an access key or a user, with its kind before it.
CREATE TABLE iam_failures (
    subject TEXT PRIMARY KEY,
    count BIGINT NOT NULL,
    locked_until_ms BIGINT NOT NULL
);

-- Grows with every change of what callers are made of, so that every server knows when to forget what it has resolved.
CREATE TABLE iam_epoch (
    id BIGINT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO iam_epoch (id, value) VALUES (1, 1);
