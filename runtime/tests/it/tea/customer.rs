use ::chor_runtime::codegen as rt;

const _: () = rt::assert_version(1);

super::events! {
    Order, cups: u32, max 100;
    Brewed, cups: u32, max 100;
    Sorry;
}

#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    Brewed(Brewed),
    Sorry(Sorry),
}

#[derive(Clone, Debug)]
pub struct Client(rt::Client);

impl Client {
    pub fn new(store: &rt::Store) -> Self {
        Self(rt::Client::new(store, "Customer").hears(&["tea.Brewed", "tea.Sorry"]))
    }

    pub async fn order(&self, event: &Order) -> Result<rt::EventId, rt::SendError> {
        self.order_with_id(rt::EventId::random(), event).await
    }

    pub async fn order_with_id(
        &self,
        id: impl Into<rt::EventId>,
        event: &Order,
    ) -> Result<rt::EventId, rt::SendError> {
        self.0.send("tea.Tea", &["Shop"], id, event, &[&event.order]).await
    }

    pub async fn next(&self) -> Result<rt::Delivery<Heard>, rt::ReceiveError> {
        self.0
            .next(|incoming| match incoming.event_type() {
                "tea.Brewed" => incoming.event().map(Heard::Brewed),
                "tea.Sorry" => incoming.event().map(Heard::Sorry),
                _ => Err(incoming.unknown()),
            })
            .await
    }
}
