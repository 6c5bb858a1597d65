//! Where a database is, and connections to it.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::super::Error;
use super::statement::explain;

/// How long a connection waits for another program to finish its commit.
const BUSY: Duration = Duration::from_secs(5);

/// How often the log is asked for before giving up: the first program to open a new database may hold it for a moment,
/// and to this one question SQLite answers at once. With [`LOG_PAUSE`] it makes five seconds.
const LOG_ATTEMPTS: u32 = 100;
const LOG_PAUSE: Duration = Duration::from_millis(50);

/// How many prepared statements a connection keeps: more than the services have.
const STATEMENTS: usize = 256;

/// Settings of the connection that writes.
const WRITER: &str = "
    PRAGMA synchronous = FULL;         -- a commit is on disk when it returns
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;         -- what is deleted is overwritten
    PRAGMA temp_store = MEMORY;        -- nothing of ours in other files
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA wal_autocheckpoint = 8192;  -- 32 MiB: a page that many commits change is copied back once for all of them
";

/// Settings of a connection that reads.
const READER: &str = "
    PRAGMA query_only = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
";

/// Where the database is.
pub(super) enum Source {
    /// In a file.
    File(PathBuf),
    /// In this process's memory, under a name of SQLite's.
    Memory(String),
}

impl Source {
    /// Reads what follows `sqlite:` in an address, and creates the file if it is not there.
    pub(super) fn new(file: &str) -> Result<Self, Error> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        if file == ":memory:" {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            return Ok(Self::Memory(format!("file:/dew-{number}?vfs=memdb")));
        }
        let path = Path::new(file.strip_prefix("//").unwrap_or(file));
        if path.file_name().is_none() {
            return Err(Error::Address {
                why: "names no file".to_owned(),
            });
        }
        create(path)?;
        Ok(Self::File(path.to_owned()))
    }

    /// Tells whether the database is in memory.
    pub(super) fn is_memory(&self) -> bool {
        matches!(self, Self::Memory(_))
    }

    /// Opens the connection that writes.
    pub(super) fn writer(&self) -> Result<Connection, Error> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection
            .execute_batch(WRITER)
            .map_err(|error| explain(WRITER, &error))?;
        if !self.is_memory() {
            keep_log(&connection)?;
        }
        Ok(connection)
    }

    /// Opens a connection that reads.
    pub(super) fn reader(&self) -> Result<Connection, Error> {
        let access = match self {
            Self::File(_) => OpenFlags::SQLITE_OPEN_READ_ONLY,
            // What is shared in memory must be opened alike by all.
            Self::Memory(_) => OpenFlags::SQLITE_OPEN_READ_WRITE,
        };
        let connection = self.connect(access)?;
        connection
            .execute_batch(READER)
            .map_err(|error| explain(READER, &error))?;
        Ok(connection)
    }

    fn connect(&self, access: OpenFlags) -> Result<Connection, Error> {
        let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
        let opened = match self {
            Self::File(path) => Connection::open_with_flags(path, flags),
            Self::Memory(name) => Connection::open_with_flags(
                name,
                flags | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_CREATE,
            ),
        };
        let connection = opened
            .and_then(|connection| {
                connection.busy_timeout(BUSY)?;
                connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
                Ok(connection)
            })
            .map_err(|error| explain("open", &error))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(connection)
    }
}

/// Creates the file, for its owner alone, so that it survives a power cut. SQLite gives the files beside it the same rights.
fn create(path: &Path) -> Result<(), Error> {
    let explain = |error: std::io::Error| Error::Unavailable {
        why: format!("{}: {error}", path.display()),
    };
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(explain)?;
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(explain)
}

/// Switches to the write-ahead log, with which readers and the writer do not wait for each other.
fn keep_log(connection: &Connection) -> Result<(), Error> {
    const SWITCH: &str = "PRAGMA journal_mode = WAL";
    let mut attempts = 0;
    loop {
        match connection.query_row(SWITCH, [], |row| row.get::<_, String>(0)) {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => {
                let why = format!("it stays in mode {mode}; this file system may lack locks");
                return Err(Error::sql(SWITCH, why));
            }
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && attempts < LOG_ATTEMPTS =>
            {
                attempts += 1;
                std::thread::sleep(LOG_PAUSE);
            }
            Err(error) => return Err(explain(SWITCH, &error)),
        }
    }
}
