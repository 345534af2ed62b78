use ::chor_runtime::codegen as rt;

const _: () = rt::assert_version(1);

super::events! {
    Ordered, cups: u32, max 100;
    Paid;
    Refused;
}

#[derive(Clone, Debug, PartialEq)]
pub enum OnOrdered {
    Paid(Paid),
    Refused(Refused),
}

impl From<Paid> for OnOrdered {
    fn from(event: Paid) -> Self {
        Self::Paid(event)
    }
}

impl From<Refused> for OnOrdered {
    fn from(event: Refused) -> Self {
        Self::Refused(event)
    }
}

pub trait Bank: Send + Sync + 'static {
    fn on_ordered(
        &self,
        event: Ordered,
        cx: &rt::Context,
    ) -> impl Future<Output = rt::Answer<OnOrdered>> + Send;
}

pub fn service<S: Bank>(service: S) -> rt::Service {
    rt::Service::new("Bank", MACHINES, Stub(service))
}

struct Stub<S>(S);

impl<S: Bank> rt::Handler for Stub<S> {
    fn handle<'a>(&'a self, point: u32, input: rt::Input<'a>) -> rt::HandlerFuture<'a> {
        Box::pin(async move {
            let mut emit = rt::Emissions::new();
            match point {
                0 => {
                    let event: Ordered = input.event()?;
                    input.check_key(&[&event.order])?;
                    match self.0.on_ordered(event, input.context()).await? {
                        OnOrdered::Paid(e) => emit.push(&e, &[&e.order])?,
                        OnOrdered::Refused(e) => emit.push(&e, &[&e.order])?,
                    }
                }
                _ => return Err(rt::HandlerError::unknown_point(point)),
            }
            Ok(emit)
        })
    }
}

const TO: &[rt::Receiver] = &[rt::service("Shop"), rt::service("Kitchen")];

pub static MACHINES: &[rt::Machine] = &[rt::Machine {
    choreography: "tea.Tea",
    participant: "Bank",
    hash: 0xba4c,
    keeps: &[],
    states: &[
        rt::hears(&[rt::hear("tea.Ordered", rt::service("Shop"), 0, 1)]),
        rt::emits(&[rt::emit("tea.Paid", TO, 2), rt::emit("tea.Refused", TO, 2)]),
        rt::ends(&[]),
    ],
    ..rt::Machine::EMPTY
}];
