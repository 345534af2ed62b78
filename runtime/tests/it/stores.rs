//! Every kind of store, for what must hold on all of them.

use chor_runtime::Store;
use tempfile::TempDir;

/// What the stores are kept in; it must outlive them.
pub struct Place {
    _folder: TempDir,
    #[cfg(feature = "nats")]
    _server: crate::nats::server::Server,
}

/// The stores that bring an event to whomever its emitter names. NATS brings it to those who hear it: nobody can send an
/// event to somebody who does not.
pub fn local_stores() -> (TempDir, [Store; 2]) {
    let folder = TempDir::new().unwrap();
    let file = Store::sqlite(folder.path().join("all.db")).unwrap();
    (folder, [Store::memory(), file])
}

/// One store of each kind, with nothing in it.
pub async fn stores() -> (Place, Vec<Store>) {
    let (folder, local) = local_stores();
    #[cfg_attr(not(feature = "nats"), expect(unused_mut, reason = "there is one kind less"))]
    let mut stores = Vec::from(local);
    #[cfg(feature = "nats")]
    let server = crate::nats::server::Server::start(crate::nats::server::Version::Oldest);
    #[cfg(feature = "nats")]
    stores.push(crate::nats::store(&server, "all").await);
    let place = Place {
        _folder: folder,
        #[cfg(feature = "nats")]
        _server: server,
    };
    (place, stores)
}
