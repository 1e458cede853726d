//! `--profile` and `--profile-memory`: where the processor's time and the memory go while the maximum is measured.
//!
//! The processor: Linux's `perf` looks at the platform and at nats-server from outside, some hundred times a second. The platform
//! keeps no frame pointers, so its stack is copied and unwound afterwards (DWARF); Go's does. What was inlined counts for whom it
//! was inlined into. Memory: heaptrack's library is loaded into the platform, which has to be built with the feature
//! `system-allocator` for it: calls of another allocator are not seen.
//!
//! | file | tells |
//! |---|---|
//! | `<process>.folded` | every stack in one line, with how often it was seen: for flamegraph.pl, inferno or speedscope.app |
//! | `<process>.txt` | every function with its own share and its share with all that it called |
//! | `<process>.data` | what perf recorded: `perf report -i`, `samply import` |
//! | `memory.txt`, `memory.folded` | heaptrack's report, and its stacks with the number of allocations |

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::bench::stage::Stage;
use crate::chaos::process::signal;

/// Looks a second: a prime, so that nothing that happens by the clock is always or never seen.
const HERTZ: &str = "199";
/// So much of a stack is copied, in bytes: what lies beyond is `[unknown]`. Frames of a debug build are large, and perf takes no more.
const STACK: &str = if cfg!(debug_assertions) { "dwarf,65528" } else { "dwarf,16384" };
/// What perf calls a function that it does not know, such as what lies beyond the copied stack.
const UNKNOWN: &str = "[unknown]";
/// How long perf may take to write down what it has.
const PATIENCE: Duration = Duration::from_secs(60);
/// Until perf has found all threads.
const ATTACH: Duration = Duration::from_millis(300);
/// Functions that a report tells.
const FUNCTIONS: usize = 200;
const NO_PERF: &str = "--profile needs Linux's perf: `apt install linux-perf` (Debian), `linux-tools-generic` (Ubuntu), `perf` (Fedora); \
    and the right to use it: `sysctl kernel.perf_event_paranoid=1`, or root";
const NO_HEAPTRACK: &str = "--profile-memory needs heaptrack: `apt install heaptrack`. Without it, `valgrind --tool=dhat` tells the \
    same of `campusg up` (built with --features system-allocator), fifty times as slowly";

/// Where profiles go.
#[derive(clap::Args, Clone, Default)]
pub(super) struct Wanted {
    /// Have perf say where the processor's time goes at the maximum, in files in this directory
    #[arg(long, value_name = "DIR")]
    profile: Option<PathBuf>,
    /// Have heaptrack say who allocates, in files in this directory; build with --features system-allocator
    #[arg(long, value_name = "DIR", conflicts_with = "profile")]
    profile_memory: Option<PathBuf>,
}

impl Wanted {
    /// Refuses what cannot be done, before anything is started. What the platform has to be told.
    pub(super) async fn settings(&self) -> anyhow::Result<Vec<(&'static str, String)>> {
        if let Some(directory) = &self.profile {
            fs::create_dir_all(directory)?;
            let perf = Command::new("perf").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().await;
            if !perf.is_ok_and(|status| status.success()) {
                bail!(NO_PERF);
            }
        }
        let Some(directory) = &self.profile_memory else { return Ok(Vec::new()) };
        if !cfg!(feature = "system-allocator") {
            bail!(
                "--profile-memory needs `cargo build --features system-allocator`: heaptrack does not see mimalloc's work"
            );
        }
        fs::create_dir_all(directory)?;
        let library = Heaptrack::find()?.library;
        Ok(vec![
            ("LD_PRELOAD", library.display().to_string()),
            ("DUMP_HEAPTRACK_OUTPUT", raw(directory)?.display().to_string()),
        ])
    }

    /// Begins to look at the processor's time.
    pub(super) async fn begin(&self, stage: &Stage) -> anyhow::Result<Option<Profile>> {
        let Some(directory) = &self.profile else { return Ok(None) };
        let directory = directory.canonicalize()?;
        let recorders = [("platform", stage.platform.pid(), STACK), ("nats-server", stage.platform.broker(), "fp")];
        let mut running = Vec::new();
        for (name, pid, stacks) in recorders {
            running.push((name, record(&directory, name, pid, stacks)?));
        }
        sleep(ATTACH).await;
        Ok(Some(Profile { directory, running }))
    }

    /// Makes heaptrack's reports, once the platform has ended.
    pub(super) async fn end_memory(&self) -> anyhow::Result<()> {
        let Some(directory) = &self.profile_memory else { return Ok(()) };
        eprintln!("reading what heaptrack has written");
        let (raw, data) = (raw(directory)?, directory.join("memory.heaptrack"));
        let interpreter = Heaptrack::find()?.interpreter;
        let mut command = Command::new(interpreter);
        command.stdin(File::open(&raw).context("heaptrack has written nothing")?).stdout(File::create(&data)?);
        succeeds(command.status().await?, "heaptrack_interpret")?;
        fs::remove_file(raw)?;
        let (report, folded) = (directory.join("memory.txt"), directory.join("memory.folded"));
        let mut command = Command::new("heaptrack_print");
        command.arg("--file").arg(&data).arg("--print-flamegraph").arg(&folded).args(["--print-leaks", "0"]);
        succeeds(command.stdout(File::create(&report)?).status().await?, "heaptrack_print")?;
        eprintln!("who allocates: {}, {}", report.display(), folded.display());
        Ok(())
    }
}

fn raw(directory: &Path) -> anyhow::Result<PathBuf> {
    Ok(directory.canonicalize()?.join("memory.raw"))
}

fn succeeds(status: std::process::ExitStatus, what: &str) -> anyhow::Result<()> {
    if status.success() { Ok(()) } else { bail!("{what} failed ({status})") }
}

/// Where heaptrack is installed.
struct Heaptrack {
    library: PathBuf,
    interpreter: PathBuf,
}

impl Heaptrack {
    /// As its own script finds it: beside the program on the PATH.
    fn find() -> anyhow::Result<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let installed = std::env::split_paths(&path).filter(|place| place.join("heaptrack_print").is_file());
        let found =
            installed.filter_map(|place| place.parent().map(|parent| parent.join("lib/heaptrack"))).find_map(|lib| {
                let (library, interpreter) =
                    (lib.join("libheaptrack_preload.so"), lib.join("libexec").join("heaptrack_interpret"));
                (library.is_file() && interpreter.is_file()).then_some(Self { library, interpreter })
            });
        found.context(NO_HEAPTRACK)
    }
}

/// perf, while it looks.
pub(super) struct Profile {
    directory: PathBuf,
    running: Vec<(&'static str, Child)>,
}

fn record(directory: &Path, name: &str, pid: u32, stacks: &str) -> anyhow::Result<Child> {
    let mut command = Command::new("perf");
    command.args(["record", "--quiet", "--freq", HERTZ, "--call-graph", stacks, "--pid", &pid.to_string()]);
    command.arg("--output").arg(data(directory, name)).stdin(Stdio::null()).stdout(Stdio::null());
    // Ctrl-C is for us; we end it.
    command.process_group(0).kill_on_drop(true).spawn().context(NO_PERF)
}

fn data(directory: &Path, name: &str) -> PathBuf {
    directory.join(format!("{name}.data"))
}

impl Profile {
    /// Stops looking.
    pub(super) async fn end(&mut self) -> anyhow::Result<()> {
        let pids: Vec<u32> = self.running.iter().filter_map(|(_, perf)| perf.id()).collect();
        signal("INT", &pids).await?;
        for (name, perf) in &mut self.running {
            // It ends as it was asked to: by a signal.
            timeout(PATIENCE, perf.wait()).await.with_context(|| format!("perf does not end for {name}"))??;
        }
        Ok(())
    }

    /// Makes the reports. That takes longer than the run.
    pub(super) async fn report(self) -> anyhow::Result<()> {
        for (name, _) in &self.running {
            eprintln!("reading the profile of {name}");
            let stacks =
                Stacks::read(&data(&self.directory, name)).await.with_context(|| format!("perf, about {name}"))?;
            let (folded, text) =
                (self.directory.join(format!("{name}.folded")), self.directory.join(format!("{name}.txt")));
            fs::write(&folded, stacks.folded())?;
            fs::write(&text, stacks.table())?;
            eprintln!("where the time of {name} goes: {}, {}", text.display(), folded.display());
        }
        Ok(())
    }
}

/// How often each stack was seen, by its functions from the outermost in.
#[derive(Default)]
struct Stacks {
    seen: BTreeMap<Vec<String>, u64>,
}

impl Stacks {
    async fn read(data: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new("perf");
        command.args(["script", "--no-inline", "--fields", "comm,ip,sym", "--input"]).arg(data);
        let mut perf =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true).spawn()?;
        let mut lines = BufReader::new(perf.stdout.take().context("its output")?).lines();
        let (mut stacks, mut stack) = (Self::default(), Vec::new());
        while let Some(line) = lines.next_line().await? {
            stacks.take(&line, &mut stack);
        }
        stacks.take("", &mut stack);
        succeeds(perf.wait().await?, "perf script")?;
        Ok(stacks)
    }

    /// One line: a thread's name, or an address with a function from the innermost out, or nothing, which ends a stack.
    fn take(&mut self, line: &str, stack: &mut Vec<String>) {
        if line.trim().is_empty() {
            if !stack.is_empty() {
                let outermost_first = std::mem::take(stack).into_iter().rev().collect();
                *self.seen.entry(outermost_first).or_default() += 1;
            }
        } else if line.starts_with(char::is_whitespace)
            && let Some((_, function)) = line.trim().split_once(' ')
        {
            stack.push(plain(function));
        }
    }

    fn samples(&self) -> u64 {
        self.seen.values().sum()
    }

    fn folded(&self) -> String {
        let mut text = String::new();
        for (stack, times) in &self.seen {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{} {times}", stack.join(";"));
        }
        text
    }

    /// Every function once: how often it was at work itself, and how often it or something that it had called.
    fn table(&self) -> String {
        let mut functions: HashMap<&str, (u64, u64)> = HashMap::new();
        for (stack, times) in &self.seen {
            for function in stack.iter().collect::<HashSet<_>>() {
                functions.entry(function).or_default().1 += times;
            }
            if let Some(innermost) = stack.last() {
                functions.entry(innermost).or_default().0 += times;
            }
        }
        let mut functions: Vec<_> = functions.into_iter().collect();
        let percent = |times: u64| percent(times, self.samples());
        let is_cut = |stack: &&Vec<String>| stack.first().is_some_and(|outermost| outermost == UNKNOWN);
        let cut: u64 = self.seen.iter().filter(|(stack, _)| is_cut(stack)).map(|(_, times)| times).sum();
        let mut text = format!(
            "{} samples, {HERTZ} a second of processor time; of {:.0} % of them the outermost functions are not known\n",
            self.samples(),
            percent(cut)
        );
        for (title, by) in [("with all that it called", 1), ("itself", 0)] {
            let key = |(_, (own, all)): &(&str, (u64, u64))| if by == 0 { *own } else { *all };
            functions.sort_by(|a, b| key(b).cmp(&key(a)).then_with(|| a.0.cmp(b.0)));
            let _ = writeln!(text, "\nby time of the function {title}, in percent\n{:>8}{:>8}", "called", "itself");
            for (function, (own, all)) in functions.iter().take(FUNCTIONS) {
                let _ = writeln!(text, "{:>8.2}{:>8.2}  {function}", percent(*all), percent(*own));
            }
        }
        text
    }
}

#[expect(clippy::cast_precision_loss, reason = "samples of one run are far below 2^52")]
fn percent(times: u64, of: u64) -> f64 {
    times as f64 * 100.0 / of.max(1) as f64
}

/// Without the hash that makes a symbol unique, and without the semicolons that separate functions.
fn plain(function: &str) -> String {
    let function = function.trim().replace(';', ":");
    match function.rsplit_once("::h") {
        Some((name, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => name.to_owned(),
        _ => function,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "\
tokio-rt-worker
\t    55d0c0 serde_json::de::from_slice::h0123456789abcdef
\t    55d0d0 orders::placing::place

tokio-rt-worker
\t    55d0d0 orders::placing::place

tokio-rt-worker
\t    7f0000 [unknown]
\t    55d0d0 orders::placing::place
";

    fn stacks() -> Stacks {
        let (mut stacks, mut stack) = (Stacks::default(), Vec::new());
        for line in SCRIPT.lines().chain([""]) {
            stacks.take(line, &mut stack);
        }
        stacks
    }

    #[test]
    fn stacks_are_folded_from_the_outermost_in() {
        let expected = "orders::placing::place 1\n\
                        orders::placing::place;[unknown] 1\n\
                        orders::placing::place;serde_json::de::from_slice 1\n";
        assert_eq!(stacks().folded(), expected);
    }

    #[test]
    fn a_function_has_its_own_share_and_that_of_all_it_called() {
        let table = stacks().table();
        assert!(table.contains("  100.00   33.33  orders::placing::place"), "{table}");
        assert!(table.contains("   33.33   33.33  serde_json::de::from_slice"), "{table}");
    }
}
