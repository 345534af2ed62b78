//! Names to ids. After this, nothing is looked up by name again.
