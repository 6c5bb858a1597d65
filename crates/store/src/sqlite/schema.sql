-- The layout of a store. Its number is user_version; every column is vouched for by a mark (state.rs).

-- What is sealed. The tag is a MAC over the row's other columns.
CREATE TABLE records (
    partition BLOB NOT NULL,
    id BLOB NOT NULL,
    kind INTEGER NOT NULL,
    version INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    tag BLOB NOT NULL,
    PRIMARY KEY (partition, id)
) STRICT, WITHOUT ROWID;

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
