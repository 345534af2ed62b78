//! The sequential reading of the choreography: what is published and done for an order that ends like this.

use checkout::goods::Ending;

/// The events of an order, in an order in which they may be published.
pub(crate) fn events(ending: Ending) -> &'static [&'static str] {
    match ending {
        Ending::Shipped => &[
            "PlaceOrder",
            "OrderPlaced",
            "StockReserved",
            "PaymentApproved",
            "OrderConfirmed",
            "OrderShipped",
        ],
        Ending::Declined => &[
            "PlaceOrder",
            "OrderPlaced",
            "StockReserved",
            "PaymentDeclined",
            "OrderCancelled",
            "StockReleased",
        ],
        Ending::SoldOut => &[
            "PlaceOrder",
            "OrderPlaced",
            "StockMissing",
            "PaymentApproved",
            "OrderCancelled",
            "PaymentRefunded",
        ],
        Ending::DeclinedAndSoldOut => {
            &["PlaceOrder", "OrderPlaced", "StockMissing", "PaymentDeclined", "OrderCancelled"]
        }
    }
}

/// What the customer is told in the end.
pub(crate) fn told(ending: Ending) -> &'static str {
    match ending {
        Ending::Shipped => "shipped",
        Ending::Declined | Ending::DeclinedAndSoldOut => "cancelled: declined",
        Ending::SoldOut => "cancelled: out of stock",
    }
}

/// What each service does outside, in its order: once for each event that its own code is told of.
pub(crate) fn effects(ending: Ending) -> [(&'static str, &'static [&'static str]); 4] {
    match ending {
        Ending::Shipped => [
            ("Orders", &["PlaceOrder", "StockReserved", "PaymentApproved", "OrderShipped"]),
            ("Payment", &["OrderPlaced", "OrderConfirmed"]),
            ("Inventory", &["OrderPlaced", "OrderConfirmed"]),
            ("Shipping", &["StockReserved", "OrderConfirmed"]),
        ],
        Ending::Declined => [
            ("Orders", &["PlaceOrder", "StockReserved", "PaymentDeclined", "StockReleased"]),
            ("Payment", &["OrderPlaced"]),
            ("Inventory", &["OrderPlaced", "OrderCancelled"]),
            ("Shipping", &["StockReserved", "OrderCancelled"]),
        ],
        Ending::SoldOut => [
            ("Orders", &["PlaceOrder", "StockMissing", "PaymentApproved", "PaymentRefunded"]),
            ("Payment", &["OrderPlaced", "OrderCancelled"]),
            ("Inventory", &["OrderPlaced"]),
            ("Shipping", &[]),
        ],
        Ending::DeclinedAndSoldOut => [
            ("Orders", &["PlaceOrder", "StockMissing", "PaymentDeclined"]),
            ("Payment", &["OrderPlaced"]),
            ("Inventory", &["OrderPlaced"]),
            ("Shipping", &[]),
        ],
    }
}
