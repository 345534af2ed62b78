//! Servers and programs that prove who they are: by certificates, and by credentials as `nsc` makes them.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chor_runtime::{NatsOptions, Store};
use nkeys::KeyPair;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Server, VERSIONS};
use crate::flow::check_all_orders;

/// A certificate and its key in files of the folder, `server.pem` and `server.key`, by an authority that is `ca.pem`.
fn certify(folder: &Path, names: &[&str]) {
    let key = || rcgen::KeyPair::generate().unwrap();
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = key();
    fs::write(folder.join("ca.pem"), authority.self_signed(&authority_key).unwrap().pem()).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    for name in names {
        let (own, host) = (key(), vec!["127.0.0.1".to_owned()]);
        let certificate = CertificateParams::new(host).unwrap().signed_by(&own, &issuer).unwrap();
        fs::write(folder.join(format!("{name}.pem")), certificate.pem()).unwrap();
        fs::write(folder.join(format!("{name}.key")), own.serialize_pem()).unwrap();
    }
}

/// The server lets in whoever has a certificate of its authority, and no other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificates_let_in() {
    let folder = TempDir::new().unwrap();
    certify(folder.path(), &["server", "shop"]);
    let file = |name: &str| folder.path().join(name);
    for version in VERSIONS {
        let tls = format!(
            "tls {{ cert_file: {:?}, key_file: {:?}, ca_file: {:?}, verify: true }}",
            file("server.pem"),
            file("server.key"),
            file("ca.pem")
        );
        let server = Server::start_with(version, &tls);
        let options = || NatsOptions::new(server.url()).require_tls().root_certificates(file("ca.pem"));
        let known = options().client_certificate(file("shop.pem"), file("shop.key"));
        check_all_orders(Store::nats(known.namespace("tea")).await.unwrap()).await;
        let unknown = Store::nats(options()).await;
        assert!(unknown.is_err(), "who has no certificate is not let in");
        let untrusting = Store::nats(NatsOptions::new(server.url()).require_tls()).await;
        assert!(untrusting.is_err(), "nobody has said that this authority is to be trusted");
    }
}

/// A token of the server's security: claims of this type about `subject`, signed.
fn token(subject: &KeyPair, signer: &KeyPair, claims: &Value) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let (subject, issuer) = (subject.public_key(), signer.public_key());
    let body =
        json!({"jti": subject, "iat": now, "iss": issuer, "name": "tea", "sub": subject, "nats": claims});
    let encoded = |part: &Value| BASE64_URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", encoded(&json!({"typ": "JWT", "alg": "ed25519-nkey"})), encoded(&body));
    let signature = BASE64_URL_SAFE_NO_PAD.encode(signer.sign(signed.as_bytes()).unwrap());
    format!("{signed}.{signature}")
}

/// What an account may do: everything. The one of the system itself has no streams.
fn account(streams: bool) -> Value {
    let mut limits = json!({"wildcards": true});
    for name in ["subs", "data", "payload", "imports", "exports", "conn", "leaf"] {
        limits[name] = json!(-1);
    }
    for name in ["mem_storage", "disk_storage", "streams", "consumer"] {
        limits[name] = json!(if streams { -1 } else { 0 });
    }
    json!({"type": "account", "version": 2, "limits": limits})
}

/// The file that a program gets, as `nsc` writes it.
fn credentials(user: &KeyPair, account: &KeyPair) -> String {
    let claims = json!({"type": "user", "version": 2, "subs": -1, "data": -1, "payload": -1});
    format!(
        "-----BEGIN NATS USER JWT-----\n{}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
        token(user, account, &claims),
        user.seed().unwrap()
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credentials_let_in() {
    let (operator, system, shop) = (KeyPair::new_operator(), KeyPair::new_account(), KeyPair::new_account());
    let folder = TempDir::new().unwrap();
    let file = |name: &str, account: &KeyPair| {
        let path = folder.path().join(name);
        fs::write(&path, credentials(&KeyPair::new_user(), account)).unwrap();
        path
    };
    let (known, unknown) = (file("shop.creds", &shop), file("thief.creds", &KeyPair::new_account()));
    let says_operator = token(&operator, &operator, &json!({"type": "operator", "version": 2}));
    let accounts = [(&system, false), (&shop, true)]
        .map(|(key, streams)| format!("{}: {}", key.public_key(), token(key, &operator, &account(streams))));
    let configuration = format!(
        "operator: {says_operator}\nsystem_account: {}\nresolver: MEMORY\nresolver_preload: {{\n{}\n}}",
        system.public_key(),
        accounts.join("\n")
    );
    for version in VERSIONS {
        let server = Server::start_with(version, &configuration);
        let options = || NatsOptions::new(server.url()).namespace("tea");
        check_all_orders(Store::nats(options().credentials_file(&known)).await.unwrap()).await;
        let error = Store::nats(options().credentials_file(&unknown)).await.unwrap_err().to_string();
        assert!(error.contains("the server lets us not in"), "{error}");
    }
}
