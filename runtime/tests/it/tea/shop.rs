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
        rt::State {
            hears: &[rt::Hear { event: "tea.Order", from: "Customer", external: true, point: 0, target: 1 }],
            emits: &[],
            ends: false,
        },
        rt::State {
            hears: &[],
            emits: &[rt::Emit {
                event: "tea.Ordered",
                to: &[
                    rt::Receiver { name: "Bank", external: false },
                    rt::Receiver { name: "Kitchen", external: false },
                ],
                target: 2,
            }],
            ends: false,
        },
        rt::State {
            hears: &[
                rt::Hear { event: "tea.Paid", from: "Bank", external: false, point: 1, target: 3 },
                rt::Hear { event: "tea.Refused", from: "Bank", external: false, point: 2, target: 4 },
            ],
            emits: &[],
            ends: false,
        },
        rt::State {
            hears: &[rt::Hear { event: "tea.Brewed", from: "Kitchen", external: false, point: 3, target: 5 }],
            emits: &[],
            ends: false,
        },
        rt::State {
            hears: &[],
            emits: &[rt::Emit {
                event: "tea.Sorry",
                to: &[rt::Receiver { name: "Customer", external: true }],
                target: 5,
            }],
            ends: false,
        },
        rt::State { hears: &[], emits: &[], ends: true },
    ],
}];
