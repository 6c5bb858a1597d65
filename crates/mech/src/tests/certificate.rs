//! Certificates. This one was made, and what is expected of it printed, by OpenSSL 3 (`openssl req -x509`, `openssl x509`).

use crate::{certificate_check_value, certificate_public_info};

const CERTIFICATE: &str = "\
         308201af30820154a003020102020500c0ffee01300a06082a8648ce3d0403023034310b300906035504061302444531\
         0c300a060355040a0c034465773117301506035504030c0e6c656166206f6620612074657374301e170d323631313237\
         3032343830365a170d3336313132343032343830365a3034310b3009060355040613024445310c300a060355040a0c03\
         4465773117301506035504030c0e6c656166206f66206120746573743059301306072a8648ce3d020106082a8648ce3d\
         03010703420004700e24b2c73c09c03e7385225411725779ed375583b15426e04768ffd65feeec623030ddb875f31dd4\
         7170c7fc2fce659406fd8c94e4b6262bbe1d3f5bce028da3533051301d0603551d0e041604145ad4ee9cd60751fbc02d\
         681ba8b9c0adb222d44d301f0603551d230418301680145ad4ee9cd60751fbc02d681ba8b9c0adb222d44d300f060355\
         1d130101ff040530030101ff300a06082a8648ce3d0403020349003046022100f2c295fbbdadba7aa11ed908e5896674\
         5683e0f79072600dcb3ccf26203810e2022100bff21dd78bb6aa39b58df9d2054969df8cfee5a4eac86dc72e9e0d085c\
         d613d8";

fn certificate() -> Vec<u8> {
    hex::decode(CERTIFICATE).unwrap()
}

#[test]
fn a_certificate_has_the_key_and_the_hash_that_openssl_prints() {
    let info = "3059301306072a8648ce3d020106082a8648ce3d03010703420004700e24b2c73c09c03e7385225411725779ed3755\
                83b15426e04768ffd65feeec623030ddb875f31dd47170c7fc2fce659406fd8c94e4b6262bbe1d3f5bce028d";
    let expected = hex::decode(info).unwrap();
    assert_eq!(certificate_public_info(&certificate()), Some(expected));
    let check = certificate_check_value(&certificate());
    assert_eq!(check, Some(vec![0x50, 0x53, 0xe1]));
}

#[test]
fn what_is_no_certificate_has_no_key() {
    let whole = certificate();
    for cut in 0..whole.len() {
        assert_eq!(certificate_public_info(&whole[..cut]), None, "{cut}");
    }
    for other in [&[0x30, 0][..], &[0x30, 2, 0x30, 0], &[4, 1, 0], b"0"] {
        assert_eq!(certificate_public_info(other), None, "{other:x?}");
    }
}
