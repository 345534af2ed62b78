//! A tea shop, as generated code would look: the customer orders, the bank decides, the kitchen brews.
//!
//! ```text
//! Customer -> Shop: Order
//! Shop -> Bank, Kitchen: Ordered
//! choice at Bank {
//!   Bank -> Shop, Kitchen: Paid
//!   Kitchen -> Shop, Customer: Brewed
//! } or {
//!   Bank -> Shop, Kitchen: Refused
//!   Shop -> Customer: Sorry
//! }
//! ```

pub mod bank;
pub mod customer;
pub mod kitchen;
pub mod shop;

/// Payload types of one field, the key, and perhaps a number; each service has its own.
macro_rules! events {
    ($($name:ident $(, $field:ident : $ty:ty, max $max:literal)?;)*) => {$(
        #[derive(Clone, Debug, PartialEq, rt::Serialize, rt::Deserialize)]
        #[serde(crate = "::chor_runtime::codegen::serde")]
        pub struct $name {
            pub order: String,
            $(pub $field: $ty,)?
        }

        impl rt::Payload for $name {
            const TYPE: &'static str = concat!("tea.", stringify!($name));

            fn validate(&self) -> Result<(), rt::Invalid> {
                $(rt::check::field(stringify!($field), || rt::check::max(&self.$field, &$max))?;)?
                Ok(())
            }
        }
    )*};
}
pub(crate) use events;
