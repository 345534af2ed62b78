//! A program that includes generated code and uses nothing of it: it must build without a warning.

mod services {
    chor_runtime::include_services!();
}

fn main() {}
