//! What rules may rely on, whichever database is below.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Barrier};

use super::super::row::wrong;
use super::super::{Database, Error, Migration, Value};
use super::{Refusal, TABLES, add, count, hit};

/// A claim about the database at an address where there is nothing yet.
type Claim = (&'static str, fn(&str));

const CLAIMS: &[Claim] = &[
    ("values come back as they went in", values),
    ("placeholders go by their numbers", placeholders),
    ("numbers that are computed are read", computed),
    ("conflicts are told from other refusals", conflicts),
    ("an insert may give way", upserts),
    ("what fails leaves nothing", failures),
    ("a failed statement cannot be hidden", hidden),
    ("a panic hurts nobody else", panics),
    ("no update is lost", updates),
    ("appended rows are there", appends),
    ("reading changes nothing", read_only),
    ("reading sees one moment", snapshots),
    ("errors do not tell values", discretion),
    ("migrations run once", migrations),
    ("a migration runs whole or not at all", broken_migration),
    ("a newer database is refused", newer),
    ("many may open at once", openers),
];

/// Checks every claim, each on a database of its own.
pub(super) fn check(fresh: impl Fn() -> String) {
    for (claim, check) in CLAIMS {
        eprintln!("{claim}");
        check(&fresh());
    }
}

fn open(url: &str) -> Database {
    Database::open(url, TABLES).unwrap()
}

fn values(url: &str) {
    let database = open(url);
    let insert = "INSERT INTO things (id, name, bytes, live) VALUES ($1, $2, $3, $4)";
    let rows = [
        [
            i64::MIN.into(),
            "ж 'quoted' $1".into(),
            vec![0, 255].into(),
            false.into(),
        ],
        [i64::MAX.into(), "".into(), Vec::new().into(), true.into()],
        [0.into(), Value::Null, Value::Null, true.into()],
    ];
    for row in &rows {
        assert_eq!(database.write(|tx| tx.execute(insert, row)), Ok(1));
    }
    let found = database.read(|tx| tx.rows("SELECT * FROM things ORDER BY id", &[]));
    let found: Result<Vec<[Value; 4]>, Error> = found
        .unwrap()
        .iter()
        .map(|row| {
            Ok([
                row.int("id")?.into(),
                row.maybe_text("name")?.into(),
                row.maybe_blob("bytes")?.into(),
                row.flag("live")?.into(),
            ])
        })
        .collect();
    let [least, most, zero] = rows;
    assert!(found.unwrap() == [least, zero, most]);
}

fn placeholders(url: &str) {
    let database = open(url);
    let sql = "INSERT INTO things (id, name, live) VALUES ($2, $1, $2)";
    let row = database.write(|tx| {
        tx.execute(sql, &["one".into(), 1.into()])?;
        let sql = "SELECT id, name FROM things WHERE $2 = name AND (id = $1 OR id = -$1)";
        tx.row(sql, &[1.into(), "one".into()])
    });
    assert_eq!(row.unwrap().unwrap().int("id"), Ok(1));
    let few: Result<u64, Error> = database.write(|tx| tx.execute(sql, &["two".into()]));
    assert!(matches!(few, Err(Error::Sql { .. })), "{few:?}");
}

fn computed(url: &str) {
    let database = open(url);
    add(&database, 4).unwrap();
    add(&database, 5).unwrap();
    let sql = "SELECT SUM(id) AS total, MAX(id) AS most, COUNT(*) AS n, 7 AS seven,
                      EXISTS (SELECT 1 FROM things WHERE id = $1) AS there,
                      SUM(id + $2) AS large
               FROM things";
    let row = database
        .read(|tx| tx.row(sql, &[4.into(), 9_000_000_000_000_000.into()]))
        .unwrap()
        .unwrap();
    assert_eq!(row.int("total"), Ok(9));
    assert_eq!(row.int("most"), Ok(5));
    assert_eq!(row.int("n"), Ok(2));
    assert_eq!(row.int("seven"), Ok(7));
    assert_eq!(row.flag("there"), Ok(true));
    assert_eq!(row.int("large"), Ok(18_000_000_000_000_009));
    let none = database.read(|tx| {
        let row = tx.row(
            "SELECT SUM(id) AS total FROM things WHERE id > $1",
            &[9.into()],
        )?;
        row.expect("one row").maybe_int("total")
    });
    assert_eq!(none, Ok(None));
    let several = database.read(|tx| tx.row("SELECT id FROM things", &[]).map(|_| ()));
    assert!(matches!(several, Err(Error::Sql { .. })), "{several:?}");
    let missing = database.read(|tx| {
        tx.row("SELECT id FROM things LIMIT $1", &[1.into()])?
            .expect("a row")
            .int("ids")
    });
    assert_eq!(missing, Err(wrong("ids", "is not in the row")));
}

fn conflicts(url: &str) {
    let database = open(url);
    let named = |id: i64, name: &'static str| {
        database.write(|tx| {
            tx.execute(
                "INSERT INTO things (id, name) VALUES ($1, $2)",
                &[id.into(), name.into()],
            )
        })
    };
    assert_eq!(named(1, "one"), Ok(1));
    let same_id: Error = named(1, "two").unwrap_err();
    assert!(same_id.is_conflict(), "{same_id}");
    let same_name = named(2, "one").unwrap_err();
    assert!(same_name.is_conflict(), "{same_name}");
    assert!(same_name.to_string().contains("name"), "{same_name}");
    let orphan = database
        .write(|tx| tx.execute("INSERT INTO parts (thing) VALUES ($1)", &[9.into()]))
        .unwrap_err();
    assert!(matches!(orphan, Error::Sql { .. }), "{orphan}");
    let empty = database
        .write(|tx| {
            tx.execute(
                "INSERT INTO things (id, live) VALUES ($1, $2)",
                &[3.into(), Value::Null],
            )
        })
        .unwrap_err();
    assert!(matches!(empty, Error::Sql { .. }), "{empty}");
    assert_eq!(count(&database), 1);
}

fn upserts(url: &str) {
    let database = open(url);
    add(&database, 1).unwrap();
    let outcome: Result<_, Error> = database.write(|tx| {
        let skipped = tx.execute(
            "INSERT INTO things (id) VALUES ($1) ON CONFLICT (id) DO NOTHING",
            &[1.into()],
        )?;
        let sql = "INSERT INTO things (id, name) VALUES ($1, $2)
                   ON CONFLICT (id) DO UPDATE SET name = excluded.name RETURNING id, name";
        let changed = tx.row(sql, &[1.into(), "new".into()])?.expect("a row");
        let sql = "UPDATE things SET live = 0 WHERE id = $1 RETURNING id";
        Ok((
            skipped,
            changed.text("name")?,
            tx.execute(sql, &[1.into()])?,
        ))
    });
    assert_eq!(outcome, Ok((0, "new".to_owned(), 1)));
}

fn failures(url: &str) {
    let database = open(url);
    let outcome: Result<(), Refusal> = database.write(|tx| {
        tx.execute("INSERT INTO things (id) VALUES ($1)", &[1.into()])?;
        Err(Refusal::Rule)
    });
    assert_eq!(outcome, Err(Refusal::Rule));
    assert_eq!(count(&database), 0);
    assert_eq!(add(&database, 1), Ok(1));
}

fn hidden(url: &str) {
    let database = open(url);
    add(&database, 1).unwrap();
    let outcome: Result<(), Error> = database.write(|tx| {
        tx.execute("INSERT INTO things (id) VALUES ($1)", &[2.into()])?;
        let insert = tx.execute("INSERT INTO things (id) VALUES ($1)", &[1.into()]);
        assert!(insert.is_err());
        let after = tx.execute("INSERT INTO things (id) VALUES ($1)", &[3.into()]);
        assert!(after.is_err());
        Ok(())
    });
    assert!(outcome.unwrap_err().is_conflict());
    assert_eq!(count(&database), 1);
}

fn panics(url: &str) {
    let database = open(url);
    let panic = catch_unwind(AssertUnwindSafe(|| {
        database.write(|tx| {
            tx.execute("INSERT INTO things (id) VALUES ($1)", &[1.into()])?;
            assert!(url.is_empty(), "this panic is meant to happen");
            Ok::<_, Error>(())
        })
    }));
    assert!(panic.is_err());
    let panic = catch_unwind(AssertUnwindSafe(|| {
        database.read(|tx| {
            tx.rows("SELECT id FROM things", &[])?;
            assert!(url.is_empty(), "this panic is meant to happen");
            Ok::<_, Error>(())
        })
    }));
    assert!(panic.is_err());
    assert_eq!(count(&database), 0);
    assert_eq!(add(&database, 1), Ok(1));
    assert_eq!(count(&database), 1);
}

fn updates(url: &str) {
    const THREADS: i64 = 32;
    const HITS: i64 = 5;
    let database = open(url);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..HITS {
                    hit(&database).unwrap();
                }
            });
        }
    });
    assert_eq!(hit(&database), Ok(THREADS * HITS + 1));
}

fn appends(url: &str) {
    let database = open(url);
    std::thread::scope(|scope| {
        for id in 0..8 {
            let database = &database;
            scope.spawn(move || {
                let sql = "INSERT INTO things (id) VALUES ($1)";
                let added: Result<u64, Error> = database.append(|tx| tx.execute(sql, &[id.into()]));
                assert_eq!(added, Ok(1));
            });
        }
    });
    assert_eq!(count(&open(url)), 8);
}

fn read_only(url: &str) {
    let database = open(url);
    let outcome: Result<u64, Error> =
        database.read(|tx| tx.execute("INSERT INTO things (id) VALUES ($1)", &[1.into()]));
    assert!(matches!(outcome, Err(Error::Sql { .. })), "{outcome:?}");
    assert_eq!(count(&database), 0);
}

fn snapshots(url: &str) {
    let (reader, writer) = (open(url), open(url));
    let seen: Result<_, Error> = reader.read(|tx| {
        let sql = "SELECT COUNT(*) AS n FROM things";
        let before = tx.count(sql, &[])?;
        add(&writer, before)?;
        let after = tx.count(sql, &[])?;
        Ok((before, after))
    });
    assert_eq!(seen, Ok((0, 0)));
    assert_eq!(count(&reader), 1);
}

fn discretion(url: &str) {
    let database = open(url);
    let insert = |tx: &mut super::super::Tx<'_>| {
        tx.execute(
            "INSERT INTO things (id, name) VALUES ($1, $2)",
            &[77_001.into(), "s3cret".into()],
        )
    };
    database.write::<_, Error>(insert).unwrap();
    let conflict = database.write::<_, Error>(insert).unwrap_err();
    let cast = database
        .read::<_, Error>(|tx| tx.rows("SELECT s3cret FROM things", &[]).map(|_| ()))
        .unwrap_err();
    assert!(matches!(cast, Error::Sql { .. }), "{cast}");
    let shown = format!("{conflict} {conflict:?}");
    assert!(
        !shown.contains("77001") && !shown.contains("s3cret"),
        "{shown}"
    );
}

const SECOND: Migration = Migration {
    service: "test",
    number: 2,
    sql: "ALTER TABLE things ADD COLUMN note TEXT; UPDATE counters SET value = value + 1;",
};

fn migrations(url: &str) {
    add(&open(url), 1).unwrap();
    let both = [TABLES[0], SECOND];
    for _ in 0..2 {
        let database = Database::open(url, &both).unwrap();
        assert_eq!(count(&database), 1);
        let note = database.read(|tx| tx.row("SELECT note FROM things", &[]));
        assert_eq!(note.unwrap().unwrap().maybe_text("note"), Ok(None));
    }
    // Once each: the second migration counted one.
    assert_eq!(hit(&Database::open(url, &both).unwrap()), Ok(2));
}

fn broken_migration(url: &str) {
    let broken = Migration {
        sql: "INSERT INTO things (id) VALUES (1); INSERT INTO nowhere (id) VALUES (1);",
        ..SECOND
    };
    let refused = Database::open(url, &[TABLES[0], broken]).err().unwrap();
    assert!(
        matches!(
            refused,
            Error::Migration {
                service: "test",
                number: 2,
                ..
            }
        ),
        "{refused}"
    );
    assert!(refused.to_string().contains("nowhere"), "{refused}");
    assert_eq!(count(&open(url)), 0);
}

fn newer(url: &str) {
    Database::open(url, &[TABLES[0], SECOND]).unwrap();
    let refused = Database::open(url, TABLES).err();
    let expected = Error::NewerSchema {
        service: "test",
        found: 2,
        known: 1,
    };
    assert_eq!(refused, Some(expected));
    // Another service's tables are none of its business.
    let other = Migration {
        service: "other",
        number: 1,
        sql: "CREATE TABLE others (id BIGINT)",
    };
    assert!(Database::open(url, &[other]).is_ok());
}

fn openers(url: &str) {
    const OPENERS: usize = 6;
    let both: Arc<[Migration]> = Arc::from([TABLES[0], SECOND]);
    let start = Barrier::new(OPENERS);
    std::thread::scope(|scope| {
        for _ in 0..OPENERS {
            scope.spawn(|| {
                start.wait();
                Database::open(url, &both).unwrap();
            });
        }
    });
    assert_eq!(hit(&Database::open(url, &both).unwrap()), Ok(2));
}
