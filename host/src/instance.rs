//! Instances of components: their state, how they are made, how long they live.
//!
//! wasmtime's pool ([`ProxyHandler`](wasmtime_wasi_http::handler::ProxyHandler)) decides when to make
//! one and which request it gets; this room answers its questions the way Spin does.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::time::Sleep;
use wasmtime::component::{GuestTaskId, Linker, ResourceTable};
use wasmtime::{Engine, Store, StoreContextMut};
use wasmtime_wasi::{DirPerms, FilePerms, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::WasiHttpCtx;
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, Proxy, ShouldAccept, ViewFn, WorkerExpiration, WorkerState,
    WorkerStatus,
};
use wasmtime_wasi_http::p3::bindings::ServicePre;
use wasmtime_wasi_http::p3::{WasiHttpCtxView, WasiHttpView};

use crate::bindings::spin;
use crate::files::Mount;
use crate::key_value::{KeyValueData, KeyValueGrants, KeyValueView};
use crate::limits::{Limits, MemoryLimit};
use crate::logs::ComponentLogs;
use crate::outbound::{OutboundGrants, OutboundHooks};
use crate::sqlite::{SqliteData, SqliteGrants, SqliteView};
use crate::variables::{ComponentVariables, VariablesData, VariablesView};

/// The pool expires an instance this long after its last request's own time was up, so that the
/// request is told first and the others in the instance may finish.
const EXPIRY_GRACE: Duration = Duration::from_millis(250);

/// What the pool says of an instance that it did not see end.
const DROPPED_AT_WORK: &str = "worker panicked";

/// Everything a component was granted. Nothing outside of it can be reached.
pub struct Grants {
    /// The component's id.
    pub component: Arc<str>,
    /// Environment variables.
    pub environment: Vec<(String, String)>,
    /// Files.
    pub mounts: Vec<Mount>,
    /// Where its output goes.
    pub logs: ComponentLogs,
    /// Databases.
    pub sqlite: SqliteGrants,
    /// Key-value stores.
    pub key_value: KeyValueGrants,
    /// Component variables.
    pub variables: ComponentVariables,
    /// Network destinations.
    pub outbound: Arc<OutboundGrants>,
}

/// The state of one instance.
pub struct Guest {
    grants: Arc<Grants>,
    table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outbound: OutboundHooks,
    memory: MemoryLimit,
    open_connections: usize,
    open_stores: usize,
}

impl Guest {
    fn new(grants: &Arc<Grants>, limits: &Limits) -> wasmtime::Result<Self> {
        let mut wasi = WasiCtxBuilder::new();
        wasi.envs(&grants.environment)
            .stdout(grants.logs.stdout.clone())
            .stderr(grants.logs.stderr.clone())
            // Files are small and local: reading them in place beats a trip to another thread.
            .allow_blocking_current_thread(true);
        for mount in &grants.mounts {
            wasi.preopened_dir(
                &mount.directory,
                &mount.guest_path,
                DirPerms::READ,
                FilePerms::READ,
            )?;
        }
        Ok(Self {
            grants: grants.clone(),
            table: ResourceTable::new(),
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            outbound: OutboundHooks(grants.outbound.clone()),
            memory: match limits.tells_memory {
                true => MemoryLimit::told(limits.instance_memory_bytes, &grants.component),
                false => MemoryLimit::new(limits.instance_memory_bytes),
            },
            open_connections: 0,
            open_stores: 0,
        })
    }

    fn sqlite(&mut self) -> SqliteView<'_> {
        SqliteView {
            table: &mut self.table,
            open: &mut self.open_connections,
            grants: &self.grants.sqlite,
        }
    }

    fn key_value(&mut self) -> KeyValueView<'_> {
        KeyValueView {
            table: &mut self.table,
            open: &mut self.open_stores,
            grants: &self.grants.key_value,
        }
    }

    fn variables(&mut self) -> VariablesView<'_> {
        VariablesView {
            values: &self.grants.variables,
        }
    }
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for Guest {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.outbound,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}

/// All that components can import from this host.
pub fn linker(engine: &Engine) -> wasmtime::Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
    spin::sqlite::sqlite::add_to_linker::<_, SqliteData>(&mut linker, Guest::sqlite)?;
    spin::key_value::key_value::add_to_linker::<_, KeyValueData>(&mut linker, Guest::key_value)?;
    spin::variables::variables::add_to_linker::<_, VariablesData>(&mut linker, Guest::variables)?;
    Ok(linker)
}

/// A store for one instance, under its limits.
pub fn store(
    engine: &Engine,
    grants: &Arc<Grants>,
    limits: &Limits,
) -> wasmtime::Result<Store<Guest>> {
    let mut store = Store::new(engine, Guest::new(grants, limits)?);
    store.limiter(|guest| &mut guest.memory);
    store.set_epoch_deadline(1);
    store.epoch_deadline_async_yield_and_update(1);
    Ok(store)
}

/// Makes the instances of one component.
pub struct Instances {
    /// The engine that the component was compiled for.
    pub engine: Engine,
    /// The component, linked.
    pub component: ServicePre<Guest>,
    /// What its instances may do.
    pub grants: Arc<Grants>,
    /// How long and how often they may.
    pub limits: Limits,
}

impl HandlerState for Instances {
    type StoreData = Guest;
    type WorkerExpiration = Expiration;
    type WorkerState = Lifetime;

    async fn instantiate(&self) -> wasmtime::Result<Instance<Guest, Expiration, Lifetime>> {
        let mut store = store(&self.engine, &self.grants, &self.limits)?;
        let proxy = self.component.instantiate_async(&mut store).await?;
        let idle_time = self.limits.idle_instance_time;
        Ok(Instance {
            store,
            proxy: Proxy::P3(proxy),
            view: ViewFn::P3(|guest: &mut Guest| guest.http()),
            expiration: Expiration {
                idle_time,
                request_time: self.limits.request_time + EXPIRY_GRACE,
                alarm: Box::pin(tokio::time::sleep(idle_time)),
            },
            state: Lifetime {
                component: self.grants.component.clone(),
                limits: self.limits.clone(),
            },
        })
    }
}

/// When an instance is over, whatever it is doing.
pub struct Expiration {
    idle_time: Duration,
    request_time: Duration,
    /// Goes off often enough to look; setting it for every request would cost more than the look.
    alarm: Pin<Box<Sleep>>,
}

impl WorkerExpiration for Expiration {
    fn poll(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        status: WorkerStatus,
        start: Instant,
    ) -> Poll<()> {
        let allowed = match status {
            WorkerStatus::Idle => self.idle_time,
            WorkerStatus::Requests | WorkerStatus::PostReturn => self.request_time,
        };
        loop {
            if self.alarm.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            let left = allowed.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Poll::Ready(());
            }
            let next =
                tokio::time::Instant::now() + left.min(self.idle_time).max(EXPIRY_GRACE / 10);
            self.alarm.as_mut().reset(next);
        }
    }
}

/// How many requests an instance takes, and what is said when it ends.
pub struct Lifetime {
    component: Arc<str>,
    limits: Limits,
}

impl WorkerState for Lifetime {
    type StoreData = Guest;
    type RequestId = ();

    fn should_accept_request(&self, concurrent: usize, total: usize) -> ShouldAccept {
        if total >= self.limits.requests_per_instance {
            ShouldAccept::Never
        } else if concurrent >= self.limits.concurrent_requests_per_instance {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    fn on_request_start(
        &self,
        _: StoreContextMut<'_, Guest>,
        (): (),
        _: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + 'static + Send + Sync>> {
        Box::pin(tokio::time::sleep(self.limits.request_time))
    }

    fn drop(&self, store: Store<Guest>, result: Result<(), wasmtime::Error>) {
        if let Err(error) = result {
            // The pool takes an instance that is dropped at work for one that panicked. Without a
            // panic it is the host that stops.
            let stopping = error.to_string() == DROPPED_AT_WORK && !std::thread::panicking();
            if !stopping {
                eprintln!("component `{}` failed: {error:#}", self.component);
            }
        }
        drop(store);
    }
}
