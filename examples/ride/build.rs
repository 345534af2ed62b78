//! Compiles the choreography into one module a service.

fn main() -> Result<(), chor_compiler::BuildError> {
    chor_compiler::build("ride.chor")
}
