//! A process's resident memory, as Linux tells it (proc(5): status, clear_refs).

use anyhow::Context;

/// Resident memory in kB.
pub struct Resident {
    /// Now.
    pub now: u64,
    /// The most there ever was, or since [`forget_peak`].
    pub peak: u64,
}

/// What is resident in this process.
pub fn resident() -> anyhow::Result<Resident> {
    resident_of("self")
}

/// What is resident in the process of this id.
pub fn resident_of(process: &str) -> anyhow::Result<Resident> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))
        .context("this bench reads /proc/PID/status, which only Linux has")?;
    let figure = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kb = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        kb.with_context(|| format!("/proc/{process}/status tells no {name}"))
    };
    Ok(Resident { now: figure("VmRSS:")?, peak: figure("VmHWM:")? })
}

/// The peak begins anew. Where that is forbidden it stays, and growth is told too high.
pub fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
