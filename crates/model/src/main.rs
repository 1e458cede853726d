//! `cargo run -p model -- [--scope NAME|all|short] [--threads N] [--minutes M] [--list]`

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use model::scope::{Scope, find, scopes};
use model::{Effort, check, services};

/// Explores what the services can come to, and tells how anything went wrong.
#[derive(Parser)]
struct Arguments {
    /// Which scope, `short` for those that the tests run, or `all`.
    #[arg(long, default_value = "short")]
    scope: String,
    /// How many threads look.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// How long each scope may take at most, in minutes.
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// Explores with so many unusual answers of Stripe's instead of the scope's own.
    #[arg(long)]
    unusual: Option<u8>,
    /// Explores with so many deaths of each service instead of the scope's own.
    #[arg(long)]
    crashes: Option<u8>,
    /// Explores with so many redeliveries instead of the scope's own.
    #[arg(long)]
    redeliveries: Option<u8>,
    /// Say which scopes there are.
    #[arg(long)]
    list: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.list {
        for Scope { name, about, short, .. } in scopes() {
            println!("{name:10} {} {about}", if short { "short" } else { "     " });
        }
        return ExitCode::SUCCESS;
    }
    let chosen: Vec<Scope> = match arguments.scope.as_str() {
        "all" => scopes(),
        "short" => scopes().into_iter().filter(|scope| scope.short).collect(),
        name => find(name).into_iter().collect(),
    };
    if chosen.is_empty() {
        eprintln!("there is no scope {}; --list says which there are", arguments.scope);
        return ExitCode::FAILURE;
    }
    let effort = Effort {
        threads: arguments.threads,
        at_most: Duration::from_secs(arguments.minutes * 60),
        progress: |scope, unique, took| {
            let rate = unique as u128 * 1_000 / took.as_millis().max(1);
            eprintln!("{:10} {unique} states, {rate}/s", scope.name);
        },
    };
    let mut good = true;
    for mut scope in chosen {
        scope.stripe.left = arguments.unusual.unwrap_or(scope.stripe.left);
        scope.crashes = arguments.crashes.unwrap_or(scope.crashes);
        scope.redeliveries = arguments.redeliveries.unwrap_or(scope.redeliveries);
        let verdict = check(scope, services, &effort);
        println!(
            "{:10} {:>10} states, {:>10} of them different, depth {:>3}, {:.1} s: {}",
            verdict.scope,
            verdict.states,
            verdict.unique,
            verdict.depth,
            verdict.took.as_secs_f64(),
            if verdict.is_good() {
                "everything holds"
            } else if verdict.broken.is_empty() {
                "not all of it was explored"
            } else {
                "BROKEN"
            },
        );
        for (property, story) in &verdict.broken {
            println!("\n{property}\n{story}");
        }
        good &= verdict.is_good();
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
