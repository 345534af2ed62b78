//! How deliveries reach those who take them.

mod mailbox;

pub(crate) use mailbox::{Mail, Mailbox};
