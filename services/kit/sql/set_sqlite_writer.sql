PRAGMA synchronous = FULL;         -- a commit is on disk when it returns
PRAGMA foreign_keys = ON;
PRAGMA secure_delete = ON;         -- what is deleted is overwritten
PRAGMA temp_store = MEMORY;        -- nothing of ours in other files
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA journal_size_limit = 67108864;
