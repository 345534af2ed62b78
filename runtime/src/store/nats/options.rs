//! Where the servers are, and how they are spoken to.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use async_nats::{ConnectErrorKind, ConnectOptions};

use crate::store::StoreError;

/// What is tried for longer may be taken for dead by others.
const LONGEST_PATIENCE: Duration = Duration::from_mins(5);

/// Where the NATS servers are, and how to speak to them.
///
/// ```no_run
/// # async fn example() -> Result<(), chor_runtime::StoreError> {
/// use chor_runtime::{NatsOptions, Store};
///
/// let here = Store::nats("nats://localhost:4222").await?;
/// let options = NatsOptions::new("tls://nats.example.com").credentials_file("payment.creds");
/// let there = Store::nats(options).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "options do nothing until a store is opened with them"]
pub struct NatsOptions {
    pub(super) servers: Vec<String>,
    pub(super) namespace: String,
    pub(super) replicas: usize,
    pub(super) creates: bool,
    pub(super) patience: Duration,
    login: Login,
    inbox: Option<String>,
    tls: bool,
    roots: Option<PathBuf>,
    identity: Option<(PathBuf, PathBuf)>,
}

/// Who we are to the servers.
#[derive(Clone)]
enum Login {
    Nobody,
    Token(String),
    User(String, String),
    Credentials(PathBuf),
}

impl NatsOptions {
    /// The server at this address, or several, separated by commas: `nats://localhost:4222`.
    pub fn new(servers: impl AsRef<str>) -> Self {
        Self {
            servers: servers.as_ref().split(',').map(|server| server.trim().to_owned()).collect(),
            namespace: "chor".to_owned(),
            replicas: 1,
            creates: true,
            patience: Duration::from_mins(2),
            login: Login::Nobody,
            inbox: None,
            tls: false,
            roots: None,
            identity: None,
        }
    }

    /// Logs in with a token.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.login = Login::Token(token.into());
        self
    }

    /// Logs in as a user with a password.
    pub fn user_and_password(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.login = Login::User(user.into(), password.into());
        self
    }

    /// Logs in with a file of credentials, as `nsc` makes it.
    pub fn credentials_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.login = Login::Credentials(path.into());
        self
    }

    /// Refuses to speak without TLS.
    pub fn require_tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// Trusts the authorities in this PEM file besides those of the system.
    pub fn root_certificates(mut self, path: impl Into<PathBuf>) -> Self {
        self.roots = Some(path.into());
        self
    }

    /// Shows this certificate to the server; PEM files of the certificate and of its key.
    pub fn client_certificate(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.identity = Some((certificate.into(), key.into()));
        self
    }

    /// What the names of streams and subjects begin with, where it is not to be `chor`: letters, digits and `_`.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = namespace.into();
        self
    }

    /// Answers of the server are sent to subjects that begin with this. Permissions that are least give each
    /// service one of its own.
    pub fn inbox(mut self, prefix: impl Into<String>) -> Self {
        self.inbox = Some(prefix.into());
        self
    }

    /// On so many servers of a cluster each stream is kept that this store creates: 1, 3 or 5.
    pub fn replicas(mut self, replicas: usize) -> Self {
        self.replicas = replicas;
        self
    }

    /// Creates nothing: streams and consumers are there already, and are only looked at.
    pub fn deployed(mut self) -> Self {
        self.creates = false;
        self
    }

    /// So long a server that does not answer is waited for; then the store fails. Two minutes, if nothing is said; five at
    /// most.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The servers' addresses without what is secret in them.
    pub(super) fn shown(&self) -> String {
        let shown = self.servers.iter().map(|server| match server.rsplit_once('@') {
            Some((secret, host)) => {
                let scheme = secret.split_once("://").map_or("nats", |(scheme, _)| scheme);
                format!("{scheme}://{host}")
            }
            None => server.clone(),
        });
        shown.collect::<Vec<_>>().join(",")
    }

    pub(super) fn check(&self) -> Result<(), StoreError> {
        let namespace = &self.namespace;
        let good = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if namespace.is_empty() || namespace.len() > 32 || !namespace.chars().all(good) {
            return Err(StoreError::new(format!(
                "the namespace `{namespace}` is none: 1 to 32 letters, digits and `_`"
            )));
        }
        if ![1, 3, 5].contains(&self.replicas) {
            let replicas = self.replicas;
            return Err(StoreError::new(format!("a stream is kept on 1, 3 or 5 servers, not on {replicas}")));
        }
        if self.patience > LONGEST_PATIENCE {
            return Err(StoreError::new(format!("a store is patient for {LONGEST_PATIENCE:?} at most")));
        }
        Ok(())
    }

    /// The options of a connection.
    pub(super) async fn connection(&self) -> Result<ConnectOptions, StoreError> {
        // Our subjects are made of tokens that were encoded.
        let mut options = ConnectOptions::new()
            .name("chor")
            .retain_servers_order()
            .require_tls(self.tls)
            .client_capacity(64 * 1024)
            .reconnect_delay_callback(|attempts| {
                Duration::from_millis(10 * 2_u64.pow(u32::try_from(attempts.min(7)).unwrap_or(7)))
            });
        if let Some(inbox) = &self.inbox {
            options = options.custom_inbox_prefix(inbox);
        }
        if let Some(roots) = &self.roots {
            options = options.add_root_certificates(roots.clone());
        }
        if let Some((certificate, key)) = &self.identity {
            options = options.add_client_certificate(certificate.clone(), key.clone());
        }
        match &self.login {
            Login::Nobody => Ok(options),
            Login::Token(token) => Ok(options.token(token.clone())),
            Login::User(user, password) => Ok(options.user_and_password(user.clone(), password.clone())),
            Login::Credentials(path) => options.credentials_file(path).await.map_err(|error| {
                let path = path.display();
                StoreError::new(format!(
                    "{path}: it holds no credentials that can be read: make it with nsc ({error})"
                ))
            }),
        }
    }

    /// Why there is no connection, and what to do.
    pub(super) fn unconnected(&self, error: &async_nats::ConnectError) -> StoreError {
        let shown = self.shown();
        let advice = match error.kind() {
            ConnectErrorKind::ServerParse => "this is no address: write nats://HOST:4222",
            ConnectErrorKind::Dns => "there is no such host: check the address",
            ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
                "the server lets us not in: check user, password, token or credentials"
            }
            ConnectErrorKind::Tls => "TLS fails: check the certificates of both sides",
            _ => "there is no answer: is nats-server running there?",
        };
        StoreError::new(format!("{shown}: {advice} ({error})"))
    }
}

impl From<&str> for NatsOptions {
    fn from(servers: &str) -> Self {
        Self::new(servers)
    }
}

impl From<String> for NatsOptions {
    fn from(servers: String) -> Self {
        Self::new(servers)
    }
}

impl fmt::Debug for NatsOptions {
    /// Without what is secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NatsOptions")
            .field("servers", &self.shown())
            .field("namespace", &self.namespace)
            .finish_non_exhaustive()
    }
}
