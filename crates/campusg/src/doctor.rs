//! `campusg doctor`: says in words what is wrong with a running platform, and what to do about it.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Duration;

use chassis::broker::Version;
use chassis::{Bus, Clock, Config, Service, config, database, inspect, streams};
use contracts::repairs::ListRepairTasks;

use contracts::orders::ListOrderTasks;
use contracts::payments::{ListMoneyTasks, ListReconciliations};
use jiff::SignedDuration;

use crate::{live, registry};

/// A deadline that is late by more than this is not just about to fire.
const LATE: Duration = Duration::from_secs(2);
/// Stripe's books are compared every day.
const COMPARED: SignedDuration = SignedDuration::from_hours(50);
/// Parked messages that are shown.
const SHOWN: usize = 5;

/// What was found: a line each, and whether anything is wrong.
#[derive(Default)]
struct Findings {
    wrong: bool,
}

impl Findings {
    #[expect(clippy::unused_self, reason = "reads like its sibling")]
    fn good(&self, what: &str) {
        println!("ok     {what}");
    }

    fn bad(&mut self, what: &str, remedy: &str) {
        self.wrong = true;
        println!("WRONG  {what}\n       {remedy}");
    }

    fn unknown(&mut self, what: &str, error: &dyn std::fmt::Display) {
        self.bad(&format!("{what} cannot be told: {error}"), "look at the broker's log");
    }
}

/// Examines the platform that the settings name. Exits with 1 when something is wrong.
///
/// # Errors
/// When the settings cannot be read.
pub async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let services = registry::services(config)?;
    let clock = Clock::from_setting(&config.section::<String>("clock.file")?)?;
    let mut findings = Findings::default();
    databases(&mut findings, config, &services).await?;
    match live::connect(config, &clock, Duration::from_secs(3)).await {
        Err(error) => findings.bad(&format!("{error:#}"), "start it, or set CAMPUSG_NATS__URL"),
        Ok(bus) => {
            broker(&mut findings, &bus);
            configuration(&mut findings, &bus, &services, &config.section("dispatcher")?).await;
            copies(&mut findings, &bus).await;
            attendance(&mut findings, &bus).await;
            backlog(&mut findings, &bus).await;
            parked(&mut findings, &bus).await;
            deadlines(&mut findings, &bus, &clock).await;
            books(&mut findings, &bus).await;
            comparison(&mut findings, &bus, &clock).await;
        }
    }
    Ok(if findings.wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn databases(findings: &mut Findings, config: &Config, services: &[Service]) -> anyhow::Result<()> {
    let settings: config::Database = config.section("database")?;
    let data = config.section::<config::Platform>("platform")?.data;
    // A service without entities has no database.
    for service in services.iter().filter(|service| !service.reactions().is_empty()) {
        let url = settings.url.replace("{service}", service.name).replace("{data}", &data.to_string_lossy());
        match database::connect(&url).await {
            Ok(_) => findings.good(&format!("the database of {} can be reached", service.name)),
            Err(error) => findings.bad(
                &format!("the database of {} cannot be reached: {error}", service.name),
                "check CAMPUSG_DATABASE__URL and CAMPUSG_PLATFORM__DATA; the service makes its tables when it starts",
            ),
        }
    }
    Ok(())
}

fn broker(findings: &mut Findings, bus: &Bus) {
    match Version::at(bus).map(|version| (version, version.check())) {
        Some((version, Ok(()))) => findings.good(&format!("the broker is there, nats-server {version}")),
        Some((_, Err(error))) => findings.bad(&error.to_string(), "upgrade nats-server"),
        None => findings.bad("the broker does not say its version", "is it a nats-server?"),
    }
}

async fn configuration(findings: &mut Findings, bus: &Bus, services: &[Service], dispatcher: &config::Dispatcher) {
    match streams::diff(bus, services, dispatcher).await {
        Ok(differences) if differences.is_empty() => findings.good("streams and consumers are as declared"),
        Ok(differences) => {
            let lines: Vec<String> = differences.iter().map(ToString::to_string).collect();
            let what = format!("streams and consumers are not as declared:\n         {}", lines.join("\n         "));
            findings.bad(&what, "`campusg streams apply` changes what can be changed without a loss");
        }
        Err(error) => findings.unknown("whether streams and consumers are as declared", &error),
    }
}

/// What is stored once only, though it is to be stored several times, is lost with the next server.
async fn copies(findings: &mut Findings, bus: &Bus) {
    match inspect::copies(bus).await {
        Err(error) => findings.unknown("whether every stream has its copies", &error),
        Ok(copies) => {
            let behind: Vec<_> = copies.iter().filter(|copies| copies.current < copies.wanted).collect();
            if behind.is_empty() {
                return findings.good(&format!("every stream has all of its copies: {}", bus.replicas));
            }
            let (streams, consumers): (Vec<_>, Vec<_>) =
                behind.into_iter().partition(|copies| copies.of.starts_with("stream "));
            let mut lines: Vec<String> = streams.iter().map(ToString::to_string).collect();
            if let Some(first) = consumers.first() {
                lines.push(format!("{} consumers have too few copies up to date; {first}", consumers.len()));
            }
            let what = lines.join("\n       ");
            findings.bad(&what, "start the servers that are away, or put empty ones of the same names in their places");
        }
    }
}

async fn attendance(findings: &mut Findings, bus: &Bus) {
    match inspect::unattended(bus).await {
        Ok(idle) if idle.is_empty() => findings.good("every consumer has a reader"),
        Ok(idle) => {
            // `orders-3` is read by orders, `timers-delivery` by timers.
            let services: BTreeSet<&str> = idle.iter().filter_map(|name| name.split('-').next()).collect();
            for service in services {
                let theirs = idle.iter().filter(|name| name.split('-').next() == Some(service)).count();
                findings.bad(&format!("nobody reads {theirs} consumers of {service}"), &format!("start {service}"));
            }
        }
        Err(error) => findings.unknown("whether every consumer has a reader", &error),
    }
}

/// Messages that wait are only wrong when they stay, so it looks twice.
async fn backlog(findings: &mut Findings, bus: &Bus) {
    match inspect::backlog(bus).await {
        Ok(backlog) if backlog.is_empty() => findings.good("nothing waits to be handled"),
        Err(error) => findings.unknown("what waits to be handled", &error),
        Ok(before) => {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let stuck: Vec<_> =
                inspect::backlog(bus).await.unwrap_or_default().into_iter().filter(|b| before.contains(b)).collect();
            if stuck.is_empty() {
                return findings.good("messages wait to be handled, and get fewer");
            }
            for backlog in stuck {
                let what = format!(
                    "{} stands still with {} messages waiting and {} in hand",
                    backlog.consumer, backlog.waiting, backlog.in_hand
                );
                findings.bad(&what, "look at the log of its service");
            }
        }
    }
}

/// What services gave up on, as far as somebody has to look after it; without the service that knows, all that ever was.
async fn parked(findings: &mut Findings, bus: &Bus) {
    let todo =
        "each is a story that stands still: `campusg parked list` says why; mend it, then `campusg parked redrive`";
    match (bus.ask(&ListRepairTasks {}).await, inspect::parked(bus).await) {
        (Ok(Ok(known)), _) if known.parked + known.redriven == 0 => findings.good("no message is parked"),
        (Ok(Ok(known)), _) => {
            for task in known.tasks.iter().rev().take(SHOWN) {
                println!("       {} {}", task.repair_id, task.what);
            }
            let what = match (known.parked, known.redriven) {
                (0, redriven) => format!("{redriven} messages were put back and have not come back yet"),
                (parked, 0) => format!("{parked} messages are parked; the newest are above"),
                (parked, redriven) => format!(
                    "{parked} messages are parked, and {redriven} more were put back and have not come back yet"
                ),
            };
            findings.bad(&what, todo);
        }
        (Ok(Err(_)) | Err(_), Ok(parked)) if parked.is_empty() => findings.good("no message was ever parked"),
        (Ok(Err(_)) | Err(_), Ok(parked)) => {
            for one in parked.iter().rev().take(SHOWN) {
                let reason = one.reason.as_deref().unwrap_or("no reason given");
                println!("       {} {} ({}): {reason}", one.sequence, one.subject, one.correlation);
            }
            let what = format!("{} messages were parked, and `repairs` does not say which still are", parked.len());
            findings.bad(&what, "start repairs");
        }
        (Ok(Err(_)) | Err(_), Err(error)) => findings.unknown("what is parked", &error),
    }
}

async fn deadlines(findings: &mut Findings, bus: &Bus, clock: &Clock) {
    match inspect::deadlines(bus).await {
        Err(error) => findings.unknown("whether deadlines are overdue", &error),
        Ok(deadlines) => {
            let late = deadlines.iter().filter(|(_, due)| *due + LATE < clock.now()).count();
            match late {
                0 => findings.good(&format!("no deadline is overdue; {} are running", deadlines.len())),
                late => findings.bad(&format!("{late} deadlines are overdue"), "is `timers` running?"),
            }
        }
    }
}

/// What the services' own audit finds, at every write.
async fn books(findings: &mut Findings, bus: &Bus) {
    let (money, orders) = tokio::join!(bus.ask(&ListMoneyTasks {}), bus.ask(&ListOrderTasks {}));
    let (Ok(Ok(money)), Ok(Ok(orders))) = (money, orders) else {
        return findings.bad("whether the books are right cannot be told", "are payments and orders running?");
    };
    let tasks = || money.tasks.iter().chain(&orders.tasks);
    let mut sound = true;
    for (code, what) in [
        ("books_wrong", "orders have books that are not right"),
        ("differs_from_stripe", "orders have books that differ from Stripe's"),
        ("unconfirmed_by_stripe", "orders have something in their books that is not in Stripe's"),
        ("stands_still", "orders stand still, without a deadline and without a task"),
    ] {
        let found = tasks().filter(|task| task.code == code).count();
        if found > 0 {
            sound = false;
            findings.bad(&format!("{found} {what}"), "`campusg audit` says which and why");
        }
    }
    if sound {
        findings.good("every order's books are right, and no order stands still");
    }
}

/// Whether Stripe's books are compared with ours, day by day.
async fn comparison(findings: &mut Findings, bus: &Bus, clock: &Clock) {
    let newest = match bus.ask(&ListReconciliations { limit: 20 }).await {
        Ok(Ok(found)) => found.reconciliations.into_iter().find(|found| found.finished_at.is_some()),
        Ok(Err(refused)) => return findings.unknown("when Stripe's books were compared", &refused.message),
        Err(error) => return findings.unknown("when Stripe's books were compared", &error),
    };
    match newest {
        Some(newest) if newest.until + COMPARED >= clock.now() => {
            findings.good(&format!("Stripe's books were compared with ours until {}", newest.until));
        }
        Some(newest) => findings.bad(
            &format!("Stripe's books were compared with ours until {} only", newest.until),
            "start payments again, which plans it, and see what is parked; `campusg audit` compares now",
        ),
        None => println!("       Stripe's books were not compared with ours yet"),
    }
}
