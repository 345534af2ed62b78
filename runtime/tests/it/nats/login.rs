//! Who may come in, and which servers are trusted.

use chor_runtime::{NatsOptions, Store};
use tempfile::TempDir;

use super::{Server, VERSIONS, Version};

/// Opening a store fails with this error, in which the server is written as `SERVER`.
async fn check(server: &Server, options: NatsOptions, expected: &str) {
    let error = Store::nats(options).await.unwrap_err().to_string();
    assert_eq!(error.replace(&server.url(), "SERVER"), expected);
}

#[tokio::test]
async fn users_and_tokens_are_let_in_and_others_are_not() {
    let refused = "SERVER: the server lets us not in: check user, password, token or credentials \
                   (authorization violation: nats: authorization violation)";
    for version in VERSIONS {
        let server = Server::start_with(version, "authorization { user: shop, password: tea }");
        let options = || NatsOptions::new(server.url());
        Store::nats(options().user_and_password("shop", "tea")).await.unwrap();
        check(&server, options().user_and_password("shop", "coffee"), refused).await;
        check(&server, options(), refused).await;

        let server = Server::start_with(version, "authorization { token: \"s3cret\" }");
        let options = || NatsOptions::new(server.url());
        Store::nats(options().token("s3cret")).await.unwrap();
        check(&server, options().token("guess"), refused).await;
    }
}

#[tokio::test]
async fn what_is_secret_in_an_address_is_not_told() {
    let options = NatsOptions::new("nats://shop:tea@127.0.0.1:1");
    assert!(!format!("{options:?}").contains("tea"));
    let error = Store::nats(options).await.unwrap_err().to_string();
    assert!(
        error.starts_with("nats://127.0.0.1:1: there is no answer: is nats-server running there?"),
        "{error}"
    );
    assert!(!error.contains("tea"), "{error}");
}

#[tokio::test]
async fn bad_options_are_refused_with_what_to_do() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("shop.creds");
    let check = async |options: NatsOptions, expected: &str| {
        let error = Store::nats(options).await.unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    };
    let here = || NatsOptions::new("nats://127.0.0.1:1");
    check(here().namespace("a.b"), "the namespace `a.b` is none: 1 to 32 letters, digits and `_`").await;
    check(here().replicas(2), "a stream is kept on 1, 3 or 5 servers, not on 2").await;
    let told = format!("{}: it holds no credentials that can be read: make it with nsc", missing.display());
    check(here().credentials_file(&missing), &told).await;
    check(NatsOptions::new("http://here"), "http://here: this is no address: write nats://HOST:4222").await;
}

#[tokio::test]
async fn an_old_server_in_a_cluster_is_refused() {
    let cluster = "server_name: one\ncluster { name: blue, listen: \"127.0.0.1:-1\", routes: [\"nats://127.0.0.1:1\"] }";
    let server = Server::start_with(Version::Oldest, cluster);
    let error = Store::nats(server.url()).await.unwrap_err().to_string();
    let told = "is one of the cluster blue, and before 2.9.21 several writers could win there where one must: \
                use 2.9.21 or later, or a server alone";
    assert!(error.contains(told), "{error}");
}

#[tokio::test]
async fn nothing_is_created_where_all_is_to_be_there() {
    let server = Server::start(Version::Current);
    let error = Store::nats(NatsOptions::new(server.url()).deployed()).await.unwrap_err().to_string();
    let told = format!("{}: look for the stream chor: there is none: run `chor deploy nats`", server.url());
    assert_eq!(error, told);
}

#[tokio::test]
async fn the_stream_of_another_program_is_left_alone() {
    let server = Server::start(Version::Current);
    let client = async_nats::connect(server.url()).await.unwrap();
    let config = async_nats::jetstream::stream::Config {
        name: "chor".to_owned(),
        subjects: vec!["music.>".to_owned()],
        allow_direct: true,
        ..Default::default()
    };
    async_nats::jetstream::new(client).create_stream(config).await.unwrap();
    let error = Store::nats(server.url()).await.unwrap_err().to_string();
    let told = "the stream chor is not as it must be: it holds other subjects: it is another program's";
    assert!(error.ends_with(told), "{error}");
}
