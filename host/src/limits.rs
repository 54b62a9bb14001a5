//! How long, how often and how large: every limit on requests and instances in one place.

use std::time::Duration;

use wasmtime::ResourceLimiter;

/// The limits of a host. The defaults are Spin's where Spin has one.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Requests that one instance answers before it is replaced.
    pub requests_per_instance: usize,
    /// Requests that one instance works on at once.
    pub concurrent_requests_per_instance: usize,
    /// How long an instance without requests is kept.
    pub idle_instance_time: Duration,
    /// How long a component may take to answer. Spin has no such limit unless asked for.
    pub request_time: Duration,
    /// Bytes that the memories of one instance may have together.
    pub instance_memory_bytes: usize,
    /// Requests in all components at once; more wait for their turn. Those that change something have at
    /// most three quarters of it.
    pub requests_in_flight: usize,
    /// How long requests in flight may take after the host was told to stop.
    pub stop_time: Duration,
    /// Whether it is told how much memory an instance had when it is over.
    pub tells_memory: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests_per_instance: 128,
            concurrent_requests_per_instance: 16,
            idle_instance_time: Duration::from_secs(1),
            request_time: Duration::from_secs(30),
            instance_memory_bytes: 256 << 20,
            requests_in_flight: 512,
            stop_time: Duration::from_secs(10),
            tells_memory: false,
        }
    }
}

/// Counts the memory of one instance over all its linear memories.
pub struct MemoryLimit {
    used_bytes: usize,
    max_bytes: usize,
    /// Of which component it is told at the end how much memory there was.
    told_of: Option<String>,
}

impl MemoryLimit {
    /// A limit on an instance that has no memory yet.
    pub fn new(max_bytes: usize) -> Self {
        Self {
            used_bytes: 0,
            max_bytes,
            told_of: None,
        }
    }

    /// A limit whose end is told on standard error: memories never shrink, so what was used then is
    /// the most that was used.
    pub fn told(max_bytes: usize, component: &str) -> Self {
        Self {
            used_bytes: 0,
            max_bytes,
            told_of: Some(component.to_owned()),
        }
    }

    fn words(&self) -> Option<String> {
        let component = self.told_of.as_ref()?;
        Some(format!(
            "memory of `{component}`: {} bytes",
            self.used_bytes
        ))
    }
}

impl Drop for MemoryLimit {
    fn drop(&mut self) {
        if let Some(words) = self.words() {
            eprintln!("{words}");
        }
    }
}

impl ResourceLimiter for MemoryLimit {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let used = self
            .used_bytes
            .saturating_add(desired.saturating_sub(current));
        if used > self.max_bytes {
            return Ok(false);
        }
        self.used_bytes = used;
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_is_told_of_who_asks() {
        assert_eq!(MemoryLimit::new(100).words(), None);
        let mut limit = MemoryLimit::told(100, "a");
        assert!(limit.memory_growing(0, 60, None).unwrap());
        assert!(limit.memory_growing(60, 70, None).unwrap());
        assert_eq!(limit.words().unwrap(), "memory of `a`: 70 bytes");
    }

    #[test]
    fn memories_count_together() {
        let mut limit = MemoryLimit::new(100);
        assert!(limit.memory_growing(0, 60, None).unwrap());
        assert!(!limit.memory_growing(0, 41, None).unwrap());
        assert!(limit.memory_growing(0, 40, None).unwrap());
        assert!(!limit.memory_growing(60, 61, None).unwrap());
    }
}
