PRAGMA synchronous = FULL;         -- a commit is on disk when it returns
PRAGMA foreign_keys = ON;
PRAGMA secure_delete = ON;         -- what is deleted is overwritten
PRAGMA temp_store = MEMORY;        -- nothing of ours in other files
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA journal_size_limit = 67108864;
PRAGMA wal_autocheckpoint = 8192;  -- 32 MiB: a page that many commits change is copied back once for all of them
