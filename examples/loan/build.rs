//! Compiles the choreographies into one module a service.

fn main() -> Result<(), chor_compiler::BuildError> {
    chor_compiler::build("loan.chor")
}
