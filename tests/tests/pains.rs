//! What hurts users of other tokens, and had no test elsewhere: docs/pains.md lists all of it.

#![forbid(unsafe_code)]

use std::fs;

use cryptoki::mechanism::Mechanism;
use cryptoki::object::Attribute;
use tests::{Application, Chain, PATIENCE, Partition, alone};

#[test]
fn pkcs11_tool_forks_and_initialises_in_its_child() {
    let chain = Chain::start();
    let token = chain.token(Partition::Compat);
    let forked = token.pkcs11_tool().arg("--test-fork").succeed();
    forked
        .says(&["C_Initialize in forked child process"])
        .never_says(&["error", "fail"]);
}

#[test]
fn the_log_names_the_attribute_for_which_a_template_is_refused() {
    alone(
        "the_log_names_the_attribute_for_which_a_template_is_refused",
        || {
            let mut chain = Chain::start();
            chain.stop_hsmd();
            let config = chain.file("hsm/hsmd.toml");
            let text = fs::read_to_string(&config).expect("the chain's folder is ours");
            let text = text.replace("log = \"info\"", "log = \"hsmd=debug,info\"");
            fs::write(&config, text).expect("the chain's folder is ours");
            chain.start_hsmd();
            chain.wait_for_agent();
            let application = Application::start(&chain.token(Partition::Compat));
            let session = application.user_session();
            let length = || Attribute::ValueLen(16.into());
            let refused = [
                (vec![], "CKA_VALUE_LEN"),
                (vec![length(), Attribute::Local(true)], "CKA_LOCAL"),
                (
                    vec![length(), Attribute::Modulus(vec![1; 128])],
                    "CKA_MODULUS",
                ),
            ];
            for (template, name) in refused {
                let start = chain.hsmd().log().len();
                let made = session.generate_key(&Mechanism::AesKeyGen, &template);
                assert!(made.is_err(), "{name} is taken");
                let told = chain.hsmd().log().wait_for(start, &[name], PATIENCE);
                let line = told.unwrap_or_else(|| panic!("the log does not name {name}"));
                assert!(line.contains("C_GenerateKey"), "{line}");
            }
        },
    );
}
