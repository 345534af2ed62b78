use ::chor_runtime::codegen as rt;

const _: () = rt::assert_version(1);

super::events! {
    Order, cups: u32, max 100;
    Ordered, cups: u32, max 100;
    Paid;
    Refused;
    Brewed;
    Sorry;
}

pub trait Shop: Send + Sync + 'static {
    fn on_order(&self, event: Order, cx: &rt::Context) -> impl Future<Output = rt::Answer<Ordered>> + Send;
    fn on_paid(&self, event: Paid, cx: &rt::Context) -> impl Future<Output = rt::Answer<()>> + Send;
    fn on_refused(&self, event: Refused, cx: &rt::Context) -> impl Future<Output = rt::Answer<Sorry>> + Send;
    fn on_brewed(&self, event: Brewed, cx: &rt::Context) -> impl Future<Output = rt::Answer<()>> + Send;
}

pub fn service<S: Shop>(service: S) -> rt::Service {
    rt::Service::new("Shop", MACHINES, Stub(service))
}

struct Stub<S>(S);

impl<S: Shop> rt::Handler for Stub<S> {
    fn handle<'a>(&'a self, point: u32, input: rt::Input<'a>) -> rt::HandlerFuture<'a> {
        Box::pin(async move {
            let mut emit = rt::Emissions::new();
            match point {
                0 => {
                    let event: Order = input.event()?;
                    input.check_key(&[&event.order])?;
                    let answer = self.0.on_order(event, input.context()).await?;
                    emit.push(&answer, &[&answer.order])?;
                }
                1 => {
                    let event: Paid = input.event()?;
                    input.check_key(&[&event.order])?;
                    self.0.on_paid(event, input.context()).await?;
                }
                2 => {
                    let event: Refused = input.event()?;
                    input.check_key(&[&event.order])?;
                    let answer = self.0.on_refused(event, input.context()).await?;
                    emit.push(&answer, &[&answer.order])?;
                }
                3 => {
                    let event: Brewed = input.event()?;
                    input.check_key(&[&event.order])?;
                    self.0.on_brewed(event, input.context()).await?;
                }
                _ => return Err(rt::HandlerError::unknown_point(point)),
            }
            Ok(emit)
        })
    }
}

pub static MACHINES: &[rt::Machine] = &[rt::Machine {
    choreography: "tea.Tea",
    participant: "Shop",
    hash: 0x5b09,
    keeps: &[],
    states: &[
        rt::hears(&[rt::hear("tea.Order", rt::external("Customer"), 0, 1)]),
        rt::emits(&[rt::emit("tea.Ordered", &[rt::service("Bank"), rt::service("Kitchen")], 2)]),
        rt::hears(&[
            rt::hear("tea.Paid", rt::service("Bank"), 1, 3),
            rt::hear("tea.Refused", rt::service("Bank"), 2, 4),
        ]),
        rt::hears(&[rt::hear("tea.Brewed", rt::service("Kitchen"), 3, 5)]),
        rt::emits(&[rt::emit("tea.Sorry", &[rt::external("Customer")], 5)]),
        rt::ends(&[]),
    ],
    ..rt::Machine::EMPTY
}];
