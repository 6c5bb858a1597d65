//! nginx with libp11's engine: a master that loads the keys, and workers, forked from it, that prove themselves with them.

#![forbid(unsafe_code)]

use std::collections::HashSet;
use std::thread;

use nix::sys::signal::Signal;
use tests::{Daemon, Host, PATIENCE, Partition, Run, Token};

/// The kinds of key that the server has, and a suite of TLS 1.2 that each of them serves.
const KEYS: [(&str, &str, &str); 2] = [
    ("rsa", "rsa:2048", "ECDHE-RSA-AES128-GCM-SHA256"),
    ("ec", "EC:secp256r1", "ECDHE-ECDSA-AES128-GCM-SHA256"),
];

/// How many clients connect at a time.
const CLIENTS: usize = 8;

/// How often they do, before a worker that has not answered is taken for one that cannot.
const ROUNDS: usize = 25;

#[test]
fn forked_workers_serve_tls_with_keys_in_the_token() {
    let host = Host::start_with_one_token();
    let token = prepare(&host);
    let _nginx = Nginx::start(&token);
    for (key, _, suite) in KEYS {
        for version in ["-tls1_3".to_owned(), format!("-tls1_2 -cipher {suite}")] {
            assert!(asks(&token, key, &version) > 0);
        }
        let workers = answering(&token, key, |workers| workers.len() == 2);
        assert_eq!(workers.len(), 2, "both workers answer with the key {key}");
    }
}

#[test]
fn a_server_that_reads_its_configuration_again_has_its_keys_again() {
    let host = Host::start_with_one_token();
    let token = prepare(&host);
    let _nginx = Nginx::start(&token);
    for (key, ..) in KEYS {
        let before = answering(&token, key, |workers| !workers.is_empty());
        nginx(&token).args("-s reload").succeed();
        let is_new = |worker: &u32| !before.contains(worker);
        let after = answering(&token, key, |workers| workers.iter().any(is_new));
        assert!(after.iter().any(is_new), "a worker of after the reload");
    }
}

/// Makes the keys with their certificates, and the configurations of OpenSSL and of nginx.
fn prepare(host: &Host) -> Token {
    let token = host.token(Partition::Compat);
    token.write(
        "engine.cnf",
        format!(
            "openssl_conf = init\n[init]\nengines = engines\n[engines]\npkcs11 = engine\n\
             [engine]\nengine_id = pkcs11\nMODULE_PATH = {}\ninit = 1\n\
             [req]\ndistinguished_name = name\n[name]\n",
            token.module.display()
        ),
    );
    for (label, key_type, _) in KEYS {
        token
            .pkcs11_tool_as_user()
            .args(&format!("--keypairgen --key-type {key_type} --usage-sign"))
            .args(&format!("--label {label} --id {}", hex::encode(label)))
            .succeed();
        with_engine(&token, token.openssl())
            .args(
                "req -new -x509 -sha256 -days 7 -subj /CN=localhost -engine pkcs11 -keyform engine",
            )
            .args(&format!("-out {label}.crt -key"))
            .arg(uri(&token, label))
            .succeed();
    }
    token.write("nginx.conf", configuration(&token));
    token
}

/// nginx's configuration: it listens at a socket for each key, runs as who runs the test, and answers with its worker's number.
fn configuration(token: &Token) -> String {
    let id = |option| {
        Run::new("id")
            .args(option)
            .succeed()
            .text()
            .trim()
            .to_owned()
    };
    let folder = token.folder.display();
    let servers = KEYS.map(|(key, ..)| {
        format!(
            "server {{ listen unix:{folder}/{key}.sock ssl; ssl_certificate {folder}/{key}.crt;\n\
             ssl_certificate_key \"engine:pkcs11:{}\";\n\
             location / {{ return 200 \"worker $pid\\n\"; }} }}\n",
            uri(token, key)
        )
    });
    format!(
        "daemon off;\nuser {} {};\nworker_processes 2;\npid {folder}/nginx.pid;\nerror_log stderr notice;\n\
         env DEW_PKCS11_CONF;\nenv OPENSSL_CONF;\nevents {{ worker_connections 64; }}\n\
         http {{ access_log off; ssl_session_cache off; ssl_session_tickets off;\n\
         ssl_protocols TLSv1.2 TLSv1.3;\n\
         client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;\n\
         uwsgi_temp_path uwsgi; scgi_temp_path scgi;\n{} }}\n",
        id("-un"),
        id("-gn"),
        servers.concat()
    )
}

fn uri(token: &Token, key: &str) -> String {
    token.uri(&format!(";object={key};type=private"))
}

fn with_engine(token: &Token, run: Run) -> Run {
    run.env("OPENSSL_CONF", token.file("engine.cnf"))
}

fn nginx(token: &Token) -> Run {
    with_engine(token, token.client("/usr/sbin/nginx"))
        .args("-e stderr -c nginx.conf -p")
        .arg(&token.folder)
}

/// A running nginx: its workers end with it.
struct Nginx(Daemon);

impl Nginx {
    fn start(token: &Token) -> Self {
        let command = nginx(token).into_command();
        Self(Daemon::start_until("nginx", command, "start worker process").0)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // A master that is killed leaves its workers behind, one that is asked to end takes them along.
        if self.0.runs() {
            self.0.signal(Signal::SIGTERM);
            let _ = self.0.log().wait_for_end(PATIENCE);
        }
    }
}

/// Asks the server of a key for a page, over a new connection, and gives the number of the worker that answered.
fn asks(token: &Token, key: &str, options: &str) -> u32 {
    let answer = token
        .openssl()
        .args(&format!("s_client -unix {key}.sock -CAfile {key}.crt"))
        .args("-verify_return_error -quiet")
        .args(options)
        .input("GET / HTTP/1.0\r\n\r\n")
        .succeed()
        .says(&["200 OK"]);
    let text = answer.text();
    let worker = text.lines().find_map(|line| line.strip_prefix("worker "));
    let number = worker.and_then(|number| number.trim().parse().ok());
    number.unwrap_or_else(|| panic!("no worker's number:\n{answer}"))
}

/// Has many clients ask at once, until the workers that answered are enough. Every client must be answered.
fn answering(token: &Token, key: &str, enough: impl Fn(&HashSet<u32>) -> bool) -> HashSet<u32> {
    let mut workers = HashSet::new();
    for _ in 0..ROUNDS {
        thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|_| scope.spawn(|| asks(token, key, "-tls1_3")))
                .collect();
            for client in clients {
                workers.insert(client.join().expect("a client was answered"));
            }
        });
        if enough(&workers) {
            break;
        }
    }
    workers
}
