//! Where the processes meet: a file, or a server that can be killed too.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chor_runtime::Store;
use fastrand::Rng;
use tempfile::TempDir;

use crate::kills::Kill;
use crate::log::{self, Log};
use crate::server::{Server, Version};

/// A store with nothing in it, and a folder for all that is written down beside it.
pub(crate) struct Place {
    folder: TempDir,
    pub(crate) server: Option<Server>,
}

impl Place {
    pub(crate) fn file() -> Self {
        Self { folder: TempDir::new().unwrap(), server: None }
    }

    pub(crate) fn nats() -> Self {
        Self { folder: TempDir::new().unwrap(), server: Some(Server::start(Version::Current)) }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the processes are told: an address, or a path.
    pub(crate) fn address(&self) -> String {
        match &self.server {
            Some(server) => server.url(),
            None => self.path().display().to_string(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("shop.db")
    }

    pub(crate) async fn store(&self) -> Store {
        open(&self.address()).await
    }

    /// Kills the server and starts it again, or lets its disk be full meanwhile; says whether it has noticed.
    pub(crate) async fn suffer(&mut self, kill: Kill, random: &mut Rng) -> bool {
        let Some(server) = &mut self.server else { return false };
        tokio::time::sleep(Duration::from_millis(random.u64(..80))).await;
        server.kill();
        let refusals = |server: &Server| server.log().matches("resource limits exceeded").count();
        let (before, mut noticed) = (refusals(server), true);
        if kill == Kill::FullServer {
            tokio::task::block_in_place(|| server.start_again_full());
            tokio::time::sleep(Duration::from_secs(1)).await;
            server.kill();
            noticed = refusals(server) > before;
        } else {
            tokio::time::sleep(Duration::from_millis(random.u64(..300))).await;
        }
        tokio::task::block_in_place(|| server.start_again());
        noticed
    }

    /// Everything that was published, as a reader sees it that knows nothing of this project.
    pub(crate) async fn log(&self) -> Log {
        match &self.server {
            Some(server) => log::of_server(server).await,
            None => log::of_file(&self.path()),
        }
    }
}

/// The store at an address.
pub(crate) async fn open(address: &str) -> Store {
    if address.starts_with("nats:") {
        return Store::nats(address).await.unwrap();
    }
    Store::sqlite(address).unwrap()
}
