use ::chor_runtime::codegen as rt;

const _: () = rt::assert_version(1);

super::events! {
    Ordered, cups: u32, max 100;
    Paid;
    Refused;
    Brewed, cups: u32, max 100;
}

#[derive(Clone, Debug, PartialEq)]
pub struct KnownOnPaid {
    pub ordered: Ordered,
}

pub trait Kitchen: Send + Sync + 'static {
    fn on_ordered(&self, event: Ordered, cx: &rt::Context) -> impl Future<Output = rt::Answer<()>> + Send;
    fn on_paid(
        &self,
        event: Paid,
        known: KnownOnPaid,
        cx: &rt::Context,
    ) -> impl Future<Output = rt::Answer<Brewed>> + Send;
    fn on_refused(&self, event: Refused, cx: &rt::Context) -> impl Future<Output = rt::Answer<()>> + Send;
}

pub fn service<S: Kitchen>(service: S) -> rt::Service {
    rt::Service::new("Kitchen", MACHINES, Stub(service))
}

/// The same service in another version, whose machine is not the same.
pub fn other_version<S: Kitchen>(service: S) -> rt::Service {
    rt::Service::new("Kitchen", OTHER_MACHINES, Stub(service))
}

struct Stub<S>(S);

impl<S: Kitchen> rt::Handler for Stub<S> {
    fn handle<'a>(&'a self, point: u32, input: rt::Input<'a>) -> rt::HandlerFuture<'a> {
        Box::pin(async move {
            let mut emit = rt::Emissions::new();
            match point {
                0 => {
                    let event: Ordered = input.event()?;
                    input.check_key(&[&event.order])?;
                    self.0.on_ordered(event, input.context()).await?;
                }
                1 => {
                    let event: Paid = input.event()?;
                    input.check_key(&[&event.order])?;
                    let known = KnownOnPaid { ordered: input.known()? };
                    let answer = self.0.on_paid(event, known, input.context()).await?;
                    emit.push(&answer, &[&answer.order])?;
                }
                2 => {
                    let event: Refused = input.event()?;
                    input.check_key(&[&event.order])?;
                    self.0.on_refused(event, input.context()).await?;
                }
                _ => return Err(rt::HandlerError::unknown_point(point)),
            }
            Ok(emit)
        })
    }
}

const MACHINE: rt::Machine = rt::Machine {
    choreography: "tea.Tea",
    participant: "Kitchen",
    hash: 0x417c,
    keeps: &["tea.Ordered"],
    states: &[
        rt::hears(&[rt::hear("tea.Ordered", rt::service("Shop"), 0, 1)]),
        rt::hears(&[
            rt::hear("tea.Paid", rt::service("Bank"), 1, 2),
            rt::hear("tea.Refused", rt::service("Bank"), 2, 3),
        ]),
        rt::emits(&[rt::emit("tea.Brewed", &[rt::service("Shop"), rt::external("Customer")], 3)]),
        rt::ends(&[]),
    ],
    ..rt::Machine::EMPTY
};

pub static MACHINES: &[rt::Machine] = &[MACHINE];
static OTHER_MACHINES: &[rt::Machine] = &[rt::Machine { hash: 0x417d, ..MACHINE }];
