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

#[test]
fn shots() {
    use crate::chromium::*;
    let Ok(list) = std::fs::read_to_string("/tmp/report-shots/list") else {
        return;
    };
    let mut browser = Chromium::start();
    for line in list.lines() {
        let w: Vec<&str> = line.split(' ').collect();
        let width = w[2].parse().unwrap();
        let mut tab = browser.open(
            std::path::Path::new(&format!("/tmp/report-shots/{}", w[1])),
            View {
                width,
                scripts: w[5].contains('s'),
                dark: w[5].contains('d'),
            },
        );
        let top = if let Ok(n) = w[3].parse() {
            n
        } else {
            tab.evaluate(&format!("Math.max(0, Math.round(document.getElementById('{}').getBoundingClientRect().top + scrollY) - 20)", w[3])).as_u64().unwrap() as u32
        };
        if w[5].contains('o') {
            tab.evaluate("document.querySelectorAll('details').forEach(d=>d.open=true)");
        }
        let p = tab.picture(top, width, w[4].parse().unwrap());
        std::fs::write(format!("/tmp/report-shots/{}.png", w[0]), p).unwrap();
        if w[5].contains('p') {
            tab.print(std::path::Path::new(&format!(
                "/tmp/report-shots/{}.pdf",
                w[0]
            )));
        }
    }
}
