//! `campusg`: runs the platform or parts of it, looks after its streams, and writes down what it says.

use std::process::ExitCode;

use campusg::{audit, bench, chaos, conformance, contracts, doctor, map, parked, serve, simulate, streams, up};
use chassis::{Config, telemetry};
use clap::{Parser, Subcommand};

/// Messages, entities and rows are many small allocations: a seventh of the processor's time went into the system's allocator.
#[cfg(not(feature = "system-allocator"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// CampusG carries a campus food order from "I'm hungry" to "delivered and everybody paid".
#[derive(Parser)]
#[command(name = "campusg", version, after_help = EXAMPLES, max_term_width = 110)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  campusg up                          everything on this machine, at http://127.0.0.1:8080
  campusg up --port 0 --json          the same for scripts: any free port, one line of JSON when ready
  campusg serve orders payments       two services of a larger installation
  campusg serve all                   every service and the gateway, on a broker that runs already
  campusg doctor                      what is wrong, in words
  campusg audit                       whether every cent is accounted for, here and at Stripe
  campusg parked list                 messages that a service gave up on, and why
  campusg conform                     whether what was said keeps to the score
  campusg simulate --orders 500       people who order, deliver and change their minds; the books afterwards
  campusg chaos --orders 1000         the same while parts of the platform are killed
  campusg streams diff                how the broker's streams differ from the declared ones
  campusg contracts --check           whether streams/ and openapi/ say what the code does

Settings come from the environment, CAMPUSG_<SECTION>__<NAME>, for example CAMPUSG_NATS__URL; they are listed with their
defaults in crates/chassis/src/defaults.toml. RUST_LOG and CAMPUSG_LOG_FORMAT=json shape the log, on standard error.";

/// The command table.
#[derive(Subcommand)]
enum Command {
    /// Run everything on this machine, with no accounts and no keys
    Up(up::Arguments),
    /// Run some of the services, or all
    Serve(serve::Arguments),
    /// Compare or change the broker's streams and consumers
    Streams(streams::Arguments),
    /// Write down what the code says: streams/ and openapi/
    Contracts(contracts::Arguments),
    /// Show who says what and who listens, as Markdown with a Mermaid drawing
    Map,
    /// Say in words what is wrong with a running platform
    Doctor,
    /// Check every order's books, orders against payments, and both against Stripe's own books
    Audit(audit::Arguments),
    /// Look at messages that a service gave up on, put them back or discard them
    Parked(parked::Arguments),
    /// Check that everything that was said keeps to the score: each event is one that its cause lets its service say
    Conform,
    /// Have people order, deliver and change their minds, and account for every order and every cent
    Simulate(simulate::Arguments),
    /// Kill, pause and cut off parts of a platform of its own while people order, and prove that nothing was lost or done twice
    Chaos(chaos::Arguments),
    /// Measure whole orders on a platform of its own, beside the limits of the machine
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("campusg: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new()?;
    let config = Config::load();
    config.check()?;
    // Dropped when everything has stopped, so that what is said while stopping is exported too.
    let _telemetry = match &command {
        Command::Up(_) => Some(telemetry::start("campusg")?),
        Command::Serve(arguments) => Some(telemetry::start(&arguments.telemetry_name())?),
        Command::Streams(_)
        | Command::Contracts(_)
        | Command::Map
        | Command::Doctor
        | Command::Audit(_)
        | Command::Parked(_)
        | Command::Conform
        | Command::Simulate(_)
        | Command::Chaos(_)
        | Command::Bench(_) => None,
    };
    runtime.block_on(async {
        match command {
            Command::Up(arguments) => up::run(arguments, config).await,
            Command::Serve(arguments) => serve::run(arguments, &config).await,
            Command::Streams(arguments) => streams::run(&arguments, &config).await,
            Command::Contracts(arguments) => contracts::run(&arguments),
            Command::Map => map::run(),
            Command::Doctor => doctor::run(&config).await,
            Command::Audit(arguments) => audit::run(arguments, &config).await,
            Command::Parked(arguments) => parked::run(arguments, &config).await,
            Command::Conform => conformance::run(&config).await,
            Command::Simulate(arguments) => simulate::run(arguments, config).await,
            Command::Chaos(arguments) => chaos::run(arguments, config).await,
            Command::Bench(arguments) => bench::run(arguments, config).await,
        }
    })
}
