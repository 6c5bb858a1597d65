//! Breaks and healing. SoftHSM2 cannot die, so somebody in the same process breaks things behind the pool's back.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use super::{AES, Intruder, aes_key, again, connect};
use crate::hsm::{Error, Hsm, Usage};
use crate::testing::hsm_suite::BINDING;
use crate::testing::soft_hsm::SoftHsm;

/// Breaks something under a pool with idle sessions and a cached key, and sees the next call heal it.
fn heals(test: &str, breaks: impl FnOnce(&Intruder)) {
    SoftHsm::alone(test, |soft| {
        let settings = soft.token();
        let intruder = Intruder::new(&settings);
        let hsm = connect(settings);
        let key = aes_key(&hsm);
        let sealed = hsm.encrypt_gcm(&BINDING, &key, b"", b"plain").unwrap();
        breaks(&intruder);
        let opened = hsm.decrypt_gcm(&BINDING, &key, b"", &sealed).unwrap();
        assert_eq!(opened.as_slice(), b"plain");
        assert_eq!(hsm.health().epoch, 2);
        // New ones work too.
        hsm.check(&BINDING, &aes_key(&hsm)).unwrap();
        assert_eq!(hsm.health().epoch, 2);
    });
}

#[test]
fn a_module_that_was_finalised_is_initialised_again() {
    let test = "hsm::tests::breaks::a_module_that_was_finalised_is_initialised_again";
    heals(test, |intruder| intruder.pkcs11.clone().finalize().unwrap());
}

#[test]
fn closed_sessions_are_opened_again() {
    let test = "hsm::tests::breaks::closed_sessions_are_opened_again";
    heals(test, Intruder::close_all);
}

#[test]
fn a_lost_login_is_made_again() {
    let test = "hsm::tests::breaks::a_lost_login_is_made_again";
    heals(test, |intruder| intruder.session().logout().unwrap());
}

#[test]
fn sixteen_threads_heal_once() {
    SoftHsm::alone("hsm::tests::breaks::sixteen_threads_heal_once", |soft| {
        let mut settings = soft.token();
        settings.patience = Duration::from_secs(60);
        let intruder = Intruder::new(&settings);
        let hsm = connect(settings);
        let key = aes_key(&hsm);
        let start = Barrier::new(17);
        let encrypt = || hsm.encrypt_gcm(&BINDING, &key, b"", b"plain");
        let results: Vec<_> = thread::scope(|scope| {
            // A thread that failed goes on, because the others wait for it.
            let callers: Vec<_> = (0..16)
                .map(|_| {
                    scope.spawn(|| {
                        let mut results = Vec::new();
                        for _ in 0..3 {
                            results.push(encrypt());
                            start.wait();
                            // Broken here, while nobody calls: SoftHSM2 itself does not stand a break under a call.
                            start.wait();
                            results.push(encrypt());
                        }
                        results
                    })
                })
                .collect();
            for _ in 0..3 {
                start.wait();
                intruder.close_all();
                start.wait();
            }
            callers
                .into_iter()
                .flat_map(|caller| caller.join().unwrap())
                .collect()
        });
        for result in results {
            result.unwrap();
        }
        assert_eq!(hsm.health().epoch, 4);
    });
}

#[test]
fn a_wrong_pin_is_tried_once() {
    SoftHsm::alone("hsm::tests::breaks::a_wrong_pin_is_tried_once", |soft| {
        let settings = soft.token();
        let mut wrong = again(&settings);
        wrong.pin = Zeroizing::new("wrong-pin-1".to_owned());
        let error = Hsm::connect(wrong).unwrap_err();
        let Error::Pin { answer } = &error else {
            panic!("{error}")
        };
        assert_eq!(answer, "CKR_PIN_INCORRECT to C_Login");
        assert!(!error.to_string().contains("wrong-pin-1"));

        // One that becomes wrong later.
        let intruder = Intruder::new(&settings);
        let hsm = connect(settings);
        let new = "another-pin-1".into();
        intruder.session().set_pin(&intruder.pin, &new).unwrap();
        intruder.close_all();
        let refused = hsm.generate(&BINDING, AES, Usage::Encrypt);
        assert!(matches!(refused, Err(Error::Pin { .. })), "{refused:?}");
        assert!(hsm.health().outage.is_some());
        // It is not tried again, even when it would be right.
        let session = intruder.pkcs11.open_rw_session(intruder.slot()).unwrap();
        session
            .login(cryptoki::session::UserType::User, Some(&new))
            .unwrap();
        session.set_pin(&new, &intruder.pin).unwrap();
        session.logout().unwrap();
        assert!(matches!(hsm.random(8), Err(Error::Pin { .. })));
    });
}
