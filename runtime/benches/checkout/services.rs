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

const fn hears(event: &'static str, from: &'static str, point: u32, target: u32) -> rt::Hear {
    rt::Hear { event, from, external: false, point, target }
}

const fn service(name: &'static str) -> rt::Receiver {
    rt::Receiver { name, external: false }
}

const END: rt::State = rt::State { hears: &[], emits: &[], ends: true };

macro_rules! hear {
    ($hear:expr) => {
        rt::State { hears: &[$hear], emits: &[], ends: false }
    };
}

macro_rules! emit {
    ($event:literal, [$($to:expr),*], $target:literal) => {
        rt::State {
            hears: &[],
            emits: &[rt::Emit { event: $event, to: &[$($to),*], target: $target }],
            ends: false,
        }
    };
}

macro_rules! machine {
    ($name:ident, $participant:literal, $hash:literal, [$($keeps:literal),*], [$($state:expr),*]) => {
        static $name: &[rt::Machine] = &[rt::Machine {
            choreography: "example.shop.Checkout",
            participant: $participant,
            hash: $hash,
            keeps: &[$($keeps),*],
            states: &[$($state),*],
        }];
    };
}

machine!(
    ORDERS,
    "Orders",
    1,
    [],
    [
        hear!(rt::Hear { external: true, ..hears("example.shop.PlaceOrder", "Customer", 0, 1) }),
        emit!("example.shop.OrderPlaced", [service("Payment"), service("Inventory")], 2),
        hear!(hears("example.shop.StockReserved", "Inventory", 1, 3)),
        hear!(hears("example.shop.PaymentApproved", "Payment", 2, 4)),
        emit!(
            "example.shop.OrderConfirmed",
            [service("Payment"), service("Inventory"), service("Shipping")],
            5
        ),
        hear!(hears("example.shop.OrderShipped", "Shipping", 3, 6)),
        END
    ]
);

machine!(
    PAYMENT,
    "Payment",
    2,
    ["example.shop.OrderPlaced"],
    [
        hear!(hears("example.shop.OrderPlaced", "Orders", 0, 1)),
        emit!("example.shop.PaymentApproved", [service("Orders")], 2),
        hear!(hears("example.shop.OrderConfirmed", "Orders", 1, 3)),
        END
    ]
);

machine!(
    INVENTORY,
    "Inventory",
    3,
    [],
    [
        hear!(hears("example.shop.OrderPlaced", "Orders", 0, 1)),
        emit!("example.shop.StockReserved", [service("Orders"), service("Shipping")], 2),
        hear!(hears("example.shop.OrderConfirmed", "Orders", 1, 3)),
        END
    ]
);

machine!(
    SHIPPING,
    "Shipping",
    4,
    ["example.shop.StockReserved"],
    [
        hear!(hears("example.shop.StockReserved", "Inventory", 0, 1)),
        hear!(hears("example.shop.OrderConfirmed", "Orders", 1, 2)),
        emit!(
            "example.shop.OrderShipped",
            [service("Orders"), rt::Receiver { name: "Customer", external: true }],
            3
        ),
        END
    ]
);
