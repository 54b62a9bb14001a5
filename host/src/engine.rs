//! The wasm engine: how components are compiled, where instances come from, how time is sliced.
//!
//! Must not know what the instances do.

use std::time::Duration;

use anyhow::Result;
use wasmtime::{Config, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig};

/// How often a running guest is asked to step aside for the others on its thread.
const TIME_SLICE: Duration = Duration::from_millis(10);

/// Instances that may live at once. A composed component is one instance of several components,
/// each with a memory, three core instances (itself and its import shims) and a table or two.
const MAX_INSTANCES: u32 = 1_000;
const MEMORIES_PER_INSTANCE: u32 = 4;
const CORE_INSTANCES_PER_INSTANCE: u32 = 16;
const TABLES_PER_INSTANCE: u32 = 8;
/// Guest calls in progress, each with a stack of its own.
const MAX_STACKS: u32 = 4_000;
const MAX_TABLE_ELEMENTS: usize = 20_000;
const MAX_INSTANCE_BYTES: usize = 4 << 20;
/// What a used slot keeps for the next instance rather than giving it back to the system.
const MEMORY_KEEP_BYTES: usize = 2 << 20;
const TABLE_KEEP_BYTES: usize = 64 << 10;

/// Makes the engine and starts its clock.
///
/// Without room for the instance pool (it reserves terabytes of address space, though no memory)
/// instances are allocated one by one, which is slower.
pub fn engine() -> Result<Engine> {
    let mut config = config();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool()));
    let engine = match Engine::new(&config) {
        Ok(engine) => engine,
        Err(error) => {
            eprintln!("warning: no instance pool, requests will be slower: {error:#}");
            Engine::new(&self::config())?
        }
    };
    start_clock(&engine)?;
    Ok(engine)
}

fn config() -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .wasm_component_model_async(true)
        .cranelift_opt_level(OptLevel::Speed)
        .epoch_interruption(true);
    config
}

fn pool() -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(MAX_INSTANCES)
        .total_memories(MAX_INSTANCES * MEMORIES_PER_INSTANCE)
        .total_core_instances(MAX_INSTANCES * CORE_INSTANCES_PER_INSTANCE)
        .total_tables(MAX_INSTANCES * TABLES_PER_INSTANCE)
        .total_stacks(MAX_STACKS)
        .table_elements(MAX_TABLE_ELEMENTS)
        .max_component_instance_size(MAX_INSTANCE_BYTES)
        .max_core_instance_size(MAX_INSTANCE_BYTES)
        .max_core_instances_per_component(200)
        .max_memories_per_component(32)
        .max_tables_per_component(64)
        .linear_memory_keep_resident(MEMORY_KEEP_BYTES)
        .table_keep_resident(TABLE_KEEP_BYTES);
    pool
}

/// Advances the epoch on a thread of its own for as long as the engine lives.
fn start_clock(engine: &Engine) -> Result<()> {
    let engine = engine.weak();
    std::thread::Builder::new()
        .name("epoch-clock".to_owned())
        .spawn(move || {
            while let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
                drop(engine);
                std::thread::sleep(TIME_SLICE);
            }
        })?;
    Ok(())
}
