//! Who says what and who listens: the event map, and whether it is complete.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::process::ExitCode;

use chassis::service::Reaction;
use chassis::{Config, Service};
use contracts::Kind;
use contracts::catalogue::{self, Entry};

use crate::registry;

/// Events that end a story or are only shown: no service listens to them, and this is why.
pub const FINAL: &[(&str, &str)] = &[
    ("notifications.told.v1", "whoever it is told sees it; other ways to reach them would begin here"),
    ("orders.opened.v1", "runners see it among the offers; its deadline moves it on"),
    ("orders.no_show.v1", "shown to the runner, who may leave it at the door now"),
    ("payments.captured.v1", "a step of settling, which goes on by itself to a payout or to saying why there is none"),
    ("payments.reconciled.v1", "the end of a comparison with Stripe's books; what differs is a task"),
    ("payments.released.v1", "the end of a cancelled order's money"),
    ("payments.refund_failed.v1", "a task for an operator, kept with the payment"),
    ("payments.card_refused.v1", "whoever brought the card sees that it is not among theirs"),
    ("payments.card_setup_ready.v1", "whoever asked for the page is told where it is"),
    ("payments.onboarding_ready.v1", "whoever asked for the page is told where it is"),
    ("repairs.message_discarded.v1", "whoever looks after parked messages sees it in the repair's history"),
    ("users.registered.v1", "a beginning; nothing waits for it"),
    ("users.suspended.v1", "checked whenever they want to order or to deliver"),
    ("users.reinstated.v1", "checked whenever they want to order or to deliver"),
];

/// What each step that takes something is given back by (choreography.md 5).
pub const UNDONE_BY: &[(&str, &str)] = &[
    ("orders.placed.v1", "orders.cancelled.v1"),
    ("orders.claimed.v1", "orders.reopened.v1"),
    ("orders.accepted.v1", "orders.reopened.v1"),
    ("payments.authorized.v1", "payments.released.v1"),
    ("payments.excess_authorized.v1", "payments.released.v1"),
    ("payments.captured.v1", "payments.refunded.v1"),
    ("payments.paid_out.v1", "payments.payout_reversed.v1"),
    ("payments.payout_reversed.v1", "payments.payout_returned.v1"),
    ("payments.tip_paid.v1", "payments.refunded.v1"),
    ("payments.card_kept.v1", "payments.card_removed.v1"),
    ("payments.payout_account_opened.v1", "payments.payout_account_closed.v1"),
    ("repairs.message_discarded.v1", "repairs.message_redriven.v1"),
    ("users.suspended.v1", "users.reinstated.v1"),
];

/// Refuses to start a platform whose map is not complete.
///
/// # Errors
/// With everything that is missing or too much.
pub fn check(config: &Config) -> anyhow::Result<()> {
    let faults = Map::new(&registry::services(config)?).faults();
    anyhow::ensure!(faults.is_empty(), "the event map is not complete: {}", faults.join("; "));
    Ok(())
}

/// Prints the map.
///
/// # Errors
/// When a service's settings make no sense.
pub fn run() -> anyhow::Result<ExitCode> {
    print!("{}", Map::new(&registry::services(&Config::defaults())?).markdown());
    Ok(ExitCode::SUCCESS)
}

/// Everything that is said, and the services that say it and listen.
pub struct Map<'s> {
    services: &'s [Service],
    entries: Vec<Entry>,
}

impl<'s> Map<'s> {
    /// The map of these services over the whole catalogue.
    #[must_use]
    pub fn new(services: &'s [Service]) -> Self {
        Self { services, entries: catalogue::all() }
    }

    fn entries(&self, kind: Kind) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.kind == kind)
    }

    fn reactions(&self) -> impl Iterator<Item = (&'s Service, &'s Reaction)> {
        self.services.iter().flat_map(|service| service.reactions().iter().map(move |reaction| (service, reaction)))
    }

    /// Reactions to a type, as `service/reaction`.
    fn listeners(&self, kind: Kind, name: &str) -> Vec<String> {
        let listens = |reaction: &Reaction| reaction.kind == kind && heard_by(reaction) == name;
        self.reactions().filter(|(_, r)| listens(r)).map(|(service, r)| place(service, r)).collect()
    }

    /// Reactions that may say or promise a type, and what services pass on of deadlines and parked messages.
    fn sayers(&self, name: &str) -> Vec<String> {
        let says = |reaction: &Reaction| reaction.publishes.iter().any(|said| said == name);
        let reactions = self.reactions().filter(|(_, r)| says(r)).map(|(service, r)| place(service, r));
        let passed_on = self.services.iter().flat_map(|service| {
            let passed_on = service.passes_on().into_iter().filter(|(_, said)| said == name);
            passed_on.map(|(of, _)| format!("{}/{of}", service.name))
        });
        reactions.chain(passed_on).collect()
    }

    /// What the services that watch a class of deadlines say when one elapses.
    fn elapsed(&self, class: &str) -> Vec<String> {
        let watched = self.services.iter().flat_map(Service::deadlines);
        watched.filter(|(name, _)| *name == class).map(|(_, said)| said).collect()
    }

    fn answerers(&self, question: &Entry) -> Vec<&'static str> {
        let subject = format!("ask.{}", type_name(question));
        let answers = |service: &&Service| service.questions().iter().any(|(_, answered)| *answered == subject);
        self.services.iter().filter(answers).map(|service| service.name).collect()
    }

    /// What is missing or too much, in words; nothing when the map is complete.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for entry in &self.entries {
            match entry.kind {
                Kind::Intent => self.check_intent(entry, &mut faults),
                Kind::Event => self.check_event(entry, &mut faults),
                Kind::Deadline => self.check_deadline(entry, &mut faults),
                Kind::Question => self.check_question(entry, &mut faults),
            }
        }
        self.check_reactions(&mut faults);
        self.check_names(&mut faults);
        self.check_compensations(&mut faults);
        for (name, _) in FINAL {
            if !self.entries(Kind::Event).any(|entry| type_name(entry) == *name) {
                faults.push(format!("{name} is declared final, but there is no such event"));
            }
        }
        faults
    }

    fn check_intent(&self, entry: &Entry, faults: &mut Vec<String>) {
        let name = type_name(entry);
        let deciders = self.listeners(Kind::Intent, &name);
        match deciders.as_slice() {
            [one] if is_of(one, entry.owner) => {}
            others => {
                faults.push(format!("intent {name} is decided by {others:?}, not by one reaction of {}", entry.owner))
            }
        }
    }

    fn check_event(&self, entry: &Entry, faults: &mut Vec<String>) {
        let name = type_name(entry);
        let sayers = self.sayers(&name);
        if sayers.is_empty() {
            faults.push(format!("nobody says {name}"));
        }
        faults.extend(
            sayers
                .iter()
                .filter(|sayer| !is_of(sayer, entry.owner))
                .map(|sayer| format!("{sayer} says {name}, which only {} may say", entry.owner)),
        );
        let is_final = FINAL.iter().any(|(last, _)| *last == name);
        let listeners = self.listeners(Kind::Event, &name);
        if listeners.is_empty() && !is_final {
            faults.push(format!("nobody listens to {name}, and it is not declared final"));
        }
        if !listeners.is_empty() && is_final {
            faults.push(format!("{name} is declared final, but {} listens", listeners.join(", ")));
        }
    }

    fn check_deadline(&self, entry: &Entry, faults: &mut Vec<String>) {
        let name = type_name(entry);
        if self.sayers(&name).is_empty() {
            faults.push(format!("nobody promises the deadline {name}"));
        }
        match self.elapsed(entry.name).as_slice() {
            [elapsed] if !self.listeners(Kind::Event, elapsed).is_empty() => {}
            [elapsed] => faults.push(format!("nobody reacts when {name} has elapsed ({elapsed})")),
            watchers => faults.push(format!("the deadline {name} is watched by {} services", watchers.len())),
        }
    }

    fn check_question(&self, entry: &Entry, faults: &mut Vec<String>) {
        let answerers = self.answerers(entry);
        if answerers != [entry.owner] {
            faults.push(format!("question {} is answered by {answerers:?}, not by {}", type_name(entry), entry.owner));
        }
    }

    /// Every step that takes something has one that gives it back, and somebody takes that one.
    fn check_compensations(&self, faults: &mut Vec<String>) {
        for (step, undo) in UNDONE_BY {
            for name in [step, undo] {
                if self.sayers(name).is_empty() {
                    faults.push(format!("{step} is to be undone by {undo}, but nobody says {name}"));
                }
            }
        }
    }

    /// What reactions listen to and say has to be in the catalogue.
    fn check_reactions(&self, faults: &mut Vec<String>) {
        for (service, reaction) in self.reactions() {
            let heard = heard_by(reaction);
            if !self.entries(reaction.kind).any(|entry| type_name(entry) == heard) {
                faults.push(format!("{} listens to {heard}, which is not in the catalogue", place(service, reaction)));
            }
            for said in &reaction.publishes {
                let sayable = [Kind::Event, Kind::Deadline];
                if !self.entries.iter().any(|entry| sayable.contains(&entry.kind) && type_name(entry) == *said) {
                    faults.push(format!("{} says {said}, which is not in the catalogue", place(service, reaction)));
                }
            }
        }
    }

    /// What a reaction says has an id that follows from the message and the reaction's name: of two services that react to one
    /// message under one name, what the second one says would be taken for a copy.
    fn check_names(&self, faults: &mut Vec<String>) {
        let mut known: HashMap<_, (&Service, &Reaction)> = HashMap::new();
        for (service, reaction) in self.reactions() {
            let (other, before) =
                *known.entry((reaction.kind, heard_by(reaction), reaction.name)).or_insert((service, reaction));
            let one_speaks = !(reaction.publishes.is_empty() && before.publishes.is_empty());
            if other.name != service.name && one_speaks {
                let (one, two, heard) = (place(other, before), place(service, reaction), heard_by(reaction));
                faults.push(format!("{one} and {two} react to {heard} under one name, and what they say has one id"));
            }
        }
    }

    /// The map as Markdown: tables, and a drawing for Mermaid.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = String::from(INTRODUCTION);
        self.intent_table(&mut text);
        self.event_table(&mut text);
        self.deadline_table(&mut text);
        self.question_table(&mut text);
        self.reaction_table(&mut text);
        self.drawing(&mut text);
        text
    }

    fn intent_table(&self, text: &mut String) {
        heading(text, "Intents", "Somebody asks the owner to do something; may be refused.", &["intent", "decided by"]);
        for entry in self.entries(Kind::Intent) {
            let name = type_name(entry);
            row(text, &[code(&format!("intent.{name}")), list(&self.listeners(Kind::Intent, &name))]);
        }
    }

    fn event_table(&self, text: &mut String) {
        let columns = ["event", "said by", "listened to by"];
        heading(text, "Events", "It happened. Every client that signs in may be shown those of its orders.", &columns);
        for entry in self.entries(Kind::Event) {
            let name = type_name(entry);
            let why = FINAL.iter().find(|(last, _)| *last == name).map(|(_, why)| format!("*final: {why}*"));
            let listeners = why.unwrap_or_else(|| list(&self.listeners(Kind::Event, &name)));
            row(text, &[code(&name), list(&self.sayers(&name)), listeners]);
        }
    }

    fn deadline_table(&self, text: &mut String) {
        let columns = ["deadline", "promised by", "when it has come", "reaction"];
        heading(text, "Deadlines", "A promise with a due time, kept by the broker.", &columns);
        for entry in self.entries(Kind::Deadline) {
            let name = type_name(entry);
            let elapsed = self.elapsed(entry.name);
            let reactions: Vec<_> = elapsed.iter().flat_map(|said| self.listeners(Kind::Event, said)).collect();
            row(text, &[code(&name), list(&self.sayers(&name)), list(&elapsed), list(&reactions)]);
        }
    }

    fn question_table(&self, text: &mut String) {
        heading(text, "Questions", "A read, answered at once.", &["question", "answered by"]);
        for entry in self.entries(Kind::Question) {
            let answerers: Vec<String> = self.answerers(entry).into_iter().map(str::to_owned).collect();
            row(text, &[code(&format!("ask.{}", type_name(entry))), list(&answerers)]);
        }
    }

    fn reaction_table(&self, text: &mut String) {
        let columns = ["reaction", "to", "may say or promise"];
        heading(text, "Reactions", "Service by service. ↗ calls the outside before it decides.", &columns);
        for (service, reaction) in self.reactions() {
            let outside = if reaction.calls_outside { " ↗" } else { "" };
            let intent = if reaction.kind == Kind::Intent { "intent." } else { "" };
            let to = code(&format!("{intent}{}", heard_by(reaction)));
            row(text, &[code(&place(service, reaction)) + outside, to, list(&reaction.publishes)]);
        }
    }

    fn drawing(&self, text: &mut String) {
        text.push_str(
            "\n## The flow\n\nDotted: a deadline, and what happens when it has come.\n\n```mermaid\nflowchart LR\n",
        );
        for service in self.services.iter().filter(|service| !service.reactions().is_empty()) {
            line(text, &format!("  subgraph {}", service.name));
            for reaction in service.reactions() {
                line(text, &format!("    {}[\"{}\"]", node(&place(service, reaction)), reaction.name));
            }
            line(text, "  end");
        }
        for (service, reaction) in self.reactions() {
            let here = place(service, reaction);
            if reaction.kind == Kind::Intent {
                line(text, &format!("  {0}_by([\"{1}\"]) --> {0}", node(&here), reaction.message));
            }
            for said in &reaction.publishes {
                self.arrows(text, &here, said);
            }
        }
        text.push_str("```\n");
    }

    fn arrows(&self, text: &mut String, from: &str, said: &str) {
        let label = said.split('.').nth(1).unwrap_or(said);
        let promised = self.entries(Kind::Deadline).find(|entry| type_name(entry) == said);
        let (heard, arrow) = match promised {
            Some(deadline) => (self.elapsed(deadline.name), "-.->"),
            None => (vec![said.to_owned()], "-->"),
        };
        for to in heard.iter().flat_map(|heard| self.listeners(Kind::Event, heard)) {
            line(text, &format!("  {} {arrow}|{label}| {}", node(from), node(&to)));
        }
    }
}

const INTRODUCTION: &str = "\
# What is said, by whom, and who listens

Generated from the services' tables by `campusg contracts`; change the code, not this file.

| files | are |
|---|---|
| `schemas/` | JSON Schemas of every payload, and of every answer (`.answer.json`) |
| `samples/` | one typical payload each; every one that was ever published keeps parsing |
| `stream/` | streams as `nats stream add --config` takes them |
| `consumer/` | durable consumers as `nats consumer add --config` takes them: `timers-…` on `TIMERS`, `…-parked` on `PARKED`, all others on `LOG` |

The tables name types. A whole subject goes on with the partition of what it is about, who asks if it is an intent, and its id:
`orders.placed.v1.<partition>.<order>`, `intent.orders.place.v1.<partition>.<who>.<order>`. To hear every order placed, subscribe to
`orders.placed.v1.>`; to hear all of one order, to `*.*.*.*.<order>`.
";

fn heading(text: &mut String, title: &str, meaning: &str, columns: &[&str]) {
    let rule = vec!["---"; columns.len()].join("|");
    line(text, &format!("\n## {title}\n\n{meaning}\n\n| {} |\n|{rule}|", columns.join(" | ")));
}

fn row(text: &mut String, cells: &[String]) {
    line(text, &format!("| {} |", cells.join(" | ")));
}

fn line(text: &mut String, line: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{line}");
}

fn code(name: &str) -> String {
    format!("`{name}`")
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "–".to_owned() } else { names.iter().map(|name| code(name)).collect::<Vec<_>>().join(", ") }
}

/// `orders.placed.v1`
fn type_name(entry: &Entry) -> String {
    format!("{}.{}.v{}", entry.owner, entry.name, entry.version)
}

fn heard_by(reaction: &Reaction) -> String {
    format!("{}.{}.v{}", reaction.owner, reaction.message, reaction.version)
}

/// `orders/open-paid`
fn place(service: &Service, reaction: &Reaction) -> String {
    format!("{}/{}", service.name, reaction.name)
}

fn is_of(place: &str, service: &str) -> bool {
    place.split('/').next() == Some(service)
}

/// A name that Mermaid takes.
fn node(place: &str) -> String {
    place.replace(['/', '-'], "_")
}
