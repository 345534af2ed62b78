//! Compiles `restaurant.chor` into one module per service.

fn main() -> Result<(), chor_compiler::BuildError> {
    chor_compiler::build("restaurant.chor")
}
