//! The four services of a checkout that ends well, over the types that generated code uses. They do nothing
//! but read, check and answer, so that what is measured is the runtime.

use chor_runtime::codegen as rt;

/// Payload types that hold the key alone.
macro_rules! notices {
    ($($name:ident),*) => {$(
        #[derive(rt::Serialize, rt::Deserialize)]
        #[serde(crate = "::chor_runtime::codegen::serde")]
        pub struct $name {
            pub order: rt::Uuid,
        }

        impl rt::Payload for $name {
            const TYPE: &'static str = concat!("example.shop.", stringify!($name));

            fn validate(&self) -> Result<(), rt::Invalid> {
                Ok(())
            }
        }
    )*};
}

notices!(OrderConfirmed);

#[derive(Clone, rt::Serialize, rt::Deserialize)]
#[serde(crate = "::chor_runtime::codegen::serde")]
pub struct Line {
    pub sku: String,
    pub quantity: u32,
}

/// Payload types with more in them.
macro_rules! payloads {
    ($($name:ident { $($field:ident : $ty:ty),* } $check:expr;)*) => {$(
        #[derive(rt::Serialize, rt::Deserialize)]
        #[serde(crate = "::chor_runtime::codegen::serde")]
        pub struct $name {
            pub order: rt::Uuid,
            $(pub $field: $ty,)*
        }

        impl rt::Payload for $name {
            const TYPE: &'static str = concat!("example.shop.", stringify!($name));

            fn validate(&self) -> Result<(), rt::Invalid> {
                let check: fn(&Self) -> Result<(), rt::Invalid> = $check;
                check(self)
            }
        }
    )*};
}

payloads! {
    PlaceOrder { lines: Vec<Line>, total: rt::Decimal }
        |it| rt::check::field("lines", || rt::check::min_length(&it.lines, 1));
    OrderPlaced { lines: Vec<Line>, total: rt::Decimal }
        |it| rt::check::field("lines", || rt::check::each(&it.lines, |line| rt::check::min(&line.quantity, &1)));
    PaymentApproved { authorization: String }
        |it| rt::check::field("authorization", || rt::check::max_length(&it.authorization, 64));
    StockReserved { warehouse: String }
        |it| rt::check::field("warehouse", || rt::check::max_length(&it.warehouse, 40));
    OrderShipped { tracking: String }
        |it| rt::check::field("tracking", || rt::check::max_length(&it.tracking, 64));
}

/// Reads the event as its type, as generated code does.
fn read<T: rt::Payload>(input: rt::Input<'_>, key: fn(&T) -> &rt::Uuid) -> rt::Answer<T> {
    let event: T = input.event()?;
    input.check_key(&[key(&event)])?;
    Ok(event)
}

macro_rules! handler {
    ($name:ident, $service:literal, $machines:ident, |$point:ident, $input:ident, $emit:ident| $body:expr) => {
        struct $name;

        impl rt::Handler for $name {
            fn handle<'a>(&'a self, $point: u32, $input: rt::Input<'a>) -> rt::HandlerFuture<'a> {
                Box::pin(async move {
                    let mut $emit = rt::Emissions::new();
                    $body;
                    Ok($emit)
                })
            }
        }
    };
}

handler!(Orders, "Orders", ORDERS, |point, input, emit| match point {
    0 => {
        let PlaceOrder { order, lines, total } = read(input, |it: &PlaceOrder| &it.order)?;
        emit.push(&OrderPlaced { order, lines, total }, &[&order])?;
    }
    1 => drop(read(input, |it: &StockReserved| &it.order)?),
    2 => {
        let PaymentApproved { order, .. } = read(input, |it: &PaymentApproved| &it.order)?;
        emit.push(&OrderConfirmed { order }, &[&order])?;
    }
    3 => drop(read(input, |it: &OrderShipped| &it.order)?),
    _ => return Err(rt::HandlerError::unknown_point(point)),
});

handler!(Payment, "Payment", PAYMENT, |point, input, emit| match point {
    0 => {
        let OrderPlaced { order, .. } = read(input, |it: &OrderPlaced| &it.order)?;
        let authorization = "visa 4242".to_owned();
        emit.push(&PaymentApproved { order, authorization }, &[&order])?;
    }
    1 => {
        read(input, |it: &OrderConfirmed| &it.order)?;
        let _known: OrderPlaced = input.known()?;
    }
    _ => return Err(rt::HandlerError::unknown_point(point)),
});

handler!(Inventory, "Inventory", INVENTORY, |point, input, emit| match point {
    0 => {
        let OrderPlaced { order, .. } = read(input, |it: &OrderPlaced| &it.order)?;
        emit.push(&StockReserved { order, warehouse: "Lyon".to_owned() }, &[&order])?;
    }
    1 => {
        read(input, |it: &OrderConfirmed| &it.order)?;
    }
    _ => return Err(rt::HandlerError::unknown_point(point)),
});

handler!(Shipping, "Shipping", SHIPPING, |point, input, emit| match point {
    0 => drop(read(input, |it: &StockReserved| &it.order)?),
    1 => {
        let OrderConfirmed { order } = read(input, |it: &OrderConfirmed| &it.order)?;
        let StockReserved { warehouse, .. } = input.known()?;
        emit.push(&OrderShipped { order, tracking: warehouse }, &[&order])?;
    }
    _ => return Err(rt::HandlerError::unknown_point(point)),
});

/// All four, ready to be served.
pub fn all() -> [rt::Service; 4] {
    [
        rt::Service::new("Orders", ORDERS, Orders),
        rt::Service::new("Payment", PAYMENT, Payment),
        rt::Service::new("Inventory", INVENTORY, Inventory),
        rt::Service::new("Shipping", SHIPPING, Shipping),
    ]
}

const CUSTOMER: rt::Receiver = rt::external("Customer");
const ORDERING: rt::Receiver = rt::service("Orders");
const PAYING: rt::Receiver = rt::service("Payment");
const STOCKING: rt::Receiver = rt::service("Inventory");
const SENDING: rt::Receiver = rt::service("Shipping");

const PLAIN: rt::Machine = rt::Machine { choreography: "example.shop.Checkout", ..rt::Machine::EMPTY };

static ORDERS: &[rt::Machine] = &[rt::Machine {
    participant: "Orders",
    hash: 1,
    states: &[
        rt::hears(&[rt::hear("example.shop.PlaceOrder", CUSTOMER, 0, 1)]),
        rt::emits(&[rt::emit("example.shop.OrderPlaced", &[PAYING, STOCKING], 2)]),
        rt::hears(&[rt::hear("example.shop.StockReserved", STOCKING, 1, 3)]),
        rt::hears(&[rt::hear("example.shop.PaymentApproved", PAYING, 2, 4)]),
        rt::emits(&[rt::emit("example.shop.OrderConfirmed", &[PAYING, STOCKING, SENDING], 5)]),
        rt::hears(&[rt::hear("example.shop.OrderShipped", SENDING, 3, 6)]),
        rt::ends(&[]),
    ],
    ..PLAIN
}];

static PAYMENT: &[rt::Machine] = &[rt::Machine {
    participant: "Payment",
    hash: 2,
    keeps: &["example.shop.OrderPlaced"],
    states: &[
        rt::hears(&[rt::hear("example.shop.OrderPlaced", ORDERING, 0, 1)]),
        rt::emits(&[rt::emit("example.shop.PaymentApproved", &[ORDERING], 2)]),
        rt::hears(&[rt::hear("example.shop.OrderConfirmed", ORDERING, 1, 3)]),
        rt::ends(&[]),
    ],
    ..PLAIN
}];

static INVENTORY: &[rt::Machine] = &[rt::Machine {
    participant: "Inventory",
    hash: 3,
    states: &[
        rt::hears(&[rt::hear("example.shop.OrderPlaced", ORDERING, 0, 1)]),
        rt::emits(&[rt::emit("example.shop.StockReserved", &[ORDERING, SENDING], 2)]),
        rt::hears(&[rt::hear("example.shop.OrderConfirmed", ORDERING, 1, 3)]),
        rt::ends(&[]),
    ],
    ..PLAIN
}];

static SHIPPING: &[rt::Machine] = &[rt::Machine {
    participant: "Shipping",
    hash: 4,
    keeps: &["example.shop.StockReserved"],
    states: &[
        rt::hears(&[rt::hear("example.shop.StockReserved", STOCKING, 0, 1)]),
        rt::hears(&[rt::hear("example.shop.OrderConfirmed", ORDERING, 1, 2)]),
        rt::emits(&[rt::emit("example.shop.OrderShipped", &[ORDERING, CUSTOMER], 3)]),
        rt::ends(&[]),
    ],
    ..PLAIN
}];
