-- The layout of a store. Its number is user_version; every column is vouched for by a mark (state.rs).

-- What is sealed. The tag is a MAC over partition, id, kind, version and sealed. Which place a row has means nothing;
-- that no two rows have the same partition and id is checked when the store is opened, and kept in memory, so that a
-- commit writes no index.
CREATE TABLE records (
    place INTEGER PRIMARY KEY,
    partition BLOB NOT NULL,
    id BLOB NOT NULL,
    kind INTEGER NOT NULL,
    version INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    tag BLOB NOT NULL
) STRICT;

-- The chained log, one entry for each commit.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    entry BLOB NOT NULL
) STRICT;

-- One row: the state, the MAC over it, and a mark that tells a wrong root key from a changed store.
CREATE TABLE root (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    audit_head BLOB NOT NULL,
    mark BLOB NOT NULL,
    key_check BLOB NOT NULL
) STRICT;
