//! Traces as files.

use std::process::Command;

use kit::trail::{self, Record};
use serde_json::Value;

use super::house::{House, NOON_MS, PROJECT, SECRET, Work, get, on_both, root};

fn export(house: &House, query: &[(&str, &str)], content_type: &str) -> Vec<u8> {
    let alice = root("acct", "alice");
    let path = format!("/v3/{PROJECT}/traces/export");
    let reply = house.cts(&get(&path, query, &alice, NOON_MS)).unwrap();
    assert_eq!(reply.body, Value::Null);
    let raw = reply.raw.unwrap();
    assert_eq!(raw.content_type, content_type);
    assert_eq!(reply.headers[0].0, "content-disposition");
    raw.bytes
}

/// Reads CSV back: the heading and the rows.
fn parse(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(bytes);
    let records = reader.records().map(Result::unwrap);
    records
        .map(|record| record.iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn csv_holds_the_traces_and_no_formulas() {
    on_both(|house| {
        let alice = root("acct", "alice");
        for note in ["=1+1,", "+", "-", "@", "a,\\\"b\\n"] {
            let work = Work {
                note,
                ..Work::encrypt("k1")
            };
            house.work(&alice, NOON_MS, PROJECT, work);
        }
        house.work(&alice, NOON_MS, PROJECT, Work::of("enable-key", "k2"));
        let bytes = export(
            house,
            &[("trace_name", "encryptData")],
            "text/csv; charset=utf-8",
        );
        assert!(!String::from_utf8_lossy(&bytes).contains(SECRET));
        let rows = parse(&bytes);
        let column = |name: &str| rows[0].iter().position(|it| it == name).unwrap();
        assert_eq!(rows.len(), 6);
        let mut names: Vec<&str> = rows[1..]
            .iter()
            .map(|row| row[column("resource_name")].as_str())
            .collect();
        names.sort_unstable();
        let expected = [
            "'+k1/name",
            "'-k1/name",
            "'=1+1,k1/name",
            "'@k1/name",
            "a,\"b\nk1/name",
        ];
        assert_eq!(names, expected);
        assert_eq!(rows[1][column("time")], "2025-01-23T12:00:00Z");
        assert_eq!(rows[1][column("user")], "alice");
        assert_eq!(rows[1][column("code")], "200");
        // Who took the traces out is a trace itself.
        let traced = house.list(&alice, NOON_MS, &[("trace_name", "exportTrace")]);
        assert_eq!(traced["meta_data"]["count"], 1);
    });
}

#[test]
fn xlsx_holds_the_traces_as_texts() {
    on_both(|house| {
        let alice = root("acct", "alice");
        let work = Work {
            note: "=HYPERLINK()<&>",
            ..Work::encrypt("k1")
        };
        house.work(&alice, NOON_MS, PROJECT, work);
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        let bytes = export(house, &[("format", "xlsx")], kind);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("traces.xlsx");
        std::fs::write(&file, bytes).unwrap();
        let part = |name: &str| {
            let unzip = Command::new("unzip")
                .arg("-p")
                .arg(&file)
                .arg(name)
                .output()
                .unwrap();
            assert!(unzip.status.success(), "{name}");
            String::from_utf8(unzip.stdout).unwrap()
        };
        let sheet = part("xl/worksheets/sheet1.xml");
        assert_eq!(sheet.matches("<row ").count(), 2);
        assert!(!sheet.contains("<f>"), "a formula");
        let texts = part("xl/sharedStrings.xml");
        for text in [
            "trace_name",
            "encryptData",
            "=HYPERLINK()&lt;&amp;&gt;k1/name",
            "alice",
        ] {
            assert!(texts.contains(text), "{text}");
        }
        assert!(!texts.contains(SECRET));
    });
}

#[test]
fn a_file_has_the_newest_five_thousand() {
    on_both(|house| {
        house
            .db
            .append(|tx| {
                for time_ms in NOON_MS - 5_010..NOON_MS {
                    let owner = ("acct", PROJECT);
                    let about = ("k1", "key");
                    let record =
                        Record::of_system("KMS", "rotateKey", "CMK", time_ms, owner, about);
                    trail::append(tx, &record)?;
                }
                Ok::<_, kit::db::Error>(())
            })
            .unwrap();
        let rows = parse(&export(
            house,
            &[("format", "csv")],
            "text/csv; charset=utf-8",
        ));
        assert_eq!(rows.len(), 5_001);
        assert_eq!(rows[1][1], "2025-01-23T11:59:59.999Z");
        assert_eq!(rows[5_000][1], "2025-01-23T11:59:55Z");
    });
}
