//! What is asked for at each scrape instead of being counted: the store's own figures, files, the
//! process. What could not be read is left out, and `safelight_store_readable` says so.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
};

use safelight_usecases::Pulse;

use super::{
    label::{Named, State},
    process,
};
use crate::wire::Gauges;

/// The figures of one moment.
#[derive(Debug, Default)]
pub struct Glance {
    /// What the store tells; none when it could not be read.
    pub gauges: Option<Gauges>,
    /// Transactions committed and members they answered, since the start.
    pub commits: (u64, u64),
    /// Now, in seconds since 1970, to tell ages by.
    pub now: f64,
    /// When the process began to serve, in seconds since 1970.
    pub started: f64,
    /// Bytes of the database and of its write-ahead log.
    pub files: [u64; 2],
    /// Bytes free for the data folder.
    pub free: Option<u64>,
    /// When the last backup was made, in seconds since 1970.
    pub backup: Option<f64>,
    /// How the long-lived tasks are.
    pub tasks: Vec<Pulse>,
    /// How far the wall clock is ahead while it is doubted, in seconds; none while it is believed,
    /// and while the writer does not answer.
    pub doubted: Option<f64>,
    /// Log lines that could not be written.
    pub log_lines_dropped: u64,
    /// Panics, in any thread.
    pub panics: u64,
}

/// Tells the newest glance.
pub struct Told(pub Arc<Mutex<Glance>>);

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Told")
    }
}

impl Collector for Told {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let glance = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = Out(encoder);
        out.process(&glance)?;
        out.store(&glance)?;
        out.tasks(&glance)?;
        out.clock(&glance)?;
        let readable = u64::from(glance.gauges.is_some());
        out.gauge("safelight_store_readable", "Whether the store answered", readable)?;
        glance.gauges.as_ref().map_or(Ok(()), |gauges| out.gauges(gauges, glance.now))
    }
}

struct Out<'a>(DescriptorEncoder<'a>);

impl Out<'_> {
    fn process(&mut self, glance: &Glance) -> fmt::Result {
        if let Some(bytes) = process::resident() {
            self.gauge("process_resident_memory_bytes", "Resident memory", bytes)?;
        }
        if let Some(files) = process::open_files() {
            self.gauge("process_open_fds", "Open files", files)?;
        }
        self.number("process_start_time_seconds", "When it began to serve", glance.started)
    }

    fn tasks(&mut self, glance: &Glance) -> fmt::Result {
        let help = "Whether a long-lived task runs and was heard of lately";
        let well = |task: &Pulse| i64::from(task.well);
        self.each("safelight_task_well", help, &glance.tasks, |task| ConstGauge::new(well(task)))?;
        let help = "How often a long-lived task had to be started again";
        self.each("safelight_task_restarts", help, &glance.tasks, |task| {
            ConstCounter::new(task.restarts)
        })?;
        self.counter("safelight_panics", "Pieces of work that panicked", glance.panics)?;
        let help = "Log lines that could not be written";
        self.counter("safelight_log_lines_dropped", help, glance.log_lines_dropped)
    }

    fn clock(&mut self, glance: &Glance) -> fmt::Result {
        let help = "Whether the wall clock is doubted, so that nothing lapses or is removed";
        self.gauge("safelight_clock_doubted", help, u64::from(glance.doubted.is_some()))?;
        let help = "How far the wall clock is ahead of what is sure, while it is doubted";
        self.number("safelight_clock_ahead_seconds", help, glance.doubted.unwrap_or(0.0))
    }

    fn each<M: EncodeMetric>(
        &mut self,
        name: &str,
        help: &str,
        tasks: &[Pulse],
        told: impl Fn(&Pulse) -> M,
    ) -> fmt::Result {
        let Some(first) = tasks.first() else { return Ok(()) };
        let kind = told(first).metric_type();
        let mut all = self.0.encode_descriptor(name, help, None, kind)?;
        for task in tasks {
            told(task).encode(all.encode_family(&Named { task: task.name })?)?;
        }
        Ok(())
    }

    fn store(&mut self, glance: &Glance) -> fmt::Result {
        let (transactions, members) = glance.commits;
        let help = "Transactions committed; members by transactions is the group size";
        self.counter("safelight_store_transactions", help, transactions)?;
        self.counter("safelight_store_members", "Writes that commits answered", members)?;
        let [database, wal] = glance.files;
        self.gauge("safelight_database_bytes", "The database file", database)?;
        self.gauge("safelight_wal_bytes", "The write-ahead log", wal)?;
        if let Some(free) = glance.free {
            self.gauge("safelight_disk_free_bytes", "For the data folder", free)?;
        }
        // 0 says that none was made, as an alarm on its age should.
        let help = "When the last backup was made; 0 before the first";
        self.number("safelight_backup_time_seconds", help, glance.backup.unwrap_or(0.0))
    }

    fn gauges(&mut self, gauges: &Gauges, now: f64) -> fmt::Result {
        let age = |at: Option<f64>| at.map_or(0.0, |at| (now - at).max(0.0));
        self.family("safelight_renders", "Unfinished renders by state", &gauges.renders)?;
        let help = "Renders nobody looks after, a minute past their time";
        self.gauge("safelight_renders_overdue", help, gauges.overdue)?;
        let help = "Age of the oldest render that waits to be sent";
        self.number("safelight_renders_pending_age_seconds", help, age(gauges.oldest_pending))?;
        self.family("safelight_notices", "Payment notices by state", &gauges.notices)?;
        let help = "Age of the oldest notice that is not acted on yet";
        self.number("safelight_notices_pending_age_seconds", help, age(gauges.oldest_notice))
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        self.one(name, help, &ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX)))
    }

    fn number(&mut self, name: &str, help: &str, value: f64) -> fmt::Result {
        self.one(name, help, &ConstGauge::new(value))
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        self.one(name, help, &ConstCounter::new(value))
    }

    fn one(&mut self, name: &str, help: &str, metric: &impl EncodeMetric) -> fmt::Result {
        metric.encode(self.0.encode_descriptor(name, help, None, metric.metric_type())?)
    }

    fn family(&mut self, name: &str, help: &str, states: &[(&'static str, u64)]) -> fmt::Result {
        let kind = ConstGauge::new(0_i64).metric_type();
        let mut all = self.0.encode_descriptor(name, help, None, kind)?;
        for &(state, count) in states {
            let count = ConstGauge::new(i64::try_from(count).unwrap_or(i64::MAX));
            count.encode(all.encode_family(&State { state })?)?;
        }
        Ok(())
    }
}
