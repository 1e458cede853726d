//! `campusg parked`: messages that a service gave up on, for whoever is to mend it.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use chassis::inspect::{self, Whole};
use chassis::{Bus, BusError, Clock, Config, Intended};
use contracts::repairs::{DiscardMessage, GetRepair, ListRepairs, RedriveMessage, RepairStage, RepairView};
use contracts::{Intent, MessageId, OrderId, Principal, RepairId, Text, UserId, Verdict};
use serde::Serialize;
use serde_json::json;

use crate::live;

const BROKER_PATIENCE: Duration = Duration::from_secs(10);
/// How long one verdict is waited for.
const VERDICT: Duration = Duration::from_secs(10);
/// Rows of a page that the service answers with at most.
const PAGE: u32 = 100;

/// `campusg parked`
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  campusg parked list                                     what waits for somebody, newest first
  campusg parked list --service payments --state all --json
  campusg parked show rep_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f
  campusg parked redrive rep_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f --reason 'price list repaired'
  campusg parked redrive --all --service orders --reaction complete --dry-run
  campusg parked discard rep_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f --reason 'a test' --by usr_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f

A message that is put back is handled by the service that gave up on it, and by no other, once. It is then settled, or comes
back with a new reason. Who did what and why is kept: GET /api/v1/ops/audit-log shows it.

Exits with 0 when everything was done, with 1 when something was refused or is not there, with 2 when the command is wrong.")]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// List them, newest first
    List(List),
    /// Show one whole: its bytes, its headers, why it was given up on, and what happened to it
    Show(Show),
    /// Put some back, for the service that gave up on them
    Redrive(Act),
    /// Decide that nothing more is to come of some; they can still be put back later
    Discard(Act),
}

#[derive(clap::Args)]
struct Filter {
    /// Only those that this service gave up on
    #[arg(long)]
    service: Option<String>,
    /// Only those that this reaction gave up on
    #[arg(long)]
    reaction: Option<String>,
    /// Only those about this order
    #[arg(long, value_name = "ORDER")]
    order: Option<OrderId>,
}

#[derive(clap::Args)]
struct List {
    #[command(flatten)]
    filter: Filter,
    /// Only those at this stage
    #[arg(long, value_enum, default_value = "open")]
    state: State,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct Show {
    /// Which
    id: RepairId,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct Act {
    /// Which
    #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    ids: Vec<RepairId>,
    /// All that are open, or those of them that the filters name
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    filter: Filter,
    /// Why, for whoever looks at it later; 1 to 200 characters
    #[arg(long, value_name = "TEXT", value_parser = reason, required_unless_present = "dry_run")]
    reason: Option<Text<200>>,
    /// Who does it, as an operator; without it, somebody at the command line (`sys_cli`). Nobody checks it: it is a claim, and
    /// is written down as it is made
    #[arg(long, value_name = "PERSON")]
    by: Option<UserId>,
    /// Change nothing; tell what would happen to each
    #[arg(long)]
    dry_run: bool,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum State {
    /// Parked, or put back and not back yet
    Open,
    Parked,
    Redriven,
    Settled,
    Discarded,
    All,
}

impl State {
    fn stages(self) -> Vec<RepairStage> {
        match self {
            Self::Open => RepairStage::OPEN.to_vec(),
            Self::Parked => vec![RepairStage::Parked],
            Self::Redriven => vec![RepairStage::Redriven],
            Self::Settled => vec![RepairStage::Settled],
            Self::Discarded => vec![RepairStage::Discarded],
            Self::All => Vec::new(),
        }
    }
}

fn reason(text: &str) -> Result<Text<200>, String> {
    Text::new(text).map_err(|bad| bad.to_string())
}

/// What is done to some of them.
#[derive(Clone, Copy)]
enum Deed {
    Redrive,
    Discard,
}

/// Does what was asked.
///
/// # Errors
/// When the broker or `repairs` does not answer.
pub async fn run(arguments: Arguments, config: &Config) -> anyhow::Result<ExitCode> {
    let clock = Clock::from_setting(&config.section::<String>("clock.file")?)?;
    let bus = live::connect(config, &clock, BROKER_PATIENCE).await?;
    match arguments.action {
        Action::List(list) => print_list(&bus, list).await,
        Action::Show(show) => print_one(&bus, &show).await,
        Action::Redrive(act) => do_all(&bus, act, Deed::Redrive).await,
        Action::Discard(act) => do_all(&bus, act, Deed::Discard).await,
    }
}

async fn print_list(bus: &Bus, list: List) -> anyhow::Result<ExitCode> {
    let found = find(bus, &list.filter, list.state).await?;
    if list.json {
        println!("{}", serde_json::to_string_pretty(&found)?);
        return Ok(ExitCode::SUCCESS);
    }
    for view in &found {
        println!("{}", line(view));
        println!("    {}", plain(&view.reason));
    }
    println!("{} messages", found.len());
    Ok(ExitCode::SUCCESS)
}

/// `rep_…  parked    2026-11-22T04:18:03Z  orders/complete  payments.paid_out.v1.ord_….7  20 tries, put back twice`
fn line(view: &RepairView) -> String {
    let at = view.parked_at.strftime("%Y-%m-%dT%H:%M:%SZ");
    let (service, reaction, tries, redrives) = (&view.service, &view.reaction, view.attempts, view.redrives);
    let (id, stage, subject) = (view.repair_id, view.stage.name(), plain(&view.subject));
    format!("{id}  {stage:9}  {at}  {service}/{reaction}  {subject}  {tries} tries, put back {redrives} times")
}

/// All that there are, page by page.
async fn find(bus: &Bus, filter: &Filter, state: State) -> anyhow::Result<Vec<RepairView>> {
    let mut ask = ListRepairs {
        stages: state.stages(),
        service: filter.service.clone(),
        reaction: filter.reaction.clone(),
        order_id: filter.order,
        cursor: None,
        limit: PAGE,
    };
    let mut found = Vec::new();
    loop {
        let page = bus.ask(&ask).await.map_err(explain)??;
        found.extend(page.repairs);
        if page.next.is_none() {
            return Ok(found);
        }
        ask.cursor = page.next;
    }
}

fn explain(error: BusError) -> anyhow::Error {
    let is_away = matches!(error, BusError::NobodyAnswers(_));
    let error = anyhow!(error);
    if is_away { error.context("`repairs` does not answer; is it running? (`campusg doctor`)") } else { error }
}

async fn print_one(bus: &Bus, show: &Show) -> anyhow::Result<ExitCode> {
    let view = match bus.ask(&GetRepair { repair_id: show.id }).await.map_err(explain)? {
        Ok(view) => view,
        Err(no) => bail!("{}: {}", show.id, no.message),
    };
    let whole = inspect::whole(bus, view.sequence).await.map_err(|error| anyhow!(error))?;
    if show.json {
        let shown = whole.as_ref().map(|Whole { headers, payload, .. }| match std::str::from_utf8(payload) {
            Ok(text) => json!({ "headers": headers, "text": text }),
            Err(_) => json!({ "headers": headers, "bytes": payload }),
        });
        println!("{}", serde_json::to_string_pretty(&json!({ "message": view, "whole": shown }))?);
        return Ok(ExitCode::SUCCESS);
    }
    println!("{}", line(&view));
    let about = view.order_id.map_or_else(|| view.correlation.clone(), |order| order.to_string());
    println!("    message {}  about {}", view.message_id, plain(&about));
    for step in &view.history {
        println!("    {}  {:9} {}: {}", step.at, step.what, step.by, plain(&step.why));
    }
    match whole {
        None => println!("it is not kept any more"),
        Some(whole) => print_whole(&whole),
    }
    Ok(ExitCode::SUCCESS)
}

fn print_whole(whole: &Whole) {
    println!("headers");
    for (name, value) in &whole.headers {
        println!("    {}: {}", plain(name), plain(value));
    }
    match std::str::from_utf8(&whole.payload) {
        Ok(text) => println!("text\n{}", text.split('\n').map(plain).collect::<Vec<_>>().join("\n")),
        Err(_) => {
            println!("bytes, {} of them, none of them text\n{}", whole.payload.len(), whole.payload.escape_ascii())
        }
    }
}

/// What somebody else wrote, for a terminal: without what would move its cursor, colour it or turn its text around.
fn plain(line: &str) -> String {
    let is_harmless = |c: char| matches!(c, '"' | '\'' | '\\');
    line.chars().map(|c| if is_harmless(c) { c.to_string() } else { c.escape_debug().to_string() }).collect()
}

/// What became of one, or would.
#[derive(Serialize)]
struct Told {
    id: RepairId,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<RepairView>,
}

impl Told {
    fn is_good(&self) -> bool {
        matches!(self.outcome, "done" | "would be done")
    }
}

async fn do_all(bus: &Bus, act: Act, deed: Deed) -> anyhow::Result<ExitCode> {
    let views = wanted(bus, &act, deed).await?;
    let by = act.by.map_or_else(Principal::command_line, Principal::Operator);
    let mut told = Vec::with_capacity(views.len());
    for (id, view) in views {
        told.push(match (view, &act.reason) {
            (None, _) => Told { id, outcome: "refused", code: Some("not_found".to_owned()), message: None },
            (Some(view), Some(reason)) if !act.dry_run => one(bus, &by, view, reason, deed).await?,
            (Some(view), _) => preview(view, deed),
        });
    }
    if act.json {
        println!("{}", serde_json::to_string_pretty(&told)?);
    } else {
        for Told { id, outcome, code, .. } in &told {
            println!("{id}  {outcome}{}", code.as_ref().map(|code| format!(": {code}")).unwrap_or_default());
        }
        print_sum(&told);
    }
    Ok(if told.iter().all(Told::is_good) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print_sum(told: &[Told]) {
    let mut sums = BTreeMap::<&str, usize>::new();
    for told in told {
        *sums.entry(told.outcome).or_default() += 1;
    }
    let sums: Vec<String> = sums.into_iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
    println!("{} messages: {}", told.len(), if sums.is_empty() { "nothing to do".to_owned() } else { sums.join(", ") });
}

/// Those that were named, as they are, or all that the filters name and that it can be done to.
async fn wanted(bus: &Bus, act: &Act, deed: Deed) -> anyhow::Result<Vec<(RepairId, Option<RepairView>)>> {
    if act.all {
        let found = find(bus, &act.filter, State::Open).await?.into_iter();
        let possible = found.filter(|view| deed.refused(view).is_none());
        return Ok(possible.map(|view| (view.repair_id, Some(view))).collect());
    }
    if act.filter.service.is_some() || act.filter.reaction.is_some() || act.filter.order.is_some() {
        bail!("filters go with --all");
    }
    let mut views = Vec::with_capacity(act.ids.len());
    for id in &act.ids {
        views.push((*id, bus.ask(&GetRepair { repair_id: *id }).await.map_err(explain)?.ok()));
    }
    Ok(views)
}

fn preview(view: RepairView, deed: Deed) -> Told {
    let code = deed.refused(&view);
    let outcome = if code.is_some() { "would be refused" } else { "would be done" };
    Told { id: view.repair_id, outcome, code, message: Some(view) }
}

async fn one(bus: &Bus, by: &Principal, view: RepairView, reason: &Text<200>, deed: Deed) -> anyhow::Result<Told> {
    let id = view.repair_id;
    // The same wish about the same state of things is the same wish, however often the command is repeated.
    let key = format!("{id}#{}#{reason}", view.version);
    let reason = reason.clone();
    let intended = match deed {
        Deed::Redrive => intend(bus, by, "repairs.redrive", &key, &RedriveMessage { repair_id: id, reason }).await?,
        Deed::Discard => intend(bus, by, "repairs.discard", &key, &DiscardMessage { repair_id: id, reason }).await?,
    };
    Ok(match intended {
        Intended::Stored => Told { id, outcome: "stored, not decided yet", code: None, message: None },
        Intended::Decided(Verdict::Done { view }) => {
            let message = serde_json::from_value(view).context("the answer of `repairs` cannot be read")?;
            Told { id, outcome: "done", code: None, message: Some(message) }
        }
        Intended::Decided(Verdict::Refused(no)) => Told { id, outcome: "refused", code: Some(no.code), message: None },
        Intended::Decided(Verdict::Parked { reason }) => {
            Told { id, outcome: "parked", code: Some(reason), message: None }
        }
    })
}

async fn intend<I: Intent>(bus: &Bus, by: &Principal, scope: &str, key: &str, intent: &I) -> anyhow::Result<Intended> {
    bus.intend(by, MessageId::of_request(by, scope, key), intent, VERDICT).await.map_err(explain)
}

impl Deed {
    fn refused(self, view: &RepairView) -> Option<String> {
        match self {
            Self::Redrive => view.redrive_refused.clone(),
            Self::Discard => view.discard_refused.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_is_shown_does_nothing_to_a_terminal() {
        assert_eq!(plain("{\"name\": \"Zoë's \\ café\"}"), "{\"name\": \"Zoë's \\ café\"}");
        assert_eq!(plain("\u{1b}[2Jgone\r\u{202e}"), "\\u{1b}[2Jgone\\r\\u{202e}");
    }
}
