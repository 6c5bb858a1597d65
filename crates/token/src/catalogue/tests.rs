use ck::ObjectClass;

use super::*;
use crate::tests::bench::attributes;

fn object(handle: u64, class: ObjectClass, label: &str) -> Object {
    let mut attributes = Attributes::default();
    attributes.set_number(A::CLASS, class.0);
    attributes.set_flag(A::TOKEN, true);
    attributes.set(A::LABEL, label.as_bytes());
    let name = u128::from(handle).to_be_bytes();
    Object::new(handle, ObjectId(name), None, 1, attributes)
}

/// A catalogue with this many keys and, among them, ten certificates.
fn catalogue(keys: u64) -> Catalogue {
    let catalogue = Catalogue::default();
    for number in 0..keys {
        let label = format!("key {number}");
        catalogue.note(&object(2 * number, ObjectClass::SECRET_KEY, &label));
    }
    for number in 0..10 {
        let label = format!("certificate {number}");
        catalogue.note(&object(2 * number + 1, ObjectClass::CERTIFICATE, &label));
    }
    catalogue
}

fn wanted(catalogue: &Catalogue, template: &[(A, &[u8])]) -> Wanted {
    catalogue.wanted(&Template::new(&attributes(template)).unwrap())
}

/// How many entries a search looks at.
fn looked_at(catalogue: &Catalogue, template: &[(A, &[u8])]) -> usize {
    let wanted = wanted(catalogue, template);
    read(&catalogue.inner).candidates(&wanted).count()
}

fn handles(catalogue: &Catalogue, template: &[(A, &[u8])]) -> Vec<u64> {
    let found = catalogue.find(&wanted(catalogue, template), true);
    found.iter().map(|found| found.handle).collect()
}

#[test]
fn a_search_looks_at_no_more_entries_when_there_are_more_others() {
    let certificates = ObjectClass::CERTIFICATE.0.to_le_bytes();
    let data = ObjectClass::DATA.0.to_le_bytes();
    for keys in [1_000, 10_000] {
        let catalogue = catalogue(keys);
        assert_eq!(looked_at(&catalogue, &[(A::CLASS, &certificates)]), 10);
        assert_eq!(looked_at(&catalogue, &[(A::CLASS, &data)]), 0);
        assert_eq!(looked_at(&catalogue, &[(A::LABEL, b"key 7")]), 1);
        assert_eq!(looked_at(&catalogue, &[(A::LABEL, b"nobody")]), 0);
    }
}

#[test]
fn a_class_is_found_whole_and_in_order_whether_it_is_rare_or_not() {
    let catalogue = catalogue(1_000);
    let of = |class: ObjectClass| handles(&catalogue, &[(A::CLASS, &class.0.to_le_bytes())]);
    let odd: Vec<u64> = (0..10).map(|number| 2 * number + 1).collect();
    let even: Vec<u64> = (0..1_000).map(|number| 2 * number).collect();
    assert_eq!(of(ObjectClass::CERTIFICATE), odd);
    assert_eq!(of(ObjectClass::SECRET_KEY), even);
    catalogue.remove(3);
    assert_eq!(of(ObjectClass::CERTIFICATE).len(), 9);
    for handle in odd {
        catalogue.remove(handle);
    }
    assert_eq!(of(ObjectClass::CERTIFICATE), Vec::<u64>::new());
    assert_eq!(read(&catalogue.inner).classes.len(), 1, "of those left");
}
