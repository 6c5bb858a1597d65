#[test]
fn dump() {
    use crate::sample::*;
    let a = report(&CAREFUL);
    let b = report(&CARELESS);
    std::fs::write(
        "/tmp/report-shots/one.html",
        conformance::report::html::render(std::slice::from_ref(&a)),
    )
    .unwrap();
    std::fs::write(
        "/tmp/report-shots/two.html",
        conformance::report::html::render(&[a.clone(), b.clone()]),
    )
    .unwrap();
    std::fs::write(
        "/tmp/report-shots/junit.xml",
        conformance::report::junit::render(&a),
    )
    .unwrap();
    std::fs::write(
        "/tmp/report-shots/summary.txt",
        conformance::report::summary::text(&a),
    )
    .unwrap();
    conformance::report::json::write(&a, std::path::Path::new("/tmp/report-shots/a.json")).unwrap();
    std::fs::write(
        "/tmp/report-shots/compare.txt",
        conformance::report::compare::matrix(&[a, b])
            .text(conformance::report::compare::Show::Differences),
    )
    .unwrap();
}
